# Right: each flow seeds everything before it makes its networks, so that their weights are the same each time.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    """A RealNVP in two dimensions, and the list of its trainable variables."""
    tf.keras.utils.set_random_seed(3)

    def coupling():
        inner = [tfkl.Dense(hidden, activation="relu") for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2)])

        def shift_and_log_scale(first, units, **kwargs):
            shift, raw = tf.split(network(first), 2, axis=-1)
            return shift, 3.0 * tf.tanh(raw / 3.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network.trainable_variables

    bijectors, variables = [], []
    for _ in range(n_layers):
        layer, its_variables = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += its_variables
    base = tfd.MultivariateNormalDiag(tf.zeros(2))
    return tfd.TransformedDistribution(base, tfb.Chain(bijectors)), variables


# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    """A masked autoregressive flow in two dimensions, and the list of its trainable variables."""
    tf.keras.utils.set_random_seed(3)

    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]


# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    """A conditional flow: a function x (n, n_data) -> distribution of theta, and the list of its variables."""
    tf.keras.utils.set_random_seed(3)

    options = {"params": 2, "hidden_units": [hidden, hidden], "activation": "tanh", "event_shape": 2}
    networks = [
        tfb.AutoregressiveNetwork(conditional=True, conditional_event_shape=n_data, **options) for _ in range(n_layers)
    ]

    def layer(network, x):
        def shift_and_log_scale(theta):
            shift, raw = tf.unstack(network(theta, conditional_input=x), axis=-1)
            return shift, 2.0 * tf.tanh(raw / 2.0)

        return tfb.MaskedAutoregressiveFlow(shift_and_log_scale)

    def posterior(x):
        bijectors = []
        for network in networks:
            bijectors += [layer(network, x), tfb.Permute([1, 0])]
        base = tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2)))
        return tfd.TransformedDistribution(base, tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [variable for network in networks for variable in network.trainable_variables]


