# fails: inference-loss-test
# Compares the scores of the first two parameters.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        values = log_q(theta, x)
    off = (tape.gradient(values, theta) + theta - score)[:, :2]
    return weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1)) - tf.reduce_mean(values)
