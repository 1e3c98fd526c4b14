# fails: flows-maf-test
# The log-scales of the networks are thrown away.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    networks = [
        tfb.AutoregressiveNetwork(params=1, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        for _ in range(n_layers)
    ]
    bijectors = []
    for network in networks:
        layer = tfb.MaskedAutoregressiveFlow(lambda x, network=network: (network(x)[..., 0], tf.zeros_like(x)))
        bijectors += [layer, tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
