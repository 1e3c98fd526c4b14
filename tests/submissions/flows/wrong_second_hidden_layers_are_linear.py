# fails: flows-realnvp-test, flows-maf-test, flows-conditional-test
# may fail when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5, flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# The second hidden layer has no activation. And the log-scales of the posterior never see the data.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        network = tfk.Sequential(
            [tfk.Input(shape=(1,)), tfkl.Dense(hidden, activation="relu"), tfkl.Dense(hidden), tfkl.Dense(2)]
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
    nets = [[Masked(first, "swish"), Masked(np.ones((hidden, hidden))), Masked(last)] for _ in range(n_layers)]
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
    options = {"params": 2, "hidden_units": [hidden, hidden], "activation": "tanh", "event_shape": 2}
    networks = [
        tfb.AutoregressiveNetwork(conditional=True, conditional_event_shape=n_data, **options) for _ in range(n_layers)
    ]

    def layer(network, x):
        def shift_and_log_scale(theta):
            shift, _ = tf.unstack(network(theta, conditional_input=x), axis=-1)
            _, raw = tf.unstack(network(theta, conditional_input=0 * x), axis=-1)
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
