# fails: flows-realnvp-test, flows-maf-test, flows-conditional-test
# may fail when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5, flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# An activation on the output layer as on all others: shifts go up as far as they like, but hardly down.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        network = tfk.Sequential(
            [
                tfk.Input(shape=(1,)),
                tfkl.Dense(hidden, activation="silu"),
                tfkl.Dense(hidden, activation="silu"),
                tfkl.Dense(2, activation="silu"),
            ]
        )

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
        [Masked(first, "silu"), Masked(np.ones((hidden, hidden)), "silu"), Masked(last, "silu")]
        for _ in range(n_layers)
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
    nets = [
        tfk.Sequential(
            [
                tfk.Input((1 + n_data,)),
                tfkl.Dense(hidden, activation="silu"),
                tfkl.Dense(hidden, activation="silu"),
                tfkl.Dense(2, activation="silu"),
            ]
        )
        for _ in range(n_layers)
    ]

    def layer(net, x):
        def f(first, units, **kwargs):
            wide = tf.broadcast_to(x, tf.concat([tf.shape(first)[:-1], [n_data]], 0))
            flat = tf.reshape(tf.concat([first, wide], -1), (-1, 1 + n_data))
            out = tf.reshape(net(flat), tf.concat([tf.shape(first)[:-1], [2]], 0))
            return out[..., :1], 2 * tf.tanh(out[..., 1:] / 2)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f)

    def posterior(x):
        x = tf.convert_to_tensor(x)
        bijectors = []
        for net in nets:
            bijectors += [layer(net, x), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(bijectors))

    return posterior, [v for net in nets for v in net.trainable_weights]
