# fails: inference-loss-test
# fails when trained: inference-loss-test-2, inference-loss-test-3
# The right value, but the score teaches nothing.
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = log_q(theta, x)
    distance = tf.stop_gradient(tape.gradient(value, theta)) - (score - theta)
    return weight * tf.reduce_mean(tf.reduce_sum(distance**2, axis=1)) - tf.reduce_mean(value)
