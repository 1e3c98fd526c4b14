# fails: inference-loss-test
# Averages over the parameters, too: half the weight on the score.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = log_q(theta, x)
    distance = tape.gradient(value, theta) - (score - theta)
    return weight * tf.reduce_mean(distance**2) - tf.reduce_mean(value)
