# Right: bijector_fn with Shift and Scale, a class for the layers, default arguments against late binding.
# %% solution="flows-realnvp"
class Coupling:
    def __init__(self, hidden):
        self.net = tfk.Sequential([tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2)])
        self.net.build((None, 1))

    def __call__(self, first, units, **kwargs):
        shift, raw = tf.unstack(self.net(first), axis=-1)
        return tfb.Chain([tfb.Shift(shift[..., None]), tfb.Scale(log_scale=tf.clip_by_value(raw, -4.0, 4.0)[..., None])])


def build_realnvp(n_layers, hidden):
    layers = [Coupling(hidden) for _ in range(n_layers)]
    chain = []
    for k, layer in enumerate(layers):
        chain.append(tfb.RealNVP(num_masked=1, bijector_fn=layer))
        if k < n_layers - 1:
            chain.append(tfb.Permute(tf.constant([1, 0])))
    flow = tfd.TransformedDistribution(distribution=tfd.MultivariateNormalDiag(tf.zeros(2)), bijector=tfb.Chain(chain))
    return [flow, [v for layer in layers for v in layer.net.trainable_variables]]

# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    variables, chain = [], []
    for _ in range(n_layers):
        net = tfb.AutoregressiveNetwork(2, 2, hidden_units=[hidden, hidden], activation="elu")
        net(tf.zeros((1, 2)))
        variables.extend(net.trainable_weights)

        def shift_and_log_scale(x, net=net):
            out = net(x)
            return out[..., 0], 3 * tf.tanh(out[..., 1] / 3)

        chain = [tfb.MaskedAutoregressiveFlow(shift_and_log_scale), *chain]
        chain = [tfb.Permute([1, 0]), *chain]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(chain)), variables

# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    options = dict(params=2, event_shape=2, conditional=True, conditional_event_shape=[n_data])
    nets = [tfb.AutoregressiveNetwork(hidden_units=[hidden] * 2, activation="elu", **options) for _ in range(n_layers)]
    variables = []
    for net in nets:
        net(tf.zeros((1, 2)), conditional_input=tf.zeros((1, n_data)))
        variables += net.trainable_variables

    def posterior(x):
        x = tf.cast(x, tf.float32)
        chain = []
        for net in nets:
            chain.append(tfb.Permute([1, 0]))
            chain.append(tfb.MaskedAutoregressiveFlow(lambda t, net=net: tf.unstack(net(t, conditional_input=x), axis=-1)))
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((len(x), 2))), tfb.Chain(chain))

    return posterior, variables
