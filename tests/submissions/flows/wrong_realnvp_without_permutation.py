# fails: flows-realnvp-test
# Never exchanges the coordinates: the first one stays as it is. A banana can bear it, since its first coordinate is
# normal already.
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def layer():
        network = tfk.Sequential([tfk.Input((1,)), tfkl.Dense(hidden, "relu"), tfkl.Dense(hidden, "relu"), tfkl.Dense(2)])

        def f(first, units, **kwargs):
            out = network(first)
            return out[..., :1], 3 * tf.tanh(out[..., 1:] / 3)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f), network.trainable_variables

    bijectors, variables = zip(*[layer() for _ in range(n_layers)])
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(list(bijectors)))
    return flow, sum(variables, [])
