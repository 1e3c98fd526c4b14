# fails: flows-maf-test
# The log-scale is a copy of the shift: of two numbers that a network gives, one is thrown away.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    def layer(network):
        def shift_and_log_scale(x):
            shift, _ = tf.unstack(network(x), axis=-1)
            return shift, tf.tanh(shift)

        return tfb.MaskedAutoregressiveFlow(shift_and_log_scale)

    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [layer(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
