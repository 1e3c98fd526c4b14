# fails: flows-conditional-test
# fails when trained: flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# Makes new networks whenever the posterior is asked for: what is trained is thrown away. Everything is lost (8).
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    variables = []

    def posterior(x):
        bijectors = []
        for _ in range(n_layers):
            net = tfb.AutoregressiveNetwork(
            params=2, hidden_units=[hidden, hidden], activation="tanh", event_shape=2, conditional=True, conditional_event_shape=n_data
        )
            net(tf.zeros((1, 2)), conditional_input=tf.zeros((1, n_data)))
            variables.extend(net.trainable_variables)
            bijectors += [
                tfb.MaskedAutoregressiveFlow(lambda theta, net=net: net(theta, conditional_input=x)),
                tfb.Permute([1, 0]),
            ]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, list(variables)
