# fails: flows-conditional-test
# fails when trained: flows-conditional-test-2, flows-conditional-test-3, flows-conditional-test-4
# One network for all layers, whose variables are listed again for each of them.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    network = tfb.AutoregressiveNetwork(
        params=2, hidden_units=[hidden, hidden], activation="tanh", event_shape=2,
        conditional=True, conditional_event_shape=n_data,
    )

    def posterior(x):
        def shift_and_log_scale(theta):
            shift, raw = tf.unstack(network(theta, conditional_input=x), axis=-1)
            return shift, 2.0 * tf.tanh(raw / 2.0)

        layers = n_layers * [tfb.MaskedAutoregressiveFlow(shift_and_log_scale), tfb.Permute([1, 0])]
        return tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2))), tfb.Chain(layers))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, n_layers * list(network.trainable_variables)
