# fails: flows-realnvp-test
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# No biases: every network gives 0 at 0, so that the point (0, 0) stays where it is, whatever is learnt.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        inner = [tfkl.Dense(hidden, activation="relu", use_bias=False) for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2, use_bias=False)])

        def shift_and_log_scale(first, units, **kwargs):
            shift, raw = tf.split(network(first), 2, axis=-1)
            return shift, 3.0 * tf.tanh(raw / 3.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network.trainable_variables

    bijectors, variables = [], []
    for _ in range(n_layers):
        layer, its_variables = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += its_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
