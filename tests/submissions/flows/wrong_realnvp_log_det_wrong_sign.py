# fails: flows-realnvp-test
# fails when trained: flows-realnvp-test-3, flows-realnvp-test-4, flows-realnvp-test-5
# Takes the log-determinant of the map for that of its inverse. The loss falls far below the entropy, and that is how it
# is found out: the first test (2) and all that is trained (5) are lost; the variables are right.
# %% solution="flows-realnvp"
class Flow(tfd.TransformedDistribution):
    def log_prob(self, x):
        z = self.bijector.inverse(x)
        log_det = self.bijector.inverse_log_det_jacobian(x, event_ndims=1)
        return self.distribution.log_prob(z) - log_det


def build_realnvp(n_layers, hidden):
    def layer():
        network = tfk.Sequential([tfk.Input((1,)), tfkl.Dense(hidden, "relu"), tfkl.Dense(hidden, "relu"), tfkl.Dense(2)])

        def f(first, units, **kwargs):
            out = network(first)
            return out[..., :1], 3 * tf.tanh(out[..., 1:] / 3)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f), network

    bijectors, variables = [], []
    for _ in range(n_layers):
        bijector, network = layer()
        bijectors += [bijector, tfb.Permute([1, 0])]
        variables += network.trainable_variables
    return Flow(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors)), variables
