# Nothing bounds the log-scale, and the first weights are those of He.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    bijectors, variables = [], []

    def coupling():
        network = tfk.Sequential(
            [
                tfk.Input(shape=(1,)),
                *(tfkl.Dense(hidden, activation="relu", kernel_initializer="he_normal") for _ in range(2)),
                tfkl.Dense(2),
            ]
        )

        def shift_and_log_scale(first, units):
            return tf.split(network(first), 2, axis=-1)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network

    for _ in range(n_layers):
        layer, network = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += network.trainable_variables
    base = tfd.MultivariateNormalDiag(tf.zeros(2))
    return tfd.TransformedDistribution(base, tfb.Chain(bijectors)), variables
