# Right: nothing keeps the log-scales of the conditional flow within bounds.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    nets = [
        tfb.AutoregressiveNetwork(
            params=2, hidden_units=[hidden, hidden], activation="tanh", event_shape=2, conditional=True, conditional_event_shape=n_data
        )
        for _ in range(n_layers)
    ]

    def layer(net, x):
        return tfb.MaskedAutoregressiveFlow(lambda theta: net(theta, conditional_input=x))

    def posterior(x):
        bijectors = []
        for net in nets:
            bijectors += [layer(net, x), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [v for net in nets for v in net.trainable_variables]
