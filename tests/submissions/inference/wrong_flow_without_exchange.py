# fails: inference-flow-test
# fails when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# The first coordinate is never moved.
# %% solution="inference-flow"
def flow_log_prob(networks, theta, x):
    first, second = theta[:, :1], theta[:, 1:]
    total = 0.0
    for network in networks:
        output = network(tf.concat([first, x], axis=1))
        log_scale = 2.0 * tf.tanh(output[:, 1:] / 2.0)
        second = (second - output[:, :1]) * tf.exp(-log_scale)
        total = total + log_scale
    return tf.reduce_sum(-0.5 * (first**2 + second**2) - total, axis=1) - np.log(2 * np.pi)
