# fails: flows-realnvp-test-2
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4
# One network for all layers, whose variables are listed again for each of them.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    inner = [tfkl.Dense(hidden, activation="relu") for _ in range(2)]
    network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2)])

    def shift_and_log_scale(first, units, **kwargs):
        shift, raw = tf.split(network(first), 2, axis=-1)
        return shift, 3.0 * tf.tanh(raw / 3.0)

    bijectors, variables = [], []
    for _ in range(n_layers):
        bijectors += [tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), tfb.Permute([1, 0])]
        variables += network.trainable_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
