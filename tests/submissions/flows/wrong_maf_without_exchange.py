# fails: flows-maf-test
# The coordinates stay in their order: the first never depends on the second.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    sizes = [hidden, hidden]
    networks = [tfb.AutoregressiveNetwork(2, hidden_units=sizes, activation="tanh", event_shape=2) for _ in range(n_layers)]
    layers = tfb.Chain([tfb.MaskedAutoregressiveFlow(network) for network in networks])
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), layers)
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
