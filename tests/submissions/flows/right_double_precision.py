# Right: splines in double precision, whatever comes in; hidden layers of sigmoids, which hardly bend at small weights.
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    raw = tf.cast(raw, tf.float64)
    u, v, a = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    room = 2 * bound - 0.01 * n_bins
    return 0.01 + room * tf.nn.softmax(u), 0.01 + room * tf.nn.softmax(v), 0.01 + tf.nn.softplus(a)


# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    given = {"params": 2, "event_shape": 2, "hidden_units": [hidden, hidden], "activation": "sigmoid"}
    networks = [tfb.AutoregressiveNetwork(**given) for _ in range(n_layers)]
    layers = [layer for network in networks for layer in (tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0]))]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(layers))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
