# fails: flows-realnvp-test
# may fail when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# The second hidden layer has no activation, and its neurons are given to the outputs together with the first coordinate.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        start = tfk.Input(shape=(1,))
        h = tfkl.Dense(hidden, activation="relu")(start)
        h = tfkl.Dense(hidden)(h)
        network = tfk.Model(start, tfkl.Dense(2)(tfkl.Concatenate()([h, start])))

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
