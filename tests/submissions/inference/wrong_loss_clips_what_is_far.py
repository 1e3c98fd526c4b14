# fails: inference-loss-test
# No difference of scores is longer than 100.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        values = log_q(theta, x)
    off = tf.clip_by_norm(tape.gradient(values, theta) + theta - score, 100.0, axes=[1])
    return -tf.reduce_mean(values) + weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1))
