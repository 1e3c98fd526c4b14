# fails: flows-maf-test, flows-maf-test-2
# Collects the variables of networks that have none yet.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    nets = [
        tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        for _ in range(n_layers)
    ]
    bijectors = []
    for net in nets:
        bijectors += [tfb.MaskedAutoregressiveFlow(net), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    return flow, [v for net in nets for v in net.trainable_variables]
