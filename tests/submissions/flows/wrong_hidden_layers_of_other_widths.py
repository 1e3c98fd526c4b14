# fails: flows-realnvp-test-2, flows-maf-test-2, flows-conditional-test
# may fail when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5, flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# Hidden layers that become narrower, 2 h and h / 2, in the coupling flow and in the posterior; and three of them, h,
# h / 2 and h, in the autoregressive flow: for an even h each has as many weights between as two of h neurons.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        inner = [tfkl.Dense(n, activation="relu") for n in (2 * hidden, hidden // 2)]
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
    networks, bijectors = [], []
    for k in range(n_layers):
        network = tfb.AutoregressiveNetwork(
            params=2, hidden_units=[hidden, hidden // 2, hidden], event_shape=2, activation="relu"
        )
        networks.append(network)
        bijectors += [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]


# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    networks = [
        tfb.AutoregressiveNetwork(
            params=2,
            hidden_units=[2 * hidden, hidden // 2],
            event_shape=2,
            activation="tanh",
            conditional=True,
            conditional_event_shape=n_data,
        )
        for k in range(n_layers)
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
