# fails: flows-realnvp-test
# No activation: shift and log-scale are straight lines, however many neurons there are. Four layers learn the banana all
# the same, so that nothing is lost after training.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def coupling():
        inner = [tfkl.Dense(hidden) for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2)])

        def shift_and_log_scale(first, units, **kwargs):
            return tf.split(network(first), 2, axis=-1)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network.trainable_variables

    bijectors, variables = [], []
    for _ in range(n_layers):
        layer, its_variables = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += its_variables
    return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
