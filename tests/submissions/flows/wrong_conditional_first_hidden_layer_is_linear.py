# fails: flows-conditional-test
# may fail when trained: flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# A coupling flow of x and one parameter, whose first hidden layer has no activation.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    nets = [
        tfk.Sequential(
            [tfk.Input((1 + n_data,)), tfkl.Dense(hidden), tfkl.Dense(hidden, activation="tanh"), tfkl.Dense(2)]
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
