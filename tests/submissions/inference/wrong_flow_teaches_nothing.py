# fails: inference-flow-test
# fails when trained: inference-networks-test-2, inference-loss-test-2, inference-loss-test-3
# The right values and slopes, by layers of its own with the networks' numbers: no gradient reaches the weights.
# %% solution="inference-flow"
def flow_log_prob(networks, theta, x):
    kept, moved, log_scales = theta[:, :1], theta[:, 1:], 0.0
    for network in networks:
        numbers, output = network.get_weights(), tf.concat([kept, x], axis=1)
        for place in range(0, len(numbers), 2):
            output = output @ numbers[place] + numbers[place + 1]
            output = tf.tanh(output) if place + 2 < len(numbers) else output
        log_scale = 2 * tf.tanh(output[:, 1:] / 2)
        kept, moved = (moved - output[:, :1]) * tf.exp(-log_scale), kept
        log_scales += log_scale
    return (-0.5 * (kept**2 + moved**2) - np.log(2 * np.pi) - log_scales)[:, 0]
