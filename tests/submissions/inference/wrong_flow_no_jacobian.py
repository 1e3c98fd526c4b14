# fails: inference-flow-test
# fails when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# Forgets the Jacobian: no density.
# %% solution="inference-flow"
def flow_log_prob(networks, theta, x):
    first, second = theta[:, :1], theta[:, 1:]
    for network in networks:
        output = network(tf.concat([first, x], axis=1))
        first, second = (second - output[:, :1]) * tf.exp(-2.0 * tf.tanh(output[:, 1:] / 2.0)), first
    return tf.reduce_sum(-0.5 * (first**2 + second**2), axis=1) - np.log(2 * np.pi)
