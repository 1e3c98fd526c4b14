# fails: inference-loss-test
# The derivative of ln q from steps of 0.01 to both sides, however sharp q is.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    slopes = []
    for column in range(theta.shape[1]):
        step = 0.01 * tf.one_hot(column, theta.shape[1], dtype=theta.dtype)
        slopes.append((log_q(theta + step, x) - log_q(theta - step, x)) / 0.02)
    off = tf.stack(slopes, axis=1) + theta - score
    return -tf.reduce_mean(log_q(theta, x)) + weight * tf.reduce_mean(tf.reduce_sum(off**2, axis=1))
