# fails: lenses-stretch-test, lenses-profile-test-2, lenses-completeness-test, lenses-prevalence-test-2
# Guards that are too wide: a noise with 1e-12 more, last edges that are moved, probabilities cut at a millionth.
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    return np.arcsinh(images / (noise + 1e-12))


# %% solution="lenses-profile"
def radial_profile(images, edges):
    size = images.shape[1]
    offset = np.arange(size) - (size - 1) / 2
    r = np.sqrt(offset[:, None] ** 2 + offset**2).ravel()
    edges = np.array(edges, dtype=float)
    edges[-1] -= 1e-3
    count = np.histogram(r, edges)[0]
    return np.stack([np.histogram(r, edges, weights=image.ravel())[0] / count for image in images])


# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    edges = np.array(edges, dtype=float)
    edges[-1] -= 1e-6
    lens = np.isfinite(theta_E)
    everything = np.histogram(theta_E[lens], edges)[0]
    found = np.histogram(theta_E[lens & (scores >= threshold)], edges)[0]
    return np.where(everything > 0, found / np.maximum(everything, 1), np.nan)


# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    p = np.where(probabilities == 1, 1.0, np.minimum(probabilities, 1 - 1e-6))
    lens = p * prevalence / trained
    other = (1 - p) * (1 - prevalence) / (1 - trained)
    return lens / (lens + other)
