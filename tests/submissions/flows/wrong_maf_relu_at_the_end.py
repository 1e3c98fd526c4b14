# fails: flows-maf-test
# An activation after the last layer: shifts cannot be negative.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    def layer(network):
        def shift_and_log_scale(x):
            shift, log_scale = tf.unstack(network(x), axis=-1)
            return tf.nn.relu(shift), log_scale

        return tfb.MaskedAutoregressiveFlow(shift_and_log_scale)

    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [layer(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
