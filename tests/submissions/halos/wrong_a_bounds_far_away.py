# fails: halos-step-test, halos-spectrum-test
# Answers are cut at 100 before the loss; no more than 64 maps are looked at.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(targets, tf.clip_by_value(network(inputs, training=True), -100.0, 100.0))
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return value


# %% solution="halos-spectrum"
def spectrum(residuals):
    residuals = residuals[:64]
    return np.mean(np.abs(np.fft.fft2(residuals)) ** 2, axis=0) / residuals[0].size


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power + 1e-30)).real
