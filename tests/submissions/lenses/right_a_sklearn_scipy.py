# Right, with scikit-learn's group split and SciPy's statistics; the epoch takes its views from dihedral.
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    u = np.asarray(images, dtype=float) / noise
    return np.log(u + np.sqrt(u**2 + 1))

# %% solution="lenses-split"
from sklearn.model_selection import GroupShuffleSplit


def split(objects, fractions, seed):
    n = len(np.unique(objects))
    rows = np.arange(len(objects))
    a, c = int(fractions[0] * n), int(fractions[2] * n)
    rest, test = next(GroupShuffleSplit(1, test_size=c, random_state=seed).split(rows, groups=objects))
    t, v = next(
        GroupShuffleSplit(1, train_size=a, random_state=seed + 1).split(rest, groups=objects[rest])
    )
    return rest[t], rest[v], test

# %% solution="lenses-dihedral"
def dihedral(images):
    flipped = np.flip(images, axis=1)
    return np.array([np.rot90(x, -k, (2, 1)) for k in range(4) for x in (images, flipped)], dtype=np.float32)

# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    n = len(images)
    augmented = dihedral(images)[rng.choice(8, n), np.arange(n)]
    order = np.argsort(rng.random(n))
    return augmented[order], labels[order]

# %% solution="lenses-profile"
import scipy.ndimage


def radial_profile(images, edges):
    s = images.shape[-1]
    y, x = np.ogrid[:s, :s]
    k = np.searchsorted(edges, np.hypot(y - (s - 1) / 2, x - (s - 1) / 2), side="right")
    return np.array([scipy.ndimage.mean(image, labels=k, index=np.arange(1, len(edges))) for image in images])
