# Right: the functional API, last layers that start at zero, scales by a sigmoid, a conditional coupling flow.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def network():
        first = tfk.Input((1,))
        x = tfkl.Dense(hidden, "swish")(first)
        x = tfkl.Dense(hidden, "swish")(x)
        return tfk.Model(first, tfkl.Dense(2, kernel_initializer="zeros")(x))

    def fn(first, units, *, net, **kwargs):
        out = net(first)
        return out[..., 0:1], tf.math.log_sigmoid(out[..., 1:2] + 1.0) + 0.5

    import functools

    nets = [network() for _ in range(n_layers)]
    whole = tfb.Identity()
    for net in nets:
        layer = tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=functools.partial(fn, net=net))
        whole = tfb.Permute([1, 0])(layer(whole))
    flow = whole(tfd.MultivariateNormalDiag([0.0, 0.0], [1.0, 1.0]))
    return flow, tuple(v for net in nets for v in net.trainable_weights)

# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    class Layers:
        pass

    layers = Layers()
    layers.nets = []
    chain = []
    for number in range(n_layers):
        net = tfb.AutoregressiveNetwork(params=2, hidden_units=2 * [hidden], activation="tanh", event_shape=[2])
        net.build((None, 2))
        layers.nets.append(net)
        chain.append(tfb.MaskedAutoregressiveFlow(shift_and_log_scale_fn=net))
        if number < n_layers - 1:
            chain.append(tfb.Permute(permutation=[1, 0]))
    base = tfd.Sample(tfd.Normal(0.0, 1.0), sample_shape=[2])
    return tfd.TransformedDistribution(base, tfb.Chain(chain)), sum((n.trainable_variables for n in layers.nets), [])

# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    nets = [
        tfk.Sequential(
            [tfk.Input((1 + n_data,)), tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "tanh"), tfkl.Dense(2)]
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

    return posterior, [v for net in nets for v in net.trainable_variables]
