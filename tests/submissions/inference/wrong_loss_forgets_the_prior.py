# fails: inference-loss-test
# Compares with the score of the likelihood. What it loses on this toy, with so narrow a likelihood, is within the tiers.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = log_q(theta, x)
    distance = tape.gradient(value, theta) - score
    return weight * tf.reduce_mean(tf.reduce_sum(distance**2, axis=1)) - tf.reduce_mean(value)
