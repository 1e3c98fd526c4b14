# fails: flows-realnvp-test
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# The networks give a log-scale alone: nothing is shifted.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        inner = [tfkl.Dense(hidden, activation="relu") for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(1)])

        def shift_and_log_scale(first, units, **kwargs):
            raw = network(first)
            return tf.zeros_like(raw), 3.0 * tf.tanh(raw / 3.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network.trainable_variables

    bijectors, variables = [], []
    for _ in range(n_layers):
        layer, its_variables = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += its_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
