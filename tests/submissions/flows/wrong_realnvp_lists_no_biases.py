# fails: flows-realnvp-test-2
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# A right flow, whose list lacks the biases: they are never trained, and before that only the point for the list is lost.
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
    for _ in range(n_layers):
        layer, network = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += [v for v in network.trainable_variables if len(v.shape) == 2]
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
