# Right, pixel by pixel, with lists and plain Python.
# %% solution="lenses-stretch"
import math

def asinh_stretch(images, noise):
    flat = [math.asinh(float(v) / noise) for v in np.asarray(images).ravel()]
    return np.array(flat).reshape(np.shape(images))

# %% solution="lenses-split"
import random

def split(objects, fractions, seed):
    names = sorted({int(name) for name in objects})
    random.Random(seed).shuffle(names)
    rows = {}
    for row, name in enumerate(objects):
        rows.setdefault(int(name), []).append(row)
    n = len(names)
    a = int(fractions[0] * n)
    b = a + int(fractions[1] * n)
    parts = []
    for piece in (names[:a], names[a:b], names[b:]):
        parts.append([row for name in piece for row in rows[name]])
    return parts

# %% solution="lenses-dihedral"
def dihedral(images):
    views = []
    current = images
    for _ in range(4):
        views.append(current)
        views.append(np.swapaxes(current, 1, 2))
        current = np.swapaxes(current, 1, 2)[:, ::-1]
    return views

# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return [image for image in images], [label for label in labels]
    rows = list(range(len(images)))
    rng.shuffle(rows)
    out = []
    for row in rows:
        image = images[row]
        for _ in range(rng.integers(0, 3, endpoint=True)):
            image = np.rot90(image)
        if rng.random() < 0.5:
            image = np.fliplr(image)
        out.append(image)
    return out, [labels[row] for row in rows]

# %% solution="lenses-profile"
def radial_profile(images, edges):
    s = len(images[0])
    members = [[] for _ in range(len(edges) - 1)]
    for i in range(s):
        for j in range(s):
            r = math.sqrt((i - (s - 1) / 2) ** 2 + (j - (s - 1) / 2) ** 2)
            for k in range(len(edges) - 1):
                if edges[k] <= r < edges[k + 1]:
                    members[k].append(s * i + j)
    profiles = []
    for image in images:
        pixels = image.ravel().tolist()
        profiles.append([sum(pixels[p] for p in some) / len(some) for some in members])
    return profiles
