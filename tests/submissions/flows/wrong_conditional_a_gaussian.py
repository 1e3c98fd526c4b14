# fails: flows-conditional-test
# A network gives the mean and the covariance of a Gaussian. Here the posterior is one, so that it learns it well; but it
# is no flow: another posterior would be beyond it.
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    inner = [tfkl.Dense(hidden, activation="tanh") for _ in range(2 * n_layers)]
    network = tfk.Sequential([tfk.Input(shape=(n_data,)), *inner, tfkl.Dense(5)])

    def posterior(x):
        mean, scales, mixed = tf.split(network(x), [2, 2, 1], axis=-1)
        scales = tf.exp(2.0 * tf.tanh(scales / 2.0))
        rows = [scales[:, 0], tf.zeros_like(scales[:, 0]), mixed[:, 0], scales[:, 1]]
        affine = tfb.ScaleMatvecTriL(tf.reshape(tf.stack(rows, axis=-1), (-1, 2, 2)))
        base = tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2)))
        return tfd.TransformedDistribution(base, tfb.Chain([tfb.Shift(mean), affine]))

    return posterior, network.trainable_variables
