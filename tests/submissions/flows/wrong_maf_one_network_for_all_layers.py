# fails: flows-maf-test-2
# All layers share one network.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    net = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
    bijectors = [tfb.MaskedAutoregressiveFlow(net), tfb.Permute([1, 0])] * n_layers
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, net.trainable_variables
