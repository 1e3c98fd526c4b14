# fails: flows-conditional-test
# fails when trained: flows-conditional-test-2, flows-conditional-test-4
# Takes x and never gives it to the networks: it learns the prior. The test before training (2), the means (2) and the
# loss (2) are lost. Its coverage is right, for the prior is calibrated.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    nets = [
        tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="tanh", event_shape=2)
        for _ in range(n_layers)
    ]

    def posterior(x):
        bijectors = []
        for net in nets:
            bijectors += [tfb.MaskedAutoregressiveFlow(net), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [v for net in nets for v in net.trainable_variables]
