# fails: flows-maf-test
# No activation: the shift is linear in the coordinate before, however many layers.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    nets = [tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], event_shape=2) for _ in range(n_layers)]
    bijectors = []
    for net in nets:
        bijectors += [tfb.MaskedAutoregressiveFlow(net), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [v for net in nets for v in net.trainable_variables]
