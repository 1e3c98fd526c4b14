# fails: flows-maf-test-2
# One hidden layer too many.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    sizes = [hidden] * 3
    networks = [tfb.AutoregressiveNetwork(2, hidden_units=sizes, activation="relu", event_shape=2) for _ in range(n_layers)]
    bijectors = []
    for network in networks:
        bijectors += [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [v for network in networks for v in network.trainable_variables]
