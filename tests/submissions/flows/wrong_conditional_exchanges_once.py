# fails: flows-conditional-test
# An exchange after the first layer alone: right for two layers, and the third is no layer of its own.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    size = {"params": 2, "hidden_units": [hidden, hidden], "event_shape": 2, "conditional_event_shape": n_data}
    networks = [tfb.AutoregressiveNetwork(**size, activation="tanh", conditional=True) for _ in range(n_layers)]

    def layer(network, x):
        return tfb.MaskedAutoregressiveFlow(lambda theta: network(theta, conditional_input=x))

    def posterior(x):
        bijectors = []
        for number, network in enumerate(networks):
            bijectors += [layer(network, x), *([tfb.Permute([1, 0])] if number == 0 else [])]
        base = tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2)))
        return tfd.TransformedDistribution(base, tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [v for network in networks for v in network.trainable_variables]
