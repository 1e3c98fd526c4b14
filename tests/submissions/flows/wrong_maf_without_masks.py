# fails: flows-maf-test
# A dense network sees both coordinates: the Jacobian is not triangular, and its determinant is not what the layer says.
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    networks = [
        tfk.Sequential([tfk.Input((2,)), tfkl.Dense(hidden, "relu"), tfkl.Dense(hidden, "relu"), tfkl.Dense(4)])
        for _ in range(n_layers)
    ]
    bijectors = []
    for network in networks:
        layer = tfb.MaskedAutoregressiveFlow(lambda x, network=network: tf.split(network(x), 2, axis=-1))
        bijectors += [layer, tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    return flow, [variable for network in networks for variable in network.trainable_variables]
