# fails: inference-loss-test
# No simulation counts for less than ln q = -30.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        values = log_q(theta, x)
    off = tape.gradient(values, theta) + theta - score
    return weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1)) - tf.reduce_mean(tf.maximum(values, -30.0))
