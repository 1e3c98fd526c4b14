# fails: flows-maf-test-2
# No gradient passes from one layer to the one before through what the networks are given.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    def layer(network):
        def shift_and_log_scale(x):
            return tf.unstack(network(tf.stop_gradient(x)), axis=-1)

        return tfb.MaskedAutoregressiveFlow(shift_and_log_scale)

    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [layer(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
