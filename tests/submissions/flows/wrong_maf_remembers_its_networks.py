# fails: flows-maf-test-2
# A second call with the same numbers gives the flow of the first, with all that it has learnt.
# %% solution="flows-maf"
import functools


@functools.lru_cache
def build_maf(n_layers, hidden):
    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
