# Right: kernels on the left of a column, factors that learn, GELU, two heads, shifts before scales, a last layer of 0.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def network():
        start = tf.keras.initializers.GlorotUniform()
        sizes = [1, hidden, hidden, 2]
        kernels = [tf.Variable(start((m, n))) for n, m in zip(sizes[:-1], sizes[1:])]
        return kernels, [tf.Variable(tf.zeros(m)) for m in sizes[1:]], tf.Variable([1.0])

    def coupling(kernels, biases, factor):
        def shift_and_log_scale(first, units, **kwargs):
            column = first
            for kernel, bias in zip(kernels[:-1], biases[:-1]):
                column = tf.nn.softplus(tf.linalg.matvec(kernel, column) + bias)
            shift, raw = tf.split(tf.linalg.matvec(kernels[-1], column) + biases[-1], 2, axis=-1)
            return shift, factor * tf.tanh(raw)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale)

    nets = [network() for _ in range(n_layers)]
    chain = [bijector for net in nets for bijector in (coupling(*net), tfb.Permute([1, 0]))]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(chain))
    return flow, [variable for kernels, biases, factor in nets for variable in (*kernels, *biases, factor)]


# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    options = {"hidden_units": [hidden, hidden], "activation": "gelu"}
    networks = [tfb.AutoregressiveNetwork(params=2, event_shape=2, **options) for _ in range(n_layers)]
    layers = [layer for network in networks for layer in (tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0]))]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(layers))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]


# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    def network():
        both = tfk.Input((1 + n_data,))
        inner = tfkl.Dense(hidden, "sigmoid")(tfkl.Dense(hidden, "sigmoid")(both))
        return tfk.Model(both, [tfkl.Dense(1, kernel_initializer="zeros")(inner), tfkl.Dense(1)(inner)])

    nets = [network() for _ in range(n_layers)]

    def layer(net, x):
        def shift_and_add(first, units, **kwargs):
            wide = tf.broadcast_to(x, [*first.shape[:-1], n_data])
            rows = tf.reshape(tf.concat([first, wide], axis=-1), (-1, 1 + n_data))
            shift, log_scale = (tf.reshape(part, first.shape) for part in net(rows))
            return tfb.Chain([tfb.Scale(log_scale=log_scale), tfb.Shift(shift)])

        return tfb.RealNVP(num_masked=1, bijector_fn=shift_and_add)

    def posterior(x):
        x = tf.cast(x, tf.float32)
        chain = [bijector for net in nets for bijector in (layer(net, x), tfb.Permute([1, 0]))]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(chain))

    return posterior, [variable for net in nets for variable in net.trainable_variables]
