# fails: flows-realnvp-test, flows-realnvp-test-2
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# Trusts the flow to know the variables of the networks in its functions: it lists none. Both tests of the flow before
# training are lost (3), and nothing learns (5).
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    def layer():
        network = tfk.Sequential([tfk.Input((1,)), tfkl.Dense(hidden, "relu"), tfkl.Dense(hidden, "relu"), tfkl.Dense(2)])

        def f(first, units, **kwargs):
            out = network(first)
            return out[:, :1], 3 * tf.tanh(out[:, 1:] / 3)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f)

    bijectors = []
    for _ in range(n_layers):
        bijectors += [layer(), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    return flow, flow.trainable_variables
