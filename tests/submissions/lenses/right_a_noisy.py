# Right, but prints, warns of something deprecated, divides by zero on the way and seeds the global generator.
# %% solution="lenses-stretch"
import warnings


def asinh_stretch(images, noise):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    np.log(np.zeros(1))
    images = images / noise
    return np.arcsinh(images, images)

# %% solution="lenses-split"
def split(objects, fractions, seed):
    np.random.seed(seed)
    names = np.unique(objects)
    np.random.shuffle(names)
    print(len(names), "objects")
    n = len(names)
    a, b = (int(np.floor(x * n + 1e-6)) for x in (fractions[0], fractions[0] + fractions[1]))
    rows = np.argsort(objects)
    return np.array(
        [np.random.permutation([r for r in rows if objects[r] in piece]) for piece in map(set, (names[:a], names[a:b], names[b:]))],
        dtype=object,
    )

# %% solution="lenses-dihedral"
def dihedral(images):
    print("images", images.shape)
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    out = np.full((8, *images.shape), np.nan)
    k = 0
    for swap in (False, True):
        for up in (1, -1):
            for left in (1, -1):
                view = images[:, ::up, ::left, :]
                out[k] = np.moveaxis(view, 1, 2) if swap else view
                k += 1
    return out

# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    print("training" if training else "validation")
    if training is True:
        np.zeros(1) / np.zeros(1)
        order = rng.permutation(len(images))
        images, labels = images[order], labels[order]
        for k, code in enumerate(rng.integers(0, 8, len(images))):
            view = np.rot90(images[k], code // 2)
            images[k] = view[::-1] if code % 2 else view
    return images, labels

# %% solution="lenses-profile"
def radial_profile(images, edges):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    s = images.shape[1]
    c = (s - 1) / 2
    r2 = np.add.outer((np.arange(s) - c) ** 2, (np.arange(s) - c) ** 2)
    edges = np.asarray(edges) ** 2
    print(edges)
    inside = (r2 >= edges[:-1, None, None]) & (r2 < edges[1:, None, None])
    return np.ma.array([np.nanmean(np.where(where, images, np.nan), axis=(1, 2)) for where in inside]).T
