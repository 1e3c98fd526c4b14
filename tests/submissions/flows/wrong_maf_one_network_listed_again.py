# fails: flows-maf-test-2
# One network for all layers, whose variables are listed again for each of them.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
    layers = n_layers * [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(layers))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, n_layers * list(network.trainable_variables)
