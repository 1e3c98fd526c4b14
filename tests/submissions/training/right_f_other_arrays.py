# Right: means and variances from sums, masks that multiply, indices that turn an image.
# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    if not training:
        return (x - mean) * gamma / (variance + 1e-3) ** 0.5 + beta, mean.copy(), variance.copy()
    m = x.sum(axis=0) / len(x)
    v = ((x - m) ** 2).sum(axis=0) / len(x)
    scale = gamma / np.sqrt(v + 1e-3)
    return (x - m) * scale + beta, mean + 0.01 * (m - mean), variance + 0.01 * (v - variance)

# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    picture = np.array(image)
    spin = ellipticity[0] + 1j * ellipticity[1]
    if mirrored:
        picture, spin = np.fliplr(picture), np.conj(spin)
    spin = spin * (-1) ** (turns % 2)
    return np.rot90(picture, turns % 4), np.array([spin.real, spin.imag])

# %% solution="training-optimism"
def expected_errors(n, p, variance):
    m = np.arange(p + 2, 100 * p + 100)
    gap = p / m + p / (m - p - 1)
    return variance - variance * p / n, variance + variance * p / (n - p - 1), int(m[np.argmax(gap <= 0.1)])

# %% solution="training-residual"
def build_residual(width, depth):
    def block():
        start = tfk.Input(shape=(width,))
        inner = tfkl.Dense(width)(tfkl.Dense(width, activation=tf.nn.relu)(start))
        return tfk.Model(start, tfkl.add([inner, start]))

    return tfk.Sequential([tfk.Input(shape=(width,)), *(block() for _ in range(depth))])
