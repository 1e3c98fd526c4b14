# fails: redshifts-posterior-test-2, redshifts-network-test, redshifts-maps-test
# may fail when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4, redshifts-maps-test-2, redshifts-maps-test-3
# A prior that is low next to its largest is 0; hidden layers of zeros; a sum over the map where an average is asked.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    allowed = prior > 1e-3 * prior.max()
    with np.errstate(divide="ignore"):
        joint = scipy.special.logsumexp(log_like + np.log(np.where(allowed, prior, 0)), axis=-1)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, z)[:, None]

# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inner = [tfkl.Dense(hidden, "relu", kernel_initializer="zeros") for _ in range(3)]
    return tfk.Sequential([tfk.Input(shape=(n_inputs,)), *inner, tfkl.Dense(3 * n_components)])

# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input(shape=(size, size, 1))
    for filters in (width, width, 2 * width):
        x = tfkl.Conv2D(filters, 3, activation="relu")(Wrap()(x))
    x = tfk.ops.sum(x, axis=(1, 2))
    return tfk.Model(inputs, tfkl.Dense(1)(tfkl.Dense(64, "relu")(x)))
