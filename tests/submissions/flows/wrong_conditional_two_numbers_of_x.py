# fails: flows-conditional-test
# fails when trained: flows-conditional-test-2, flows-conditional-test-4
# Uses the first two numbers of x and thinks that two parameters need no more. The test before training (2) is lost, and
# the means (2) and the loss (2). Such a posterior is calibrated, but not sharp.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    n_data = 2
    nets = [
        tfb.AutoregressiveNetwork(
            params=2, hidden_units=[hidden, hidden], activation="tanh", event_shape=2, conditional=True, conditional_event_shape=n_data
        )
        for _ in range(n_layers)
    ]

    def layer(net, x):
        return tfb.MaskedAutoregressiveFlow(lambda theta: net(theta, conditional_input=x[:, :2]))

    def posterior(x):
        bijectors = []
        for net in nets:
            bijectors += [layer(net, x), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [v for net in nets for v in net.trainable_variables]
