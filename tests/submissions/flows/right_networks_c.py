# Right: layers of the student's own, masks within the layers, networks in float64, variables without Keras.
# %% solution="flows-realnvp"
class Conditioner(tfkl.Layer):
    def __init__(self, hidden):
        super().__init__(dtype="float64")
        self.inner = [tfkl.Dense(hidden, "tanh", dtype="float64") for _ in range(2)]
        self.last = tfkl.Dense(2, kernel_initializer="zeros", dtype="float64")

    def call(self, first):
        for layer in self.inner:
            first = layer(first)
        return self.last(first)


def build_realnvp(n_layers, hidden):
    conditioners = [Conditioner(hidden) for _ in range(n_layers)]

    def coupling(conditioner):
        conditioner(tf.zeros((1, 1), tf.float64))

        def shift_and_log_scale(first, units, **kwargs):
            shift, raw = tf.split(tf.cast(conditioner(tf.cast(first, tf.float64)), tf.float32), 2, axis=-1)
            return shift, 2.0 * tf.math.softsign(raw / 2.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale)

    chain = []
    for conditioner in conditioners:
        chain += [tfb.Permute([1, 0]), coupling(conditioner)]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(chain))
    return flow, [variable for conditioner in conditioners for variable in conditioner.trainable_variables]

# %% solution="flows-maf"
class Masked(tfkl.Layer):
    def __init__(self, mask, activation=None):
        super().__init__()
        self.mask = tf.constant(mask, tf.float32)
        self.kernel = self.add_weight(shape=self.mask.shape, initializer="he_normal", name="kernel")
        self.bias = self.add_weight(shape=(self.mask.shape[1],), initializer="zeros", name="bias")
        self.activation = tfk.activations.get(activation)

    def call(self, x):
        return self.activation(x @ (self.kernel * self.mask) + self.bias)


def build_maf(n_layers, hidden):
    first = np.array([[1.0], [0.0]]) * np.ones((1, hidden))
    last = np.ones((hidden, 1)) * np.array([[0.0, 1.0, 0.0, 1.0]])
    nets = [
        [Masked(first, "swish"), Masked(np.ones((hidden, hidden)), "swish"), Masked(last)] for _ in range(n_layers)
    ]
    chain = []
    for net in nets:

        def shift_and_log_scale(x, net=net):
            for layer in net:
                x = layer(x)
            return x[..., :2], tf.tanh(x[..., 2:])

        chain += [tfb.MaskedAutoregressiveFlow(shift_and_log_scale), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(chain))
    return flow, [variable for net in nets for layer in net for variable in layer.trainable_variables]

# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    sizes = [1 + n_data, hidden, hidden, 2]
    starts = np.random.default_rng(0)
    nets = [
        [
            (tf.Variable(starts.normal(0, n**-0.5, (n, m)), dtype=tf.float32), tf.Variable(tf.zeros(m)))
            for n, m in zip(sizes[:-1], sizes[1:])
        ]
        for _ in range(n_layers)
    ]

    def layer(net, x):
        def shift_and_log_scale(first, units, **kwargs):
            h = tf.concat([first, tf.broadcast_to(x, [*first.shape[:-1], n_data])], axis=-1)
            for kernel, bias in net[:-1]:
                h = tf.tanh(tf.tensordot(h, kernel, 1) + bias)
            shift, raw = tf.split(tf.tensordot(h, net[-1][0], 1) + net[-1][1], 2, axis=-1)
            return shift, 2.0 * tf.tanh(raw / 2.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale)

    def posterior(x):
        x = tf.cast(x, tf.float32)
        chain = []
        for net in nets:
            chain += [layer(net, x), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(chain))

    return posterior, [variable for net in nets for pair in net for variable in pair]
