# fails: flows-realnvp-test
# An exchange after the first layer alone: from the third on, layers transform the coordinate that was transformed.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        inner = [tfkl.Dense(hidden, "relu") for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2)])

        def f(first, units, **kwargs):
            shift, raw = tf.split(network(first), 2, axis=-1)
            return shift, 3 * tf.tanh(raw / 3)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f), network

    bijectors, variables = [], []
    for number in range(n_layers):
        layer, network = coupling()
        bijectors += [layer, tfb.Permute([1, 0])] if number == 0 else [layer]
        variables += network.trainable_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
