# Strong lenses. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Strong lenses
#
# Now and then one galaxy stands almost exactly behind another. Gravity then bends its light into arcs around the galaxy
# in front. Such strong lenses tell how much mass that galaxy holds inside of the arcs, dark matter included. They are
# rare: Euclid is expected to show about 170,000 of them (Collett 2015, ApJ 811, 20) among more than a billion galaxies.
# Nobody looks at a billion images. A network does.
#
# **What you will learn**
#
# - to prepare astronomical images for a network;
# - to split data so that the test set stays new, and to use symmetries to get more out of the training set;
# - to measure how good a classifier is when what you look for is rare;
# - to train a convolutional network, and to say what it gains over a simple baseline;
# - to find out which lenses it misses, what its probabilities mean, and where in the image it looks.
#
# **Time**: about 180 minutes. There are 15 tasks, worth 51 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import math
import tempfile
import time
from pathlib import Path

import figures
from epochs import Epochs
from lens_data import load_lenses
from skimage.data import hubble_deep_field
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

# The settings of this notebook. A GPU trains a wider network for longer: set the environment variable COURSE_BUDGET to
# "gpu" before you start Jupyter; COURSE_LENSES may name a larger file there. "proof" only shows that everything runs:
# hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
EPOCHS, WIDTH = {"proof": (2, 1), "laptop": (22, 1), "gpu": (60, 4)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

data = load_lenses()

# %% [markdown]
# ## 1 Look at the data
#
# ### 1.1 What a strong lens is
#
# Call $\beta$ the place on the sky where the source would be seen without the lens, and $\theta$ a place where it is
# seen. With the deflection angle $\alpha$, already scaled by distances, the *lens equation* is
#
# $$ \beta = \theta - \alpha(\theta) $$
#
# (Wambsganss 1998, Living Reviews in Relativity 1, 12, section 3.1). If several $\theta$ solve it for the same $\beta$,
# there are several images of one source.
#
# The simplest model of a galaxy is the singular isothermal sphere, with the velocity dispersion $\sigma_v$. It bends
# light towards its centre, by the same angle everywhere: the *Einstein radius*
#
# $$ \theta_E = 4\pi \, \frac{\sigma_v^2}{c^2} \, \frac{D_{LS}}{D_S} $$
#
# (same review, section 3.5), where $D_S$ is the distance from us to the source and $D_{LS}$ that from the lens to the
# source. With $\sigma_v = 250$ km/s and $D_{LS}/D_S = 1/2$, a galaxy has $\theta_E = 0.9$ arcsec. A point source at
# $\beta < \theta_E$ has two images at $\theta_E + \beta$ and $\theta_E - \beta$, on opposite sides of the lens. At
# $\beta = 0$ they merge into a ring of radius $\theta_E$. Real galaxies are elliptical, and stand in the shear of their
# neighbours. Then there can be four images. And a source is no point: its images are arcs.
#
# ### 1.2 The stamps
#
# `data` holds simulated images, much like those of Euclid's visible camera. Each has 48×48 pixels of 0.101 arcsec, with
# one galaxy in the middle. Half of them are lenses. The others carry the same kind of galaxy, and as much light around
# it at the same distances. But that light is in companions ("blobs"), spiral arms, a ring or a merger. So the
# brightness of the light around the galaxy tells little. Its shape has to.
#
# %%
lenses = data.labels == 1
n, height, width = data.images.shape
print(f"{n} images of {height} x {width} pixels, {np.sum(lenses)} of them of lenses")
print("kinds:", ", ".join(f"{np.sum(data.kind == kind)} {kind}" for kind in np.unique(data.kind)))
print(f"Einstein radii: {np.nanmin(data.theta_E):.2f} to {np.nanmax(data.theta_E):.2f} arcsec")
print(f"noise of an empty pixel: {data.noise:.4f} electrons/s; brightest pixel: {data.images.max():.1f} electrons/s")
print(f"negative pixels: {100 * np.mean(data.images < 0):.1f}%")

# %% [markdown]
# Here are 24 of the training images, in a linear scale: black is zero, white is the brightest pixel of the stamp. The
# white bar is 1 arcsec long. In how many of the lenses can you see the arcs?
#
# %%
def gallery(rows=4, seed=5):
    """Rows of training images: two columns of lenses, then four of non-lenses, one for each kind."""
    rng = np.random.default_rng(seed)
    yes, no = np.unique(data.kind[data.labels == 1]), np.unique(data.kind[data.labels == 0])
    columns = [yes[0], yes[-1], *(no[k % len(no)] for k in range(4))]
    pools = {
        kind: iter(rng.permutation(np.flatnonzero((data.kind == kind) & (data.part == "train"))))
        for kind in columns
    }
    return columns, np.array([[next(pools[kind]) for kind in columns] for _ in range(rows)])


kinds, chosen = gallery()
figures.mosaic(data.images[chosen], kinds, data.pixel_scale, vmin=0)
show_figure(
    "Four rows of six training images in a linear scale: two columns of lenses, then one each of blobs, mergers, "
    "rings and spirals. On black, most show a bright centre and little around it. White bars are 1 arcsec long."
)

# %% [markdown]
# ### 1.3 A stretch
#
# The centre of a typical galaxy is a few hundred times as bright as the noise, an arc about twenty times. In a linear
# scale faint arcs are lost in the dark. A network finds it hard, too: it would be fed with a few large numbers among
# many that hardly differ.
#
# A logarithm would help with bright pixels, but not here. The sky has been subtracted, so that empty pixels scatter
# around zero, and a negative number has no logarithm. The inverse hyperbolic sine has no such trouble. With the noise
# $\sigma$ of an empty pixel,
#
# $$ x = \mathrm{arcsinh}\left( \frac{I}{\sigma} \right), \qquad
# \mathrm{arcsinh}(u) = \ln\left( u + \sqrt{u^2 + 1} \right) $$
#
# (Lupton, Gunn & Szalay 1999, AJ 118, 1406, for magnitudes; Lupton et al. 2004, PASP 116, 133, for images). Where
# $|u| \ll 1$ it is $u$ itself: linear near the noise. Where $u \gg 1$ it is $\ln(2u)$: logarithmic for bright galaxies.
# It keeps the sign, and is smooth in between.
#
# ### 1.4 Task 1: `asinh_stretch` (2 points)
#
# - `images`: array of floats of any shape and either sign
# - `noise`: a positive number, in the units of the images
# - returns an array of the same shape
#
# For example, with a noise of 2 the pixels `[0, 2, -2]` become `[0, 0.881, -0.881]`.
#
# <details><summary>Hint 1</summary>
#
# Work on the whole array at once. Nothing depends on its shape.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# NumPy has the function. In its list of hyperbolic functions the names of inverse ones begin with `arc`.
#
# </details>
#
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    """arcsinh of the images in units of the noise; any shape."""
    ### BEGIN SOLUTION: Return the stretched images.
    return np.arcsinh(images / noise)
    ### END SOLUTION


# %% test="lenses-stretch" points=2
got = asinh_stretch(np.array([0.0, 2.0, -2.0]), 2.0)
expect(got, [0.0, 0.8814, -0.8814], "asinh_stretch([0, 2, -2], 2)", "arcsinh of 0, 1 and -1", atol=1e-3)
got = asinh_stretch(np.full((2, 3, 3), 0.5), 0.001)
expect(got, np.full((2, 3, 3), 6.908), "asinh_stretch of 500 times the noise", "ln(2u)", atol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_stretch(asinh_stretch)
### END HIDDEN TESTS

# %% [markdown]
# The same stamps with your stretch. All have the same scale now, from -1 (black) to 6 (white). Look for arcs that bend
# around the galaxy, and for a counter-image on the other side. Then look at the columns to the right: what could be
# taken for a lens? Some arcs, and some rings, are too faint for the eye.
#
# %%
stretched = np.asarray(asinh_stretch(data.images[chosen], data.noise))
figures.mosaic(stretched, kinds, data.pixel_scale, vmin=-1, vmax=6)
show_figure(
    "The same 24 stamps after your stretch, from -1 (black) to 6 (white): two columns of lenses, then one each of "
    "blobs, mergers, rings and spirals. Look for arcs around the galaxies of the first two columns, and for what "
    "could be taken for arcs in the others."
)

# %% [markdown]
# What the stretch does to the numbers: on the left all pixels of 400 stamps as they are, on the right stretched. Both
# counts are logarithmic. On the left most pixels are in the first bar. On the right the numbers are of a size that
# suits a network. The gaps near zero are not your doing: to keep the file small, pixel values are stored in steps of
# half the noise.
#
# %%
pixels = data.images[data.part == "train"][::10][:400].ravel()
figures.pixel_histograms(pixels, np.ravel(asinh_stretch(pixels, data.noise)))
show_figure(
    "Two histograms of the pixels of 400 stamps, with logarithmic counts. Left: values in electrons/s; most are in "
    "the first bar, and a long tail reaches beyond 10. Right: the same pixels after your stretch, arcsinh(I / noise)."
)

# %% [markdown]
# ### 1.5 The real sky
#
# Below is a piece of the Hubble eXtreme Deep Field, a colour picture that comes with scikit-image. It is for looking
# only: a JPEG that was stretched for the eye, from which nobody can measure a flux. The real sky has more in it than
# our stamps: galaxies of all sizes and colours overlap, stars have spikes, and no galaxy is as smooth as a formula. A
# network that is trained on simulations alone has seen none of that.
#
# %%
fig, axis = plt.subplots(figsize=(7, 4.2), layout="constrained")
axis.imshow(hubble_deep_field()[30:330, 40:540])
axis.set(xlabel="x [pixel]", ylabel="y [pixel]", title="Hubble eXtreme Deep Field, a part (NASA, public domain)")
show_figure(
    "Colour picture of a part of the Hubble eXtreme Deep Field, 500 × 300 pixels. On black there are many galaxies of "
    "all sizes and colours, among them spirals and some that overlap, and stars with spikes."
)

# %% [markdown]
# ## 2 Split without leakage
#
# ### 2.1 Two images of one galaxy
#
# The training set is for learning. The validation set is for choosing: when to stop, which network to keep. The test
# set is for one question at the end: how well does it work on galaxies that it has never seen?
#
# "Never seen" is easily broken. The fields of a survey overlap, so that some objects were imaged twice. The two images
# differ by noise and a fraction of a pixel. If one of them is in the training set and the other in the test set, the
# network can recognise the galaxy instead of the lens. The test then reports a number that is too good. This is called
# *leakage*.
#
# Below are three such objects from the training set: first image, second image, and their difference in units of the
# noise. Where the galaxy is bright, it is mainly the shift that you see.
#
# %%
names, times = np.unique(data.objects[data.part == "train"], return_counts=True)
print(f"{np.sum(times > 1)} of {len(names)} objects of the training set were imaged more than once")
twins = {}
for name in names[times == 2][:3]:
    first, second = data.images[data.objects == name]
    difference = (second - first) / data.noise
    twins[name] = asinh_stretch(first, data.noise), asinh_stretch(second, data.noise), difference
figures.twins(twins, data.pixel_scale)
show_figure(
    "Three rows, one for each object: its first image, its second image, which looks the same, and their difference "
    "in units of the noise, from -10 (blue) to 10 (red). In the difference the bright parts of the galaxy are red on "
    "one side and blue on the other."
)

# %% [markdown]
# There is a second trap. This file is sorted, lenses first, as files often are. If you take the last rows as the test
# set, it has no lens in it. (The `validation_split` of Keras takes the last rows of what you give it, before any
# shuffling.)
#
# So: shuffle, and give out *objects*, not rows. Each object goes with all its images.
#
# ### 2.2 Task 2: `split` (3 points)
#
# - `objects`: array of integers of shape `(n,)`, the name of the object in each row. The names are any integers, also
#   negative ones, and the rows of an object may be anywhere
# - `fractions`: a list of three positive numbers that add up to 1, the fractions of the *objects* for training,
#   validation and testing. Each is enough for at least one object, and no part may be empty. Otherwise round as you
#   like: one object more or less does not matter. But mind that `(0.7 + 0.1) * 10` is a little less than 8 for a
#   computer, and that `round(1.5)` and `round(2.5)` are both 2
# - `seed`: a whole number, 0 or more. The same seed gives the same split. Another seed gives another one, unless
#   objects are few
# - returns three arrays of row numbers: train, valid and test. Each row from 0 to `n - 1` is in exactly one of them, in
#   any order
#
# For example, the objects `[7, 3, 7, 9, 4]` with the fractions `[0.5, 0.25, 0.25]` are four objects: two for training,
# one for validation and one for testing. One of the possible answers is `[0, 2, 3]`, `[1]` and `[4]`.
#
# <details><summary>Hint 1</summary>
#
# Make a list of the different objects first, and forget the rows for a moment. How do you cut a shuffled list into
# three pieces?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.random.default_rng(seed)` is a generator; its method `permutation` returns a shuffled copy of an array. Two row
# numbers are enough to cut: the end of the first piece and the end of the second.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.unique(objects)` gives the different names. `np.isin(objects, piece)` is True for each row whose object is in the
# piece, and `np.flatnonzero` turns True and False into row numbers.
#
# </details>
#
# %% solution="lenses-split"
def split(objects, fractions, seed):
    """Three arrays of row numbers (train, valid, test), such that no object is in two of them.

    objects (n,) integers, fractions three numbers that add up to 1, seed an integer
    """
    ### BEGIN SOLUTION: Return the row numbers of the training, the validation and the test set.
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    ends = [math.floor(share * len(names) + 1e-9) for share in np.cumsum(fractions[:2])]
    return [np.flatnonzero(np.isin(objects, piece)) for piece in np.split(names, ends)]
    ### END SOLUTION


# %% [markdown]
# The first test asks for a shuffled split of all rows. The second one asks for no object on two sides.
#
# %% test="lenses-split" points=1
got = split(np.arange(1000, 1100), [0.6, 0.2, 0.2], 1)
expect(got, {"train": ..., "valid": ..., "test": ...}, "split of 100 objects")
assert not any(np.asarray(rows).dtype == bool for rows in got), (
    "split returned True and False, expected row numbers: np.flatnonzero makes them."
)
parts = [sorted(np.ravel(rows).tolist()) for rows in got]
sizes = [len(rows) for rows in parts]
assert sorted(parts[0] + parts[1] + parts[2]) == list(range(100)), (
    f"split of 100 objects is {sizes} rows; together they are not the rows 0 to 99, each once."
)
expect(sizes, [60.0, 20, 20], "the list of sizes of the parts", "about these", rtol=0, atol=1)
same, other = (
    [sorted(np.ravel(rows).tolist()) for rows in split(np.arange(1000, 1100), [0.6, 0.2, 0.2], seed)]
    for seed in (1, 2)
)
assert same == parts, "split returned something else when it was called again with the same seed."
assert other != parts, "split returned the same for the seeds 1 and 2."
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_split(split)
### END HIDDEN TESTS

# %% test="lenses-split" points=2
some = np.repeat(np.arange(500, 550), 2)  # 50 objects, each imaged twice
got = split(some, [0.6, 0.2, 0.2], 1)
expect(got, {"train": ..., "valid": ..., "test": ...}, "split of 50 objects")
rows = [np.ravel(part).astype(int) for part in got]
low, high = np.min(np.concatenate(rows)), np.max(np.concatenate(rows))
assert 0 <= low <= high < 100, f"split of 100 rows returned rows from {low} to {high}, expected 0 to 99."
kept = len(np.unique(np.concatenate(rows)))
expect(kept, 100, "the number of rows in the three parts", "an object goes with all its images")
three = [set(some[part].tolist()) for part in rows]
expect(len(three[0] & three[2]), 0, "the number of objects both in the training and the test set")
expect(len(three[0] & three[1]), 0, "the number of objects both in the training and the validation set")
expect(len(three[1] & three[2]), 0, "the number of objects both in the validation and the test set")
sizes = [len(part) for part in three]
expect(sizes, [30.0, 10, 10], "the list of numbers of objects", "about these", rtol=0, atol=1)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_split_objects(split)
### END HIDDEN TESTS

# %% [markdown]
# Three ways to split our file. On the left, the fraction of lenses in each part: it should be the same. On the right,
# the number of test images whose object is in the training set, too: it should be zero. Rows in order leak as well,
# because the two images of an object need not be neighbours in the file.
#
# %%
rows = np.arange(len(data.objects))
cuts = [int(0.7 * len(rows)), int(0.85 * len(rows))]
ways = {
    "rows in order": np.split(rows, cuts),
    "shuffled rows": np.split(np.random.default_rng(0).permutation(rows), cuts),
    "your split": split(data.objects, [0.7, 0.15, 0.15], 0),
}
shares, leaked = {}, {}
for name, parts in ways.items():
    shares[name] = [np.mean(data.labels[np.asarray(part)] == 1) for part in parts]
    leaked[name] = np.sum(np.isin(data.objects[np.asarray(parts[2])], data.objects[np.asarray(parts[0])]))
figures.ways_to_split(shares, leaked)
show_figure(
    "Left: the fraction of lenses in the training, validation and test parts, for rows in order, shuffled rows and "
    "your split. Right: bars with the number of test images that have a twin in training, for the same three: "
    f"{', '.join(str(number) for number in leaked.values())}."
)

# %% [markdown]
# From here on everyone uses the split that ships with the data, so that your results can be compared with those of
# others. It was made in this way, by object. `train`, `valid` and `test` are arrays of row numbers.
#
# %%
step = 16 if BUDGET == "proof" else 1
train, valid, test = (np.flatnonzero(data.part == name)[::step] for name in ("train", "valid", "test"))
for name, part in (("train", train), ("valid", valid), ("test", test)):
    print(f"{name:5s}  {len(part):5d} images, {100 * np.mean(data.labels[part] == 1):.1f}% of them lenses")

# %% [markdown]
# ## 3 Symmetries
#
# ### 3.1 Eight views of a lens
#
# Gravity knows no up and down. A lens that is turned or mirrored is still a lens, just as likely on the sky. A network
# does not know this. You can tell it by *augmentation*: show it each training image in another position each time
# (Dieleman, Willett & Dambre 2015, MNRAS 450, 1441, for galaxies).
#
# Some transformations map the square grid of pixels onto itself: the rotations by 0°, 90°, 180° and 270°, and each of
# them followed by a mirror. These eight are the *dihedral group* $D_4$. They only move pixels. Other angles need values
# between pixels, and to interpolate changes the noise.
#
# Mind what the label is. "Lens or not" is *invariant*: it stays. Other labels have to be transformed with the image. An
# ellipticity with the components $e_1 = e \cos 2\varphi$ and $e_2 = e \sin 2\varphi$, where $\varphi$ is the position
# angle, becomes $(-e_1, -e_2)$ when the image is turned by 90°, and $(e_1, -e_2)$ when it is mirrored so that $\varphi$
# becomes $-\varphi$.
#
# And mind the telescope. In our simulation the point-spread function is round, so that the symmetry is exact. In real
# images diffraction spikes and charge trails keep their direction on the detector, and the symmetry holds only
# approximately.
#
# ### 3.2 Task 3: `dihedral` (3 points)
#
# Return all eight views of each image.
#
# - `images`: array of floats of shape `(n, s, s, c)`: n images of s × s pixels with c channels
# - returns an array of shape `(8, n, s, s, c)`. Entry `k` holds all images after the same transformation; the eight
#   transformations come in any order, each exactly once
#
# Images are turned about the centre of the stamp. The batch and the channels stay in order.
#
# For example, the eight views of $\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$ are
#
# $$ \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix},
# \begin{pmatrix} 2 & 4 \\ 1 & 3 \end{pmatrix},
# \begin{pmatrix} 4 & 3 \\ 2 & 1 \end{pmatrix},
# \begin{pmatrix} 3 & 1 \\ 4 & 2 \end{pmatrix}, \quad
# \begin{pmatrix} 2 & 1 \\ 4 & 3 \end{pmatrix},
# \begin{pmatrix} 4 & 2 \\ 3 & 1 \end{pmatrix},
# \begin{pmatrix} 3 & 4 \\ 1 & 2 \end{pmatrix},
# \begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix} $$
#
# <details><summary>Hint 1</summary>
#
# First the four rotations, then mirror each of them. To mirror along both axes gives nothing new: it is the rotation by
# 180°.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.rot90` turns an array by quarter turns. It has an argument `axes`, and by default turns axes 0 and 1. Which axes
# of the batch are the rows and the columns of an image?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.flip` mirrors along the axis that you name. `np.stack` puts a list of eight arrays of shape `(n, s, s, c)` into
# one with a new first axis.
#
# </details>
#
# %% solution="lenses-dihedral"
def dihedral(images):
    """The eight views of each image under rotations by 90 degrees and mirrors: (n, s, s, c) -> (8, n, s, s, c)."""
    ### BEGIN SOLUTION: Return the eight views of all images.
    turned = [np.rot90(images, turns, axes=(1, 2)) for turns in range(4)]
    mirrored = [view[:, :, ::-1] for view in turned]
    return np.stack(turned + mirrored)
    ### END SOLUTION


# %% test="lenses-dihedral" points=3
try:
    got = dihedral(np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1))
except ValueError as error:
    raise AssertionError(
        f"dihedral stopped for an array of shape (1, 2, 2, 1), saying '{error}'. Do all your views have"
        " the shape of the batch? Rows and columns are its axes 1 and 2."
    ) from None
assert got is not None, "dihedral of the example is None: is there a return statement?"
expect(np.shape(got), [8, 1, 2, 2, 1], "the shape of dihedral of the example")
eight = {tuple(np.ravel(view).tolist()) for view in np.asarray(got)}
expected = {(1, 2, 3, 4), (2, 4, 1, 3), (4, 3, 2, 1), (3, 1, 4, 2)}
expected |= {(2, 1, 4, 3), (4, 2, 3, 1), (3, 4, 1, 2), (1, 3, 2, 4)}
assert eight <= expected, (
    f"dihedral of the example holds, read row by row, {sorted(eight - expected)}: not among the eight views."
)
assert eight == expected, (
    f"dihedral of the example holds {len(eight)} different views, expected 8. Missing, read row by row: "
    f"{sorted(expected - eight)}."
)
batch = np.arange(2 * 3 * 3 * 2, dtype=float).reshape(2, 3, 3, 2)
got = np.asarray(dihedral(batch))
expect(got.shape, [8, 2, 3, 3, 2], "the shape of dihedral of a batch")
centre = np.tile(batch[:, 1, 1], (8, 1, 1))
why = "it stays, and images and channels keep their order"
expect(got[:, :, 1, 1], centre, "the centre of dihedral of a batch", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_dihedral(dihedral)
### END HIDDEN TESTS

# %% [markdown]
# The eight views of the second lens in the first row of the mosaic. Its label is 1 in all of them, and its Einstein
# radius is the same.
#
# %%
eight = np.asarray(dihedral(data.images[chosen[0, 1:2], :, :, None]))[:, 0, :, :, 0]
stretched = np.asarray(asinh_stretch(eight, data.noise)).reshape(2, 4, *eight.shape[1:])
figures.mosaic(stretched, [""] * 4, data.pixel_scale, vmin=-1, vmax=6)
show_figure(
    "Two rows of four stamps: the eight views of one lens by your dihedral. By its arcs, which differ in length and "
    "brightness, the views can be told apart."
)

# %% [markdown]
# ### 3.3 An epoch of training
#
# In each epoch the network sees all training images once. Two things are drawn anew each time:
#
# - the order. With stochastic gradient descent each step uses a few images, and they should be a mixture, not 32 lenses
#   in a row;
# - the view of each image, one of the eight, for each image by itself.
#
# Neither is done for validation and testing: there you want the same number each time, so nothing is drawn.
#
# ### 3.4 Task 4: `epoch` (4 points)
#
# Return the images and the labels for one epoch.
#
# - `images`: array of floats of shape `(n, s, s, c)`
# - `labels`: array of whole numbers of shape `(n,)`, 0 or 1, in any type of integers
# - `rng`: a NumPy generator, made by `np.random.default_rng`. Take all random numbers from it, and make no other
#   generator: it moves on with every draw, so that each epoch is different
# - `training`: if `True`, shuffle images and labels together, and put each image through one of the eight
#   transformations, drawn uniformly and for each image by itself. If `False`, draw nothing, and return images and
#   labels as they are
# - returns a pair: images of shape `(n, s, s, c)` and labels of shape `(n,)`
#
# With the nearly 5000 images that you will train on, it should take less than a second.
#
# <details><summary>Hint 1</summary>
#
# First the shuffle. `rng.permutation(n)` is an array of the numbers from 0 to n - 1 in a new order. An array can be
# indexed with it. The labels need the same one.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Now the views. `rng.integers` draws a whole number for each image. Its upper bound is not included. The simplest way
# is a loop over the images.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Quicker is a loop over the transformations: choose the images with number `k` by an array of True and False, transform
# them all at once, and put them back to the same places. Or toss three coins for each image: mirror left and right?
# mirror up and down? exchange rows and columns? The eight outcomes are the eight views. Work on a copy of the images.
#
# </details>
#
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    """Images (n, s, s, c) and labels (n,) of one epoch: shuffled and augmented in training, else as they are."""
    ### BEGIN SOLUTION: Return the images and the labels for one epoch.
    if not training:
        return images, labels
    order = rng.permutation(len(labels))
    images, labels = images[order], labels[order]
    mirrored, flipped, transposed = rng.integers(2, size=(3, len(labels))).astype(bool)
    images[mirrored] = images[mirrored][:, :, ::-1]
    images[flipped] = images[flipped][:, ::-1]
    images[transposed] = images[transposed].transpose(0, 2, 1, 3)
    return images, labels
    ### END SOLUTION


# %% [markdown]
# The first test looks at order and labels, whatever the views. The second one looks at the views.
#
# %% test="lenses-epoch" points=2
# Stamp number k is filled with the number k, which no rotation changes.
number = np.arange(40.0)
images, labels = np.ones((40, 4, 4, 1)) * number[:, None, None, None], (number > 25).astype(int)
rng = np.random.default_rng(5)
given = images.copy()
got = epoch(given, labels.copy(), rng, True)
expect(given, images, "the array of given images, afterwards,", "work on a copy")
expect(got, {"images": ..., "labels": ...}, "epoch of 40 images")
seen, with_labels = np.asarray(got[0]), np.asarray(got[1])
expect(seen.shape, [40, 4, 4, 1], "the shape of the images of an epoch")
expect(with_labels.shape, [40], "the shape of the labels of an epoch")
order = np.round(seen[:, 0, 0, 0])
assert np.array_equal(np.sort(order), number), "In an epoch of 40 images some are missing, or twice there."
assert not np.array_equal(order, number), "With training=True, epoch returned the images in the old order."
moved = int(np.sum(with_labels != (order > 25)))
expect(moved, 0, "the number of images with another label after the shuffle than before")
second = np.round(np.asarray(epoch(images.copy(), labels.copy(), rng, True)[0])[:, 0, 0, 0])
assert not np.array_equal(order, second), "A second epoch has the same order as the first."
expected = {"images": images, "labels": labels}
got = epoch(images.copy(), labels.copy(), rng, False)
expect(got, expected, "epoch without training", "nothing moves")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_epoch_shuffle(epoch)
### END HIDDEN TESTS

# %% test="lenses-epoch" points=2
# All images are the same stamp, with 1 2 in the first row and 3 4 in the second.
images = np.tile(np.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None], (200, 1, 1, 1))
labels = np.arange(200) % 2
got = epoch(images.copy(), labels.copy(), np.random.default_rng(6), True)
expect(got, {"images": ..., "labels": ...}, "epoch of 200 images")
expect(np.shape(got[0]), [200, 2, 2, 1], "the shape of the images of an epoch")
eight = {tuple(np.ravel(image).tolist()) for image in np.asarray(got[0])}
expected = {(1, 2, 3, 4), (2, 4, 1, 3), (4, 3, 2, 1), (3, 1, 4, 2)}
expected |= {(2, 1, 4, 3), (4, 2, 3, 1), (3, 4, 1, 2), (1, 3, 2, 4)}
assert eight <= expected, (
    f"epoch gave an image that is none of the eight views of what went in: {sorted(eight - expected)[0]},"
    " read row by row."
)
assert len(eight) > 1, "epoch returned the same view of all 200 images."
assert eight == expected, f"epoch gave {len(eight)} different views of one stamp in 200 images, expected all 8."
got = epoch(images.copy(), labels.copy(), np.random.default_rng(6), False)
expect(got, {"images": images, "labels": ...}, "epoch without training", "nothing turns")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_epoch_augment(epoch)
### END HIDDEN TESTS

# %% [markdown]
# Your epoch on eight stamps. In the first row they are as in validation, in the second and third as in two epochs of
# training, with their labels. Find the second stamp in each row. Then a whole epoch, with a clock.
#
# %%
rng = np.random.default_rng(1)
few = np.concatenate([chosen[0, :2], chosen[1, :2], chosen[0, 2:]])
shown = {}
for training, name in ((False, "validation"), (True, "epoch 1"), (True, "epoch 2")):
    images, labels = epoch(data.images[few][..., None], data.labels[few], rng, training)
    shown[name] = [asinh_stretch(image, data.noise) for image in np.asarray(images)[..., 0]], np.asarray(labels)
figures.rows_with_labels(shown, data.pixel_scale)
show_figure(
    "Three rows of the same eight stamps by your epoch, with their labels, lens or no lens, above: as in validation, "
    "in epoch 1 and in epoch 2. In the epochs they should be shuffled, turned and mirrored, and keep their labels."
)
started = time.perf_counter()
epoch(data.images[train][..., None], data.labels[train], rng, True)
print(f"An epoch of {len(train)} images took {time.perf_counter() - started:.2f} s.")

# %% [markdown]
# ## 4 A baseline
#
# ### 4.1 Something simple first
#
# Before a network, try something simple. If it does as well, you do not need the network. If it does not, you know what
# the network adds. And sometimes it shows that the data are easier than they should be: if the lenses of a simulation
# are brighter than the others, a network will learn brightness, and fail on the sky.
#
# Our baseline gets no shapes. It gets the total flux, the brightest pixel and the *radial profile*: the mean brightness
# in rings (annuli) around the centre. Light at radius $\theta_E$ shows in the profile. Whether it is that of an arc, a
# blob or a spiral arm does not.
#
# ### 4.2 Task 5: `radial_profile` (3 points)
#
# Pixel $(i, j)$ of a stamp of $s \times s$ pixels has the distance
#
# $$ r_{ij} = \sqrt{\left(i - \frac{s - 1}{2}\right)^2 + \left(j - \frac{s - 1}{2}\right)^2} $$
#
# from the centre, because pixels are counted from 0: with $s = 3$ the centre is pixel (1, 1), with $s = 4$ it lies
# between the pixels 1 and 2. A pixel belongs to annulus $k$ if $\mathrm{edges}_k \le r_{ij} < \mathrm{edges}_{k+1}$.
#
# - `images`: array of floats of shape `(n, s, s)`
# - `edges`: rising array of shape `(m + 1,)`, in pixels. You will only be asked about annuli with at least one pixel in
#   them. There may be pixels inside the first edge, and beyond the last
# - returns an array of shape `(n, m)`: for each image, the mean pixel value in each annulus
#
# It will be asked for some 6000 images and 24 annuli at once, which should take seconds, a minute at most. Which pixels
# are in an annulus does not depend on the image: find that out once, not for each image.
#
# For example, with the edges `[0, 0.5, 1.2, 2]` the profile of
# $\begin{pmatrix} 1 & 2 & 1 \\ 4 & 10 & 6 \\ 1 & 8 & 9 \end{pmatrix}$ is `[10, 5, 3]`: the centre, the mean of four
# sides, and the mean of four corners.
#
# <details><summary>Hint 1</summary>
#
# Make the array of distances first, of shape `(s, s)`. It is the same for all images. `np.arange(s)` and a bit of
# broadcasting, or `np.indices((s, s))`, give you rows and columns.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For one annulus, make an array of True and False of shape `(s, s)`. If you index `images` with it after a colon for
# the first axis, the result has shape `(n, number of pixels)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The mean over the pixels is that over axis 1. Collect one such array for each annulus, and stack them as columns. If
# you use `np.histogram` or `scipy.stats.binned_statistic`, note that the last bin holds its upper edge, which is not
# wanted here.
#
# </details>
#
# %% solution="lenses-profile"
def radial_profile(images, edges):
    """Mean pixel values in annuli edges[k] <= r < edges[k + 1] around the centre: (n, s, s), (m + 1,) -> (n, m)."""
    ### BEGIN SOLUTION: Return the mean of each image in each annulus.
    _, size, _ = images.shape
    offset = np.arange(size) - (size - 1) / 2
    r = np.sqrt(offset[:, None] ** 2 + offset**2)
    annulus = np.digitize(r, edges) - 1
    return np.stack([images[:, annulus == k].mean(axis=1) for k in range(len(edges) - 1)], axis=1)
    ### END SOLUTION


# %% [markdown]
# In the first test only the centre is exactly on an edge, at 0. In the second other pixels are, too.
#
# %% test="lenses-profile" points=2
image = np.array([[1.0, 2.0, 1.0], [4.0, 10.0, 6.0], [1.0, 8.0, 9.0]])
got = radial_profile(np.stack([image, 2 * image]), np.array([0.0, 0.5, 1.2, 2.0]))
why = "means over the centre, the sides and the corners"
expect(got, [[10.0, 5.0, 3.0], [20.0, 10.0, 6.0]], "radial_profile of the example, and of twice its light,", why)
got = radial_profile(np.array([[[1.0, 2.0], [3.0, 6.0]]]), np.array([0.5, 1.0]))
why = "all four pixels are 0.707 pixels from the centre"
expect(got, [[3.0]], "radial_profile of [[1, 2], [3, 6]] for the edges 0.5 and 1", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_profile(radial_profile)
### END HIDDEN TESTS

# %% test="lenses-profile" points=1
image = np.array([[1.0, 2.0, 1.0], [4.0, 10.0, 6.0], [1.0, 8.0, 9.0]])
got = radial_profile(image[None], np.array([0.0, 1.0, 2.0]))
why = "the four sides are exactly 1 pixel from the centre, and belong to the annulus that begins there"
expect(got, [[10.0, 4.0]], "radial_profile for the edges 0, 1 and 2", why)
got = radial_profile(image[None], np.array([0.0, 1.0]))
expect(got, [[10.0]], "radial_profile for the edges 0 and 1", "the sides, at 1 pixel, are in no annulus")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_profile_edges(radial_profile)
### END HIDDEN TESTS

# %% [markdown]
# The profiles of the training set, in rings one pixel wide. Lines are medians. The middle 68% of the images lie in the
# band for lenses, and between the dotted lines for non-lenses.
# The vertical axis is an arcsinh scale, like your stretch. Lenses and non-lenses agree closely. This is no accident:
# the non-lenses were chosen so that neither the flux nor its radius gives the lenses away.
#
# %%
edges = np.arange(data.images.shape[1] // 2 + 1)
at_radius = (edges[:-1] + 0.5) * data.pixel_scale
profiles = np.asarray(radial_profile(data.images, edges))
bands = {
    name: np.quantile(profiles[train][data.labels[train] == label], [0.16, 0.5, 0.84], axis=0)
    for label, name in ((1, "lenses"), (0, "non-lenses"))
}
figures.radial_profiles(at_radius, bands, data.noise)
show_figure(
    "Mean brightness in electrons/s/pixel, on an arcsinh scale, against the radius from 0 to 2.4 arcsec, by your "
    "radial_profile: medians and the middle 68% of the training images, for lenses and for non-lenses. The two should "
    "agree closely."
)

# %% [markdown]
# Now the baseline. It is a gradient-boosted ensemble of decision trees, from scikit-learn. It gets a row of numbers for
# each image: the profile, the total flux and the brightest pixel, all with your stretch. It learns from the training
# set, and gives each test image a score, its estimate of the probability that it is a lens.
#
# %%
flux, peak = data.images.sum(axis=(1, 2)), data.images.max(axis=(1, 2))
features = np.asarray(asinh_stretch(np.column_stack([profiles, flux, peak]), data.noise))
baseline = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.06, l2_regularization=1.0, random_state=0)
with threadpool_limits(1):  # so small a set is quicker on one core than on many
    baseline.fit(features[train], data.labels[train])
    baseline_scores = baseline.predict_proba(features[test])[:, 1]
some = np.random.default_rng(0).choice(len(test), 10, replace=False)
print("scores of ten test images:", " ".join(f"{score:5.2f}" for score in baseline_scores[some]))
print("their labels:             ", " ".join(f"{label:5d}" for label in data.labels[test[some]]))

# %% [markdown]
# Is that good? A list of scores does not tell. You need measures, and for rare objects the obvious one, the fraction of
# right answers, is a poor one. Section 5 is about that, and tells how good this baseline is.
#

# %% [markdown]
# ## 5 How good is a classifier?
#
# ### 5.1 Four counts and a threshold
#
# A classifier gives each image a *score* $s$. The more the image looks like a lens, the higher it is. A score need not
# be a probability: any number will do, as long as higher means more like a lens.
#
# To get a list of candidates you choose a threshold $t$. An image is a candidate if its score is at least $t$. This
# leaves four counts.
#
# | | candidate, $s \ge t$ | no candidate, $s < t$ |
# |---|---|---|
# | lens | true positives, TP | false negatives, FN |
# | non-lens | false positives, FP | true negatives, TN |
#
# Three fractions are made of them (Fawcett 2006, doi:10.1016/j.patrec.2005.10.010, section 2):
#
# - the true-positive rate $\mathrm{TPR} = \mathrm{TP} / (\mathrm{TP} + \mathrm{FN})$, the fraction of the lenses that
#   are found. Astronomers call it *completeness*, others recall;
# - the false-positive rate $\mathrm{FPR} = \mathrm{FP} / (\mathrm{FP} + \mathrm{TN})$, the fraction of the non-lenses
#   that are taken for lenses;
# - the precision $\mathrm{TP} / (\mathrm{TP} + \mathrm{FP})$, the fraction of the candidates that are lenses.
#   Astronomers call it *purity*.
#
# TPR looks at lenses alone, and FPR at non-lenses alone. So neither depends on how common lenses are. Purity does, and
# so does the accuracy, the fraction of all images that are classified rightly. If one galaxy in a thousand is a lens,
# a classifier that never finds any is right 999 times in 1000.
#
# The next cell shows the scores of the baseline on the test set, and the counts at three thresholds, which about 50%,
# 10% and 1% of the non-lenses pass.
#
# %%
labels_test = data.labels[test].astype(int)  # sums of small integer types can overflow
is_lens = labels_test == 1
print("threshold   TP   FN   FP   TN    TPR    FPR  purity")
thresholds = {}
for share in (0.5, 0.1, 0.01):
    threshold = np.quantile(baseline_scores[~is_lens], 1 - share)
    candidate = baseline_scores >= threshold
    tp, fn = np.sum(candidate & is_lens), np.sum(~candidate & is_lens)
    fp, tn = np.sum(candidate & ~is_lens), np.sum(~candidate & ~is_lens)
    in_words = f"{tp / (tp + fn):6.3f} {fp / (fp + tn):6.3f} {tp / (tp + fp):7.3f}"
    print(f"{threshold:9.3f} {tp:4d} {fn:4d} {fp:4d} {tn:4d} {in_words}")
    thresholds[f"about {share:.0%} of the non-lenses pass"] = threshold
figures.scores_and_thresholds(baseline_scores, is_lens, thresholds)
show_figure(
    "Histograms of the scores of the baseline on the test set, for lenses and for non-lenses. Three vertical lines "
    "are the thresholds that about 50%, 10% and 1% of the non-lenses pass. How far do the histograms overlap?"
)

# %% [markdown]
# ### 5.2 All thresholds at once
#
# A stricter threshold lowers both rates. The *ROC curve* (receiver operating characteristic) shows what you gain and
# pay: it is the curve of all points (FPR, TPR) as the threshold falls from above the highest score to the lowest
# (Fawcett 2006, section 4). It begins at (0, 0), where nothing is a candidate, and ends at (1, 1), where everything is.
# A classifier that guesses follows the diagonal, but for chance.
#
# ### 5.3 Task 6: `roc` (3 points)
#
# - `labels`: array of integers of shape `(n,)`, 1 for a lens and 0 for a non-lens, at least one of each, in any order.
#   They may be integers of one byte: `np.sum` is right then, Python's `sum` and `labels @ labels` overflow above 127
# - `scores`: array of float64 of shape `(n,)`, in no order. They may be negative or large, and two may differ in the
#   ninth digit only: then they are different
# - returns two arrays of the same length, the false-positive rates and the true-positive rates. The first point is
#   (0, 0). Then comes one point for each different score, from the highest to the lowest, with that score as the
#   threshold
#
# Objects with equal scores become candidates together. They give one point, whatever their labels.
#
# You may leave out points in the middle of a straight piece of the curve, or repeat a point: the curve is judged as a
# line.
#
# For example, the labels `[1, 0, 1, 0]` and the scores `[0.9, 0.6, 0.6, 0.1]` give the rates `[0, 0, 0.5, 1]` and
# `[0, 0.5, 1, 1]`: first one of the two lenses, then the other together with one of the two non-lenses, then the last
# non-lens.
#
# <details><summary>Hint 1</summary>
#
# Take it literally. For one given threshold, which fraction of the lenses is at it or above? And of the non-lenses?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `scores[labels == 1]` are the scores of the lenses. The mean of an array of True and False is the fraction of True.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.unique` gives the different values of an array, in rising order. Turn them round, make a list of the rates at each
# of them, and put a 0 in front.
#
# </details>
#
# %% solution="lenses-roc"
def roc(labels, scores):
    """False-positive and true-positive rates as the threshold falls: two arrays, from (0, 0) to (1, 1).

    labels (n,) 1 = lens, 0 = non-lens; scores (n,), a candidate has score >= threshold
    """
    ### BEGIN SOLUTION: Return the arrays of false-positive rates and of true-positive rates.
    lenses, others = scores[labels == 1], scores[labels == 0]
    thresholds = np.unique(scores)[::-1]
    fpr = np.append(0.0, [np.mean(others >= threshold) for threshold in thresholds])
    tpr = np.append(0.0, [np.mean(lenses >= threshold) for threshold in thresholds])
    return fpr, tpr
    ### END SOLUTION


# %% [markdown]
# In the first test all scores are different, in the second some are equal.
#
# %% test="lenses-roc" points=2
given = np.array([0.2, 0.8, 0.3, 0.5, 0.9])
got = roc(np.array([0, 1, 1, 0, 1]), given)
expect(given, [0.2, 0.8, 0.3, 0.5, 0.9], "the given list of scores, afterwards,", "sort a copy")
expect(got, {"the false-positive rates": ..., "the true-positive rates": ...}, "roc of five scores")
expect(np.size(got[1]), np.size(got[0]), "the number of true-positive rates", "as many as the others")
points = {(round(float(x), 4), round(float(y), 4)) for x, y in zip(*map(np.ravel, got), strict=True)}
for point, why in (
    ((0, 0), "the curve begins there"),
    ((1, 1), "the curve ends there"),
    ((0, 0.6667), "the scores 0.9 and 0.8 are those of two of the three lenses, and no non-lens is above 0.8"),
    ((0.5, 1), "at the threshold 0.3 all lenses and one of the two non-lenses are candidates"),
):
    assert point in points, f"{point} is not among the points of roc, {sorted(points)}: {why}."
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_roc(roc)
### END HIDDEN TESTS

# %% test="lenses-roc" points=1
got = roc(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.6, 0.1]))
expect(got, {"the false-positive rates": ..., "the true-positive rates": ...}, "roc of the example")
expect(np.size(got[1]), np.size(got[0]), "the number of true-positive rates", "as many as the others")
points = sorted({(round(float(x), 4), round(float(y), 4)) for x, y in zip(*map(np.ravel, got), strict=True)})
assert points == [(0, 0), (0, 0.5), (0.5, 1), (1, 1)], (
    f"The curve of roc for the example has the points {points}, expected (0, 0), (0, 0.5), (0.5, 1) and (1, 1):"
    " a lens and a non-lens have the score 0.6, and become candidates together."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_roc_ties(roc)
### END HIDDEN TESTS

# %% [markdown]
# Your curve for the baseline, twice. On the left the axes are linear. On the right the false-positive rate is
# logarithmic. Lenses are rare, so a useful threshold lies far to the left, where the linear plot shows nothing. (This
# baseline stays close to guessing there, too. Section 7 has a curve that does not.) The dotted line is one false
# positive in this test set. The set says next to nothing about the curve to the left of it.
#
# %%
lenses_test, others_test = int(np.sum(is_lens)), int(np.sum(~is_lens))
figures.roc_curves({"baseline": roc(labels_test, baseline_scores)}, others_test, "ROC curve of the baseline")
show_figure(
    "ROC curve of the baseline, by your roc: true-positive rate against false-positive rate, with the line of "
    "guessing. Left with linear axes; right with a logarithmic false-positive rate, and a dotted line where one "
    "non-lens passes."
)

# %% [markdown]
# ### 5.4 One number: the area
#
# The area under the ROC curve, AUROC, has a meaning of its own. Draw one lens and one non-lens at random. AUROC is the
# probability that the lens has the higher score, where a tie counts one half:
#
# $$ \mathrm{AUROC} = P(s_+ > s_-) + \tfrac12 P(s_+ = s_-)
# = \frac{1}{n_+ n_-} \sum_{i=1}^{n_+} \sum_{j=1}^{n_-}
# \left[ \mathbb{1}(s_{+,i} > s_{-,j}) + \tfrac12\, \mathbb{1}(s_{+,i} = s_{-,j}) \right] $$
#
# with the scores $s_+$ of the $n_+$ lenses and $s_-$ of the $n_-$ non-lenses; $\mathbb{1}$ is 1 if its condition holds
# and 0 if not (Hanley & McNeil 1982, Radiology 143, 29; Fawcett 2006, section 7). It is the area below the straight
# lines between the points of the curve. Guessing gives ½, a perfect ranking 1, and a perfectly wrong one 0.
#
# One case can be done on paper. Suppose the scores of lenses and non-lenses are Gaussian with standard deviation 1, and
# the means are 1 apart. The difference of the two scores is then Gaussian with mean 1 and variance 2, and is positive
# with probability $\Phi(1/\sqrt{2}) = 0.760$, where $\Phi$ is the cumulative distribution of the standard normal.
#
# ### 5.5 Task 7: `auroc` (3 points)
#
# - `labels`, `scores`: as for `roc`
# - returns a number
#
# It will be tried on 2000 objects, so it should take no more than a few seconds for that many.
#
# For example, the labels `[1, 0, 1, 0]` with the scores `[0.9, 0.5, 0.4, 0.1]` give 0.75: of the four pairs, the lens
# wins three.
#
# <details><summary>Hint 1</summary>
#
# There are two ways. One counts pairs, as the formula says. The other adds up areas below the curve of `roc`, which has
# straight lines between its points.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the pairs: if `a` has shape `(3,)` and `b` has shape `(4,)`, then `a[:, None] - b[None, :]` has shape `(3, 4)` and
# holds all differences.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A positive difference counts 1, a difference of zero ½, and a negative one nothing. You want the mean over all pairs.
#
# </details>
#
# %% solution="lenses-auroc"
def auroc(labels, scores):
    """Area under the ROC curve: the probability that a lens has a higher score than a non-lens, ties one half."""
    ### BEGIN SOLUTION: Return the fraction of pairs in which the lens wins, with one half for each tie.
    lenses, others = scores[labels == 1], scores[labels == 0]
    difference = lenses[:, None] - others[None, :]
    return np.mean((difference > 0) + 0.5 * (difference == 0))
    ### END SOLUTION


# %% [markdown]
# The first test has no ties, the second has.
#
# %% test="lenses-auroc" points=2
got = auroc(np.array([1, 0, 1, 0]), np.array([0.9, 0.5, 0.4, 0.1]))
expect(got, 0.75, "auroc of the example", "the lens wins 3 of the 4 pairs")
got = auroc(np.array([0, 0, 1]), np.array([3.0, -1.0, -2.0]))
expect(got, 0.0, "auroc of a lens that is below both non-lenses")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_auroc(auroc)
### END HIDDEN TESTS

# %% test="lenses-auroc" points=1
got = auroc(np.array([1, 0, 1, 0]), np.array([0.9, 0.6, 0.6, 0.1]))
why = "the lens wins 3 of the 4 pairs, and the fourth is a tie"
expect(got, 0.875, "auroc for the scores [0.9, 0.6, 0.6, 0.1]", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_auroc_ties(auroc)
### END HIDDEN TESTS

# %% [markdown]
# A number from a finite test set has an uncertainty. Hanley & McNeil (1982) give one for the area $A$:
#
# $$ \sigma_A^2 = \frac{A(1 - A) + (n_+ - 1)(Q_1 - A^2) + (n_- - 1)(Q_2 - A^2)}{n_+ n_-}, \qquad
# Q_1 = \frac{A}{2 - A}, \quad Q_2 = \frac{2A^2}{1 + A} $$
#
# These $Q_1$ and $Q_2$ belong to scores with exponential distributions, and are an approximation for others. The
# formula takes all images to be independent. Some objects here were imaged twice, so the true uncertainty is a little
# larger.
#
# %%
def area_error(area, lenses, others):
    """Standard error of an AUROC (Hanley & McNeil 1982)."""
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (lenses - 1) * (q1 - area**2) + (others - 1) * (q2 - area**2)
    return np.sqrt(variance / (lenses * others))


area = np.asarray(auroc(labels_test, baseline_scores)).item()
error = area_error(area, lenses_test, others_test)
print(f"AUROC of the baseline: {area:.3f} ± {error:.3f}, from {lenses_test} lenses and {others_test} non-lenses")

# %% [markdown]
# ### 5.6 What counts for rare objects
#
# An AUROC close to ½ means that the baseline hardly does better than guessing: flux and profile do not give the lenses
# away.
#
# AUROC is the mean of the true-positive rate over all false-positive rates, also over those at which half of the sky is
# a candidate. The strong-lens finding challenge (Metcalf et al. 2019, A&A 625, A119) gave two more figures of merit:
#
# - $\mathrm{TPR}_0$, the largest true-positive rate that a threshold reaches before the first false positive;
# - $\mathrm{TPR}_{10}$, the same with ten false positives allowed.
#
# They were counted in a test set of 100,000 objects. Here are some of their results.
#
# | images | entry | AUROC | $\mathrm{TPR}_0$ | $\mathrm{TPR}_{10}$ |
# |---|---|---|---|---|
# | ground, several bands | CMU-DeepLens (CNN) | 0.98 | 0.09 | 0.45 |
# | | EPFL (CNN) | 0.97 | 0.07 | 0.11 |
# | | Manchester (support-vector machine) | 0.93 | 0.22 | 0.35 |
# | space, one band | EPFL (CNN) | 0.93 | 0.00 | 0.08 |
# | | CMU-DeepLens (CNN) | 0.92 | 0.22 | 0.29 |
# | | GAMOCLASS (CNN) | 0.92 | 0.07 | 0.36 |
#
# In both halves of the table, the entry with the largest area is not the one with the largest $\mathrm{TPR}_0$.
#
# ### 5.7 Task 8: `tpr_at` (3 points)
#
# - `labels`, `scores`: as for `roc`
# - `false_positives`: a whole number, 0 or more
# - returns the largest true-positive rate of all thresholds with at most that many false positives
#
# A candidate has a score of at least the threshold. So if a lens and a non-lens share a score, you get both or neither.
# A threshold above all scores is allowed too: it has no false positives and finds nothing.
#
# For example, the labels `[1, 0, 1, 0]` with the scores `[0.9, 0.5, 0.4, 0.1]` give 0.5 for no false positive, and 1
# for one or more.
#
# <details><summary>Hint 1</summary>
#
# Try every score as a threshold. Count the non-lenses at it or above. Is the threshold allowed?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The lower the threshold, the more lenses. So the best of the allowed thresholds is the lowest. If none of the scores
# is allowed, the answer is 0.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# If you loop over `np.unique(scores)`, the thresholds rise. Return at the first one that is allowed.
#
# </details>
#
# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    """The largest true-positive rate with at most `false_positives` non-lenses among the candidates."""
    ### BEGIN SOLUTION: Return the true-positive rate at the best threshold that is allowed.
    lenses, others = scores[labels == 1], scores[labels == 0]
    for threshold in np.unique(scores):
        if np.sum(others >= threshold) <= false_positives:
            return np.mean(lenses >= threshold)
    return 0.0
    ### END SOLUTION


# %% [markdown]
# The first test has no ties, the second has.
#
# %% test="lenses-tpr" points=2
labels, p = np.array([1, 0, 1, 0]), np.array([0.9, 0.5, 0.4, 0.1])
why = "in falling order the scores are those of a lens, a non-lens, a lens and a non-lens"
expect(tpr_at(labels, p, 0), 0.5, "tpr_at of the example with false_positives=0", why)
expect(tpr_at(labels, p, 1), 1.0, "tpr_at of the example with false_positives=1", why)
got = tpr_at(np.array([1, 0, 1]), np.array([0.2, 0.7, 0.1]), 0)
expect(got, 0.0, "tpr_at where the highest score is that of a non-lens")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_tpr(tpr_at)
### END HIDDEN TESTS

# %% test="lenses-tpr" points=1
got = tpr_at(np.array([1, 1, 0, 0]), np.array([0.9, 0.6, 0.6, 0.1]), 0)
why = "the second lens comes with a non-lens of the same score"
expect(got, 0.5, "tpr_at for the scores [0.9, 0.6, 0.6, 0.1] without a false positive", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_tpr_ties(tpr_at)
### END HIDDEN TESTS

# %% [markdown]
# Now the baseline. Mind what the count means. Ten false positives in a set of 100,000 objects are few. In a small test
# set like ours, ten are a much larger fraction of the non-lenses: the name is the same, and the threshold is far
# looser. When you compare sets of different sizes, compare at the same false-positive *rate*. And $\mathrm{TPR}_0$
# hangs on a single image, that of the non-lens with the highest score. The last line shows what changes when it is left
# out.
#
# %%
print("false positives   rate    TPR of the baseline")
for allowed in (0, 1, 3, 10, 30):
    tpr = np.asarray(tpr_at(labels_test, baseline_scores, allowed)).item()
    print(f"{allowed:15d}   {allowed / others_test:.4f}  {tpr:.3f}")
worst = np.argmax(np.where(is_lens, -np.inf, baseline_scores))
rest = np.arange(len(labels_test)) != worst
without = np.asarray(tpr_at(labels_test[rest], baseline_scores[rest], 0)).item()
print(f"TPR_0 without the non-lens of the highest score: {without:.3f}")

# %% [markdown]
# ## 6 A convolutional network
#
# ### 6.1 What it has to see
#
# An arc spans much of the stamp: a network that sees a few pixels at a time cannot tell it from a companion. So look at
# the receptive field first (assignment `convolutions`, section 3). A design that works:
#
# | layer | map | parameters |
# |---|---|---|
# | convolution, 16 filters of 6×6, strides 4, `same`, no bias | 12×12×16 | $6 \cdot 6 \cdot 1 \cdot 16 = 576$ |
# | convolution, 24 filters of 3×3, `same`, no bias | 12×12×24 | $3 \cdot 3 \cdot 16 \cdot 24 = 3456$ |
# | max-pooling 2×2 | 6×6×24 | 0 |
# | convolution, 48 filters of 3×3, `same`, no bias | 6×6×48 | $3 \cdot 3 \cdot 24 \cdot 48 = 10368$ |
# | convolution, 48 filters of 3×3, `same`, no bias | 6×6×48 | $3 \cdot 3 \cdot 48 \cdot 48 = 20736$ |
# | global max-pooling | 48 | 0 |
# | dense, 1 neuron | 1 | $48 + 1 = 49$ |
#
# ![The network from left to right: a stamp of 48×48 pixels, stacks of 16 and 24 maps of 12×12, two of 48 maps of
# 6×6, one number for each of the last maps, and the probability p of a lens.](attachment:classifier.png)
#
# Each convolution is followed by a batch normalisation, which takes over the bias, and a ReLU. Batch normalisation has
# 4 parameters a channel, half of them trainable: $4 \cdot (16 + 24 + 48 + 48) = 544$. In all that is 35,729
# parameters. A value of the last map sees $1 + 5 + 2 \cdot 4 + 1 \cdot 4 + 2 \cdot 8 + 2 \cdot 8 = 50$ pixels along an
# axis, as wide as the stamp; near the edge a part of them is padding. With batch normalisation such a network learns
# within a minute here; without it, it hardly begins.
#
# ### 6.2 Output and loss
#
# The output is a probability $p$, so the last activation is a sigmoid. The loss is the binary cross-entropy,
#
# $$ \mathrm{BCE} = -\frac{1}{N} \sum_i \left[ y_i \log p_i + (1 - y_i) \log(1 - p_i) \right] $$
#
# (the lecture, section 1). Its optimum is the posterior probability of a lens, at the fraction of lenses in the
# training set. Section 7 comes back to that. Keras can also compute the loss from the *logit*, the number before the
# sigmoid, by `from_logits=True`. Your output has a sigmoid, so leave that out. Else the sigmoid is applied twice: the
# network still learns something, more slowly, and its probabilities are wrong.
#
# ### 6.3 Task 9: `build_classifier` (8 points)
#
# Build and compile the network: the design above, or your own.
#
# - `width`: a whole number; multiply the number of filters of every convolution by it. Dense layers before the last may
#   grow with it or stay as they are; without convolutions, they grow. On a laptop it is 1, on a GPU it may be 4.
# - returns a compiled Keras model: images `(None, 48, 48, 1)` in, probabilities of a lens `(None, 1)` out. The loss is
#   the binary cross-entropy.
# - with `width=1` it has at most 100,000 parameters.
#
# You are free in everything else. `STEPS`, from the next cell, is the number of steps of the whole training. A learning
# rate that starts at 0.006 and falls to zero over them is a good choice: give
# `tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)` to the optimiser in place of a number.
#
# You get 1 point for the network and 2 for its loss. 5 points are for what it can do after training, on new images:
# 2 for an AUROC of 0.85 on 2000 images that are not in your data, 2 more for 0.90, and 1 more for 0.95. One above
# 0.9995 fails: some of the lenses are too faint for that. The tests that you see use the test set, where the AUROC may
# be higher or lower by chance, and ask for a little less. To pass them is no guarantee.
#
# <details><summary>Hint 1</summary>
#
# Three layers come again and again: convolution, batch normalisation, ReLU. Write a small function that returns them as
# a list, and join such lists in a `tfk.Sequential`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Start the list with `tfk.Input(shape=(48, 48, 1))`. A momentum of 0.9 in the batch normalisation suits a training
# this short: the moving averages of the default, 0.99, lag behind.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The last layer is dense, with one neuron and its activation. In `compile`, the name of the loss is enough if the
# output is a probability already.
#
# </details>
#
# %%
BATCH_SIZE = 64
STEPS = EPOCHS * math.ceil(len(train) / BATCH_SIZE)


def on_noise(model):
    """Probabilities for 32 images of noise; by how much the loss differs if all are lenses or none; and by the formula.

    The tests of sections 6 and 8 use it.
    """
    noise = np.random.default_rng(5).normal(size=(32, 48, 48, 1)).astype("float32")
    p = np.asarray(model(noise, training=False), dtype=np.float64)
    labels, given = (np.ones((32, 1), "float32"), np.zeros((32, 1), "float32")), p.astype("float32")
    ones, zeros = (float(model.compute_loss(y=label, y_pred=given)) for label in labels)
    with np.errstate(all="ignore"):
        return p, ones - zeros, np.mean(np.log(1 - p) - np.log(p))

# %% solution="lenses-classifier"
def build_classifier(width=1):
    """A compiled network: stretched images (None, 48, 48, 1) -> probability of a lens (None, 1)."""
    ### BEGIN SOLUTION: Build the network with its filters times `width`, compile it with its loss, and return it.
    def block(filters, size, strides=1):
        return [
            tfkl.Conv2D(filters * width, size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]

    model = tfk.Sequential(
        [
            tfk.Input(shape=(48, 48, 1)),
            *block(16, 6, 4),
            *block(24, 3),
            tfkl.MaxPool2D(),
            *block(48, 3),
            *block(48, 3),
            tfkl.GlobalMaxPooling2D(),
            tfkl.Dense(1, activation="sigmoid"),
        ]
    )
    learning_rate = tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)
    model.compile(tfk.optimizers.Adam(learning_rate), "binary_crossentropy")
    return model
    ### END SOLUTION


# %% [markdown]
# The first test is for the network, the second for its loss. The hidden part of the first looks at the filters of each
# convolution.
#
# %% test="lenses-classifier" points=1
model = build_classifier()
assert model is not None, "build_classifier() is None: is there a return statement?"
got = np.shape(model(np.zeros((3, 48, 48, 1), "float32")))
expect(got, [3, 1], "the shape of what build_classifier() gives for 3 images", "probabilities")
assert model.count_params() <= 100_000, (
    f"build_classifier() has {model.count_params()} parameters, expected at most 100,000."
)
wider = build_classifier(2)
expect(np.shape(wider(np.zeros((3, 48, 48, 1), "float32"))), [3, 1], "the shape of what build_classifier(2) gives")
assert wider.count_params() > model.count_params(), (
    f"build_classifier(2) has {wider.count_params()} parameters, build_classifier() has {model.count_params()}: "
    "multiply the number of filters of every convolution by width."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_classifier(build_classifier)
### END HIDDEN TESTS

# %% test="lenses-classifier" points=2
model = build_classifier()
assert model is not None, "build_classifier() is None: is there a return statement?"
assert getattr(model, "loss", None), "build_classifier() has no loss: call its method compile before you return it."
p, got, expected = on_noise(model)
assert ((p > 0) & (p < 1)).all(), (
    f"build_classifier() gave values from {p.min():.3g} to {p.max():.3g}, expected probabilities: which activation has "
    "the last layer?"
)
assert np.isclose(got, expected, rtol=1e-3, atol=1e-4), (
    f"On 32 images, all lenses or all not, the loss of build_classifier() differs by {got:.4f}. By the formula it "
    f"differs by {expected:.4f} for the same probabilities: is a sigmoid applied twice, or is it another loss?"
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_loss(build_classifier)
### END HIDDEN TESTS

# %% [markdown]
# ### 6.4 When to stop
#
# Sooner or later a network begins to learn the training images by heart. The loss goes on falling, the validation loss
# rises. With augmentation that may take longer than you train. You want the weights of the best epoch, and no epoch in
# vain. Two callbacks do that: `EarlyStopping` ends the training when the validation loss has not improved for
# `patience` epochs, and `ModelCheckpoint` writes the weights of the best epoch to a file. In a training of days that
# file is what is left when the computer stops.
#
# For example, let the validation losses be 5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3 in epochs 0 to 8. With a patience of 3 the
# best epoch is 5 and the last is 8. (Callbacks count from 0; what Keras prints, and our plots, count from 1.) Mind that
# `EarlyStopping` leaves the weights of the last epoch in the network, unless you tell it otherwise.
#
# ### 6.5 Task 10: `training_callbacks` (3 points)
#
# Return a list of callbacks.
#
# - `path`: a file name that ends in `.weights.h5`
# - `patience`: a number of epochs, at least 1
# - returns a list: with it, `fit` stops after `patience` epochs in a row in which the validation loss has not
#   improved; after each epoch the file holds the weights of the best one so far; and when training was stopped early,
#   the network has the weights of the best epoch. Where it was not, either is right.
#
# A loss that is lower by a millionth is an improvement. One that is equal is none.
#
# <details><summary>Hint 1</summary>
#
# Both classes are in `tfk.callbacks`, and each does part of it. Their documentation lists their arguments:
# `help(tfk.callbacks.EarlyStopping)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Both can monitor `"val_loss"`. There is an argument each for keeping only the best weights. A file `.weights.h5` holds
# weights and no network, and the checkpoint must be told so.
#
# </details>
#
# %% solution="lenses-callbacks"
def training_callbacks(path, patience):
    """Callbacks that stop after `patience` epochs without improvement and keep the best weights, also in a file."""
    ### BEGIN SOLUTION: Return a list of two callbacks that both watch the validation loss.
    return [
        tfk.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True),
        tfk.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True, save_weights_only=True),
    ]
    ### END SOLUTION


# %% [markdown]
# The first test looks at when the training stops and with which weights, the second at the file. Both play a training
# with given losses to your callbacks: the one weight of the network is the number of the epoch.
#
# %%
def play(make_callbacks, patience, val_losses):
    """A training of which only the callbacks are real.

    Returns the last epoch, the weight that the network has afterwards, and that in the file (None without a file).
    """
    model = tfk.Sequential([tfk.Input(shape=(1,)), tfkl.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    model.stop_training = False
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/best.weights.h5"
        made = make_callbacks(path, patience)
        assert made is not None, "training_callbacks returned None: is there a return statement?"
        callbacks = tfk.callbacks.CallbackList(list(made), model=model, epochs=len(val_losses), steps=1)
        callbacks.on_train_begin()
        for number, val_loss in enumerate(val_losses):
            callbacks.on_epoch_begin(number)
            model.set_weights([np.full((1, 1), float(number))])
            callbacks.on_epoch_end(number, {"loss": 5.0 - 0.1 * number, "val_loss": val_loss})
            if model.stop_training:
                break
        callbacks.on_train_end()
        left, saved = float(model.get_weights()[0][0, 0]), None
        if Path(path).exists():
            model.load_weights(path)
            saved = float(model.get_weights()[0][0, 0])
    return number, left, saved


# %% test="lenses-callbacks" points=2
last, left, _ = play(training_callbacks, 3, [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3, 3])
expect(last, 8, "the last epoch of training with the losses of the example and patience 3")
expect(left, 5, "the epoch of the network's weights after early stopping", "the best")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_early_stopping(training_callbacks)
### END HIDDEN TESTS

# %% test="lenses-callbacks" points=1
_, _, saved = play(training_callbacks, 3, [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3, 3])
assert saved is not None, "There is no file at `path` after the training: which callback writes it?"
expect(saved, 5, "the epoch of the weights in the file", "the best")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_checkpoint(training_callbacks)
### END HIDDEN TESTS

# %% [markdown]
# ### 6.6 Training
#
# Now everything comes together: your stretch, your epochs, your network, your callbacks. The training takes about a
# minute on two cores. Watch the last column: does the validation loss still fall?
#
# %%
def prepare(images):
    """Raw images (n, s, s) -> stretched images with a channel, (n, s, s, 1)."""
    return np.asarray(asinh_stretch(images, data.noise), dtype=np.float32)[..., None]


def train_network(model):
    """Trains a network on the training images; returns the losses by epoch."""
    model.steps_per_execution = STEPS // EPOCHS  # a whole epoch at a time spends less time in Python
    model.run_eagerly = BUDGET == "proof"  # no graph for a few steps
    watched = epoch(prepare(data.images[valid]), data.labels[valid], np.random.default_rng(SEED), False)
    with tempfile.TemporaryDirectory() as folder:
        return model.fit(
            Epochs(epoch, prepare(data.images[train]), data.labels[train], BATCH_SIZE, SEED),
            validation_data=tuple(np.asarray(part) for part in watched),
            epochs=EPOCHS,
            callbacks=training_callbacks(f"{folder}/best.weights.h5", patience=6),
            verbose=2,
        ).history


def probabilities_of(model, images):
    """Raw images (n, s, s) -> probabilities of a lens (n,): the mean over the eight views of each image."""
    stretched = prepare(np.asarray(images))
    parts = []
    for first in range(0, len(stretched), 250):
        part = stretched[first : first + 250]
        views = [np.rot90(side, turns, (1, 2)) for side in (part, part[:, :, ::-1]) for turns in range(4)]
        parts.append(np.mean([model.predict_on_batch(view)[:, 0] for view in views], axis=0))
    return np.concatenate(parts)


tfk.utils.set_random_seed(SEED)
classifier = build_classifier(WIDTH)
classifier_losses = train_network(classifier)
show_figure(figures.training(classifier_losses, "Training of the classifier"))

# %% [markdown]
# The training images are augmented anew in each epoch and the network changes while the training loss is averaged, so
# the two curves need not meet. What counts is whether the validation loss still falls. A gap alone is no fault.
#
# The eight views of an image have the same label, so `classify` gives the mean of their eight probabilities. It is more
# precise than one of them, and the same however the image is turned.
#
# The next cells test your network on 2000 images that are not in your data, by what `classify` and `classifier` give
# for them.
#
# %%
def classify(images):
    """Raw images (n, 48, 48) in electrons/s -> probabilities of a lens (n,)."""
    return probabilities_of(classifier, images)


scores = classify(data.images[test])

# %% test="lenses-classifier" points=2 needs="training"
got = np.asarray(scores)
expect(got.shape, labels_test.shape, "the shape of what classify returned")
assert np.isfinite(got).all(), "classify returned nan or infinite values: did the training diverge?"
area = roc_auc_score(labels_test, got)
assert area >= 0.82, (
    f"classify has an AUROC of {area:.3f} on the test images. On new images, at least 0.85 is wanted."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_held_out(classify, "classify", classifier, asinh_stretch, tier=1)
### END HIDDEN TESTS

# %% test="lenses-classifier" points=2 needs="training"
got = np.asarray(scores)
expect(got.shape, labels_test.shape, "the shape of what classify returned")
assert np.isfinite(got).all(), "classify returned nan or infinite values: did the training diverge?"
area = roc_auc_score(labels_test, got)
assert area >= 0.88, (
    f"classify has an AUROC of {area:.3f} on the test images. On new images, at least 0.9 is wanted."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_held_out(classify, "classify", classifier, asinh_stretch, tier=2)
### END HIDDEN TESTS

# %% test="lenses-classifier" points=1 needs="training"
got = np.asarray(scores)
expect(got.shape, labels_test.shape, "the shape of what classify returned")
assert np.isfinite(got).all(), "classify returned nan or infinite values: did the training diverge?"
area = roc_auc_score(labels_test, got)
assert area >= 0.94, (
    f"classify has an AUROC of {area:.3f} on the test images. On new images, at least 0.95 is wanted."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_held_out(classify, "classify", classifier, asinh_stretch, tier=3)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 What did it learn, and where can you trust it?
#
# `scores` are the probabilities that `classify` gives to the test images. First, the curve of the network beside that
# of the baseline, on the same images. Look at the right panel: what is the true-positive rate where one non-lens in a
# hundred passes?
#
# %%
scores = np.asarray(scores, dtype=float)
curves = {"network": roc(labels_test, scores), "baseline": roc(labels_test, baseline_scores)}
figures.roc_curves(curves, others_test, "ROC curves of the network and the baseline")
show_figure(
    "True-positive rate against false-positive rate of your network, of the baseline and of guessing. Left with "
    "linear axes; right with a logarithmic false-positive rate, and a dotted line where one non-lens passes. How far "
    "is the network above the baseline?"
)
for name, values in (("network", scores), ("baseline", baseline_scores)):
    area = np.asarray(auroc(labels_test, values)).item()
    error = area_error(area, lenses_test, others_test)
    found_at = [np.asarray(tpr_at(labels_test, values, allowed)).item() for allowed in (0, 10)]
    print(f"{name:8s}  AUROC {area:.3f} ± {error:.3f}  TPR_0 {found_at[0]:.3f}  TPR_10 {found_at[1]:.3f}")

# %% [markdown]
# ### 7.1 Which lenses are found?
#
# A survey of lenses is of use only if you know which lenses it misses. Completeness is not one number: it depends on
# the Einstein radius $\theta_E$, on the brightness of the arcs, and on more.
#
# ### 7.2 Task 11: `completeness` (2 points)
#
# Return the completeness in bins of $\theta_E$.
#
# - `scores`: array of float64 of shape `(n,)`, which may be negative or large
# - `theta_E`: array of floats of shape `(n,)`, `nan` for everything that is not a lens
# - `edges`: array of shape `(m + 1,)`, rising. Bin $k$ holds the lenses with `edges[k] <= theta_E < edges[k + 1]`. This
#   goes for the last bin, too
# - `threshold`: a number; a lens is found if its score is at least the threshold
# - returns an array of shape `(m,)`: the fraction of the lenses in each bin that are found, and `nan` for a bin without
#   lenses
#
# For example, lenses with $\theta_E$ of 0.7, 0.8 and 1.2 and the scores 0.9, 0.1 and 0.6, with the edges
# `[0.5, 1.0, 1.5, 2.0]` and the threshold 0.5, give `[0.5, 1, nan]`.
#
# <details><summary>Hint 1</summary>
#
# Go bin by bin. Which objects are in this bin? How many of them have a score of at least the threshold?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Every comparison with `nan` is false. So a condition on `theta_E` leaves out the non-lenses by itself.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Two conditions on arrays are joined by `&`, each in its own brackets. Begin with an array full of `np.nan`, and fill
# in the bins that hold a lens. `np.histogram` puts a value on the last edge into the last bin, which is not wanted
# here.
#
# </details>
#
# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    """Fraction of the lenses with score >= threshold, in bins edges[k] <= theta_E < edges[k + 1]; nan if empty.

    scores (n,), theta_E (n,) with nan for non-lenses, edges (m + 1,) -> (m,)
    """
    ### BEGIN SOLUTION: Return the fraction of found lenses in each bin, and nan where there are none.
    found = scores >= threshold
    fractions = np.full(len(edges) - 1, np.nan)
    for k in range(len(edges) - 1):
        inside = (theta_E >= edges[k]) & (theta_E < edges[k + 1])
        if inside.any():
            fractions[k] = np.mean(found[inside])
    return fractions
    ### END SOLUTION


# %% test="lenses-completeness" points=2
theta = np.array([0.7, np.nan, 0.8, 1.2, np.nan])
got = completeness(np.array([0.9, 0.95, 0.1, 0.6, 0.2]), theta, np.array([0.5, 1.0, 1.5, 2.0]), 0.5)
why = "the two non-lenses do not count, and a bin without lenses is nan"
expect(got, [0.5, 1.0, np.nan], "completeness of the example", why)
got = completeness(np.array([0.9, 0.1]), np.array([1.0, 2.0]), np.array([0.0, 1.0, 2.0]), 0.5)
why = "1.0 belongs to the second bin, and 2.0 to none"
expect(got, [np.nan, 1.0], "completeness of lenses at the edges 1.0 and 2.0", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_completeness(completeness)
### END HIDDEN TESTS

# %% [markdown]
# Your function, with the threshold that lets at most 1% of the non-lenses of the test set pass: against $\theta_E$ on
# the left, against the signal to noise (S/N) of the arcs on the right. The same function does both, since it does not
# know what it bins. Horizontal bars are the bins. (For a result to publish, you would choose the threshold on the
# validation set.) The error bars are binomial: the Wilson interval, which is sensible close to 0 and 1, too (Brown, Cai
# & DasGupta 2001, doi:10.1214/ss/1009213286).
#
# %%
falling = np.sort(scores[~is_lens])[::-1]
strict = np.nextafter(falling[others_test // 100], np.inf)  # just above the first non-lens too many
print(f"threshold {strict:.4f}: {np.sum(falling >= strict)} of {others_test} non-lenses pass")

theta_test, snr_test = data.theta_E[test], data.snr[test]
panels = {"Einstein radius [arcsec]": None, "S/N of the arcs": None}
for name, values, spaced in zip(panels, (theta_test, snr_test), (np.linspace, np.geomspace), strict=True):
    if not np.isfinite(values).any():
        continue  # a public data set may not know
    edges = spaced(np.nanmin(values), np.nanmax(values), 7)
    edges[-1] *= 1.001  # so that the largest value is inside
    fraction = np.asarray(completeness(scores, values, edges, strict), dtype=float)
    panels[name] = edges, fraction, np.histogram(values[np.isfinite(values)], edges)[0]
figures.completeness_in_bins(panels)
show_figure(
    "Completeness, with error bars, where at most 1% of the non-lenses pass, in six bins each: on the left of the "
    "Einstein radius in arcsec, on the right of the S/N of the arcs, on a logarithmic axis."
)
large = (theta_test > 1.4) & (snr_test > 20)  # false for nan, so lenses alone
found = np.sum(scores[large] >= strict)
share = found / max(np.sum(large), 1)
print(f"Einstein radius above 1.4 arcsec and S/N above 20: {found} of {np.sum(large)} lenses found, {share:.0%}")

# %% [markdown]
# Lanusse et al. (2018, arXiv:1703.02642) state their result in this form: on simulated LSST images, at a rejection of
# 99% of the non-lenses, 90% completeness for lenses with $\theta_E > 1.4''$ and S/N > 20. The last line above is ours.
# The two are not to be ranked: the simulations differ, and their S/N is that of a single $g$-band exposure, while ours
# is that of all the light around the galaxy, and above 20 for nearly every lens. What you can take over is the form. A
# completeness without its threshold and its range of lenses says little.
#
# ### 7.3 Does a probability of 0.8 mean 80%?
#
# A classifier is *calibrated* if, among all objects to which it gives the probability $p$, a fraction $p$ are lenses.
# Take the probabilities in bins, and plot the fraction of lenses in a bin against the mean probability there. This is
# the reliability diagram (Niculescu-Mizil & Caruana 2005, doi:10.1145/1102351.1102430). A calibrated classifier is on
# the diagonal. AUROC cannot tell: it stays the same if you square all the probabilities.
#
# Modern networks are often poorly calibrated: their probabilities tend to be too extreme, they are *overconfident* (Guo
# et al. 2017, arXiv:1706.04599).
#
# ### 7.4 Task 12: `reliability` (3 points)
#
# - `labels`: array of integers of shape `(n,)`, 1 for a lens and 0 for a non-lens, of one byte or more, as for `roc`
# - `probabilities`: array of floats of shape `(n,)`, from 0 to 1
# - `n_bins`: $m$, a whole number. The bins are equally wide and cover 0 to 1. Bin $k$ holds
#   $k/m \le p < (k + 1)/m$. The last bin also holds $p = 1$. A $p$ is on an edge only where there is no
#   round-off, as at 0.5, and not at 0.3
# - returns three arrays of shape `(m,)`: the mean of the probabilities in each bin, the fraction of lenses in it, and
#   the number of objects in it. The first two are `nan` for a bin without objects
#
# For example, the labels `[0, 1, 1]` and the probabilities `[0.1, 0.3, 1.0]` with two bins give the means `[0.2, 1]`,
# the fractions `[0.5, 1]` and the counts `[2, 1]`.
#
# <details><summary>Hint 1</summary>
#
# Give each object the number of its bin, first. Multiply $p$ by $m$ and round down. What happens to $p = 1$?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Then go bin by bin: `labels[bins == k]` are the labels in bin $k$, if `bins` holds the numbers. Their mean is the
# fraction of lenses.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The mean of an empty array is `nan`, with a warning. Start from arrays full of `np.nan`, and leave empty bins alone,
# and you get no warning.
#
# </details>
#
# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    """Mean probability, fraction of lenses and number of objects in equally wide bins: three arrays (n_bins,).

    Bins hold their lower edge and not their upper one, the last holds both; nan for the mean and fraction if empty.
    """
    ### BEGIN SOLUTION: Return the arrays of mean probabilities, fractions of lenses and counts.
    bins = (probabilities * n_bins).astype(int)
    bins[bins == n_bins] = n_bins - 1
    count = np.bincount(bins, minlength=n_bins)
    mean, fraction = np.full((2, n_bins), np.nan)
    for k in np.flatnonzero(count):
        mean[k] = np.mean(probabilities[bins == k])
        fraction[k] = np.mean(labels[bins == k])
    return mean, fraction, count
    ### END SOLUTION


# %% [markdown]
# The first test fills all bins, away from their edges. The second has empty bins, and probabilities on the edges.
#
# %% test="lenses-reliability" points=2
got = reliability(np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.1, 0.3, 0.2, 0.6]), 2)
expected = {"the array of means": [0.2, 0.75], "the array of fractions": [0.3333, 0.5], "the array of counts": [3, 2]}
why = "0.1, 0.2 and 0.3 are in the first bin, 0.6 and 0.9 in the second"
expect(got, expected, "reliability of the example", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_reliability(reliability)
### END HIDDEN TESTS

# %% test="lenses-reliability" points=1
got = reliability(np.array([0, 1, 1, 0]), np.array([0.0, 0.5, 1.0, 0.75]), 4)
expected = {
    "the array of means": [0.0, np.nan, 0.5, 0.875],
    "the array of fractions": [0.0, np.nan, 1.0, 0.5],
    "the array of counts": [1, 0, 1, 2],
}
why = "a bin holds its lower edge, the last one also 1, and an empty one has mean and fraction nan"
expect(got, expected, "reliability of 0, 0.5, 1 and 0.75 in four bins", why)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_reliability_edges(reliability)
### END HIDDEN TESTS

# %% [markdown]
# The diagram of the network, with its numbers of objects below. Points under the diagonal: fewer lenses than promised.
# Points above it: more lenses than promised. An overconfident network does both, the first where $p$ is high and the
# second where it is low. Yours may do the opposite: the mean over eight views pulls the probabilities to the middle.
#
# %%
mean_p, fraction, numbers = (np.asarray(values, dtype=float) for values in reliability(labels_test, scores, 10))
figures.reliability_diagram(mean_p, fraction, numbers)
show_figure(
    "Above: the fraction of lenses against the probability by your network, with error bars, and the diagonal of a "
    "calibrated answer. Below: bars with the number of test images in each of ten bins of the probability."
)

# %% [markdown]
# ### 7.5 From the training set to the sky
#
# A probability also depends on how common lenses are. The network has learnt from a set in which a large fraction $\pi$
# (not the number 3.14) are lenses. On the sky it is a far smaller fraction $\pi'$, of the order of one in a thousand
# galaxies or less. What an image says for or against a lens has not changed. The prior has.
#
# **By hand first.** A training set has 500 lenses and 500 others. Of these 1000 images, 100 look like the one that you
# ask about, and 90 of the 100 are lenses: so $p = 0.9$. On a piece of the sky there are 100 lenses and 900 others. How
# many lenses look like your image there, how many others, and which fraction are lenses?
#
# <details><summary>Check</summary>
#
# There are 5 times fewer lenses, so 18 of them look like it. There are 1.8 times as many others, so 18 of them do.
# The probability is $18 / (18 + 18) = 0.5$.
#
# </details>
#
# This is Bayes' theorem. It holds if lenses and non-lenses each look on the sky as they look in the training set. That
# is a strong assumption.
#
# ### 7.6 Task 13: `at_prevalence` (3 points)
#
# - `probabilities`: array of floats of shape `(n,)`, the $p$
# - `trained`: $\pi$, `prevalence`: $\pi'$; numbers between 0 and 1, neither of them 0 or 1
# - returns an array of floats of shape `(n,)`, the $p'$
#
# Compute in float64. Probabilities of exactly 0 and 1 stay what they are, and small ones, down to $10^{-60}$, must not
# be rounded to 0.
#
# For example, with $\pi = 0.5$ and $\pi' = 0.001$, a probability of 0.99 becomes 0.0902.
#
# <details><summary>Hint 1</summary>
#
# Go through the numbers above once more: by which factor did the number of lenses change, in terms of $\pi$ and
# $\pi'$? By which factor that of the others?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A check on paper: for $\pi' = \pi$ nothing may change.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The lenses that look like the image go from $p$ to $p\, \pi'/\pi$, the others from $1 - p$ to
# $(1 - p)\,(1 - \pi')/(1 - \pi)$. (If you go by way of the logarithm of the odds instead, $p = 0$ and $p = 1$ give
# infinities.)
#
# </details>
#
# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    """Probabilities learnt from a fraction `trained` of lenses, where lenses are a fraction `prevalence`: (n,)."""
    ### BEGIN SOLUTION: Return the probabilities that Bayes' theorem gives for the new prevalence.
    lens = probabilities * prevalence / trained
    other = (1 - probabilities) * (1 - prevalence) / (1 - trained)
    return lens / (lens + other)
    ### END SOLUTION


# %% [markdown]
# The second test is about 0 and 1; its hidden part asks for small probabilities as well.
#
# %% test="lenses-prevalence" points=2
got = at_prevalence(np.array([0.99, 0.5]), 0.5, 0.001)
why = "0.5 in training, 0.001 on the sky"
expect(got, [0.0901639, 0.001], "at_prevalence of 0.99 and 0.5", why, atol=1e-8)
expect(at_prevalence(np.array([0.9]), 0.5, 0.1), [0.5], "at_prevalence(0.9, 0.5, 0.1)", "the case done by hand")
got = at_prevalence(np.array([0.2, 0.7]), 0.3, 0.3)
expect(got, [0.2, 0.7], "at_prevalence of 0.2 and 0.7 for the same prevalence of 0.3", "no change")
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_prevalence(at_prevalence)
### END HIDDEN TESTS

# %% test="lenses-prevalence" points=1
got = at_prevalence(np.array([0.0, 1.0]), 0.5, 0.001)
expect(got, [0.0, 1.0], "at_prevalence of 0 and 1", rtol=0, atol=1e-12)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_prevalence_ends(at_prevalence)
### END HIDDEN TESTS

# %% [markdown]
# You have written
#
# $$ p' = \frac{p\, \pi'/\pi}{p\, \pi'/\pi + (1 - p)\,(1 - \pi')/(1 - \pi)} $$
#
# (Saerens, Latinne & Decaestecker 2002, doi:10.1162/089976602753284446).
#
# On the left, what becomes of a probability. On the right, purity against completeness, for the fraction of lenses in
# the training set and for one in a thousand. Both curves come from the same ROC curve, by
#
# $$ \mathrm{purity} = \frac{\mathrm{TPR}\, \pi'}{\mathrm{TPR}\, \pi' + \mathrm{FPR}\, (1 - \pi')} $$
#
# which is the definition of purity, divided by the number of objects. The curves leave out the thresholds without a
# false positive: there, the test set says only that the rate is small. The steps at their left ends are single images.
#
# %%
trained = float(np.mean(data.labels[train]))
before = np.linspace(0, 1, 1001)[1:-1]
after = {prevalence: np.asarray(at_prevalence(before, trained, prevalence)) for prevalence in (0.1, 0.01, 0.001)}
fpr, tpr = (np.asarray(rate) for rate in roc(labels_test, scores))
fpr, tpr = fpr[fpr > 0], tpr[fpr > 0]
purities = [tpr * share / (tpr * share + fpr * (1 - share)) for share in (trained, 0.001)]
figures.on_the_sky(before, after, trained, tpr, purities)
show_figure(
    "Left: probability on the sky, logarithmic, against that of the network, by your at_prevalence, for 1 lens in 10, "
    "in 100, in 1,000, and as in training. Right: purity, logarithmic, against completeness of your network, as in "
    "training and for 1 lens in 1,000, and the point of Jacobs et al. 2017 near a completeness of 0.25 and a purity "
    "of 0.15."
)
real, false = np.mean(scores[is_lens] >= strict) * 0.001, np.mean(falling >= strict) * 0.999
if real + false > 0:
    print(f"purity for 1 lens in 1,000, where at most 1% of the non-lenses pass: {real / (real + false):.3f}")
on_the_sky = np.asarray(at_prevalence(scores[is_lens], trained, 0.001))
print(f"test lenses with a probability above one half, as in training: {np.mean(scores[is_lens] > 0.5):.2f}")
print(f"test lenses with a probability above one half, for 1 in 1,000: {np.mean(on_the_sky > 0.5):.2f}")

# %% [markdown]
# Most candidates on the sky are no lenses, even for a good network. If 1% of the non-lenses pass, then every 1000
# galaxies bring ten false candidates and at most one lens. Bayes' theorem needs calibrated probabilities. Where the
# reliability diagram is off, so is the last number.
#
# This is what happened to Jacobs et al. (2017, arXiv:1704.02744). On 2000 simulated images their networks reached
# purity and completeness of 94 to 100%. On 1.4 million galaxies of the CFHT Legacy Survey, they estimate a purity of
# 15% and a completeness of 21 to 28%. The prior is one reason. Another is that real galaxies look different from those
# of a training set.
#
# ### 7.7 Where does it fail?
#
# Numbers do not show why. Look at the worst errors: the six lenses with the lowest scores and the six non-lenses with
# the highest. Could you have told? The bar is one arcsecond.
#
# %%
def first_six(indices):
    """The first six, with one image of each object: some were imaged twice."""
    _, first = np.unique(data.objects[test[indices]], return_index=True)
    return indices[np.sort(first)][:6]


order = np.argsort(scores)
missed = first_six(order[is_lens[order]])
fooled = first_six(order[~is_lens[order]][::-1])
stamps, titles = [], []
for index in (*missed, *fooled):
    stamps.append(np.asarray(asinh_stretch(data.images[test[index]][None], data.noise))[0])
    theta = theta_test[index]
    what = f"$\\theta_E$ = {theta:.2f}''" if np.isfinite(theta) else data.kind[test[index]]
    titles.append(f"{scores[index]:.2f}, {what}")
figures.worst_errors(stamps, titles, data.pixel_scale)
show_figure(
    "Two rows of six stamps after your stretch, each with its score above. First the lenses with the lowest scores, "
    "with their Einstein radii, then the non-lenses with the highest scores, with their kinds. White bars are 1 "
    "arcsec long."
)

# %% [markdown]
# ### 7.8 What does it look at?
#
# Cover a part of the image and ask again. If the probability drops, the network used what was there (Zeiler & Fergus
# 2014, arXiv:1311.2901, "occlusion sensitivity"). Let the squares lie side by side, without overlap, until each part
# has been covered once. This gives a map of drops:
#
# $$ d_{kl} = p(\text{image}) - p(\text{image with square } k, l \text{ covered}) $$
#
# ### 7.9 Task 14: `occlusion_map` (3 points)
#
# - `classify`: a function that takes images of shape `(n, s, s)` and returns `n` probabilities
# - `image`: array of floats of shape `(s, s)`, of either sign, in any unit: they may be billionths or hundreds
# - `size`: the side of a square in pixels, a whole number that divides `s`
# - `fill`: a number, the value of all covered pixels
# - returns an array of shape `(s / size, s / size)`: the drops $d_{kl}$. Square $k, l$ covers the rows from `k * size`
#   to `(k + 1) * size - 1`, and the columns from `l * size` to `(l + 1) * size - 1`
#
# A positive number is a part that speaks for a lens, a negative one a part that speaks against it. The image itself
# must not be changed. A network is slow to start, and quick once it runs: make one array of all covered images and call
# `classify` once with it. One call for each square is right, too.
#
# Here is a classifier that you can follow by hand: a sigmoid of a weighted sum. The pixel in row $i$ and column $j$
# has the weight $(1 + i - 2j)/10$.
#
# %%
def toy_classifier(images):
    """Sigmoid of a weighted sum of the pixels; the pixel in row i and column j weighs (1 + i - 2j) / 10."""
    images = np.asarray(images, dtype=float)
    if images.ndim != 3:
        raise ValueError(f"a classifier takes images of shape (n, s, s), not {images.shape}")
    rows, columns = np.indices(images.shape[1:])
    z = np.sum((1 + rows - 2 * columns) / 10 * images, axis=(1, 2))
    return 1 / (1 + np.exp(-z))


# %% [markdown]
# Take a black image of 4×4 pixels with a single bright one of value 5 in row 3 and column 0. Its weight is 0.4, so $z =
# 2$ and $p = 0.881$. With `size=2` and `fill=0.0`, only square 1, 0 holds it. Covered, $z = 0$ and $p = 0.5$. The map
# is 0.381 at `[1, 0]` and 0 elsewhere.
#
# <details><summary>Hint 1</summary>
#
# Take a copy of the image for each square, and write `fill` into the square. Without a copy, you would cover one more
# square each time.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two loops over $k$ and $l$ collect the copies in a list, `np.array` makes one array of them, and `classify` returns
# the probabilities in the order of the list. `classify` wants three axes, also for a single image: `image[None]` has
# one more.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# With $m$ squares along a side, `reshape(m, m)` puts $m^2$ numbers row by row: the number of square $k, l$ must be
# $km + l$.
#
# </details>
#
# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    """How much the probability drops when a square of the image is covered by `fill`: (s / size, s / size).

    classify (n, s, s) -> (n,); image (s, s); squares side by side, size x size pixels each
    """
    ### BEGIN SOLUTION: Return the map of drops, p(image) - p(image with the square covered).
    squares = len(image) // size
    covered = np.tile(image, (squares, squares, 1, 1))
    for k in range(squares):
        for m in range(squares):
            covered[k, m, k * size : (k + 1) * size, m * size : (m + 1) * size] = fill
    drops = classify(image[None]) - classify(covered.reshape(squares * squares, *image.shape))
    return drops.reshape(squares, squares)
    ### END SOLUTION


# %% test="lenses-occlusion" points=3
image = np.zeros((4, 4))
image[3, 0] = 5.0
before = image.copy()
got = occlusion_map(toy_classifier, image, 2, 0.0)
assert np.array_equal(image, before), "occlusion_map changed the image that it was given: cover a copy."
expect(got, [[0.0, 0.0], [0.380797, 0.0]], "occlusion_map of the example", atol=1e-4)
got = occlusion_map(toy_classifier, np.zeros((2, 2)), 2, 5.0)
why = "covered, its z is 1 and its probability 0.731, so that the drop is negative"
expect(got, [[-0.231059]], "occlusion_map of a black image of 2 x 2 pixels with fill 5", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_occlusion(occlusion_map)
### END HIDDEN TESTS

# %% [markdown]
# Your map for two lenses of the test set. The squares have 6 × 6 pixels, and get the median of the image, a faint
# value. Red: without this part, the image looks less like a lens to the network. The lines are contours of the image,
# and the dashed circle has the Einstein radius. Both maps share one scale. Does the network use the arcs?
#
# Read such a map with care. A dark square in the middle of a galaxy is something that the network has never seen, and
# it may answer to the hole. And where two images of the source say the same, covering one of them may change little.
#
# %%
lenses_only = np.flatnonzero(is_lens)
clear = lenses_only[np.argsort(np.abs(scores[lenses_only] - 0.9))][:40]  # where a single square can matter
clear = clear[np.argsort(-snr_test[clear])][:2]
covered = []
for index in clear:
    image = data.images[test[index]]
    drops = np.asarray(occlusion_map(classify, image, 6, float(np.median(image))), dtype=float)
    stretched = np.asarray(asinh_stretch(image[None], data.noise))[0]
    title = f"p = {scores[index]:.2f}, S/N = {snr_test[index]:.0f}"
    covered.append((title, stretched, drops, theta_test[index]))
figures.occlusion_maps(covered, data.pixel_scale)
show_figure(
    "Two test lenses, one in each row, with axes in arcsec. Left: the stretched image, and a dashed circle with the "
    "Einstein radius. Right: how much the probability drops when a square of 6 × 6 pixels is covered, red where it "
    "falls, with contours of the image. Do the red squares follow the arcs?"
)

# %% [markdown]
# ## 8 How small can it be?
#
# Some thirty-six thousand parameters for five thousand images are a lot. On board a satellite you would like fewer.
# Where are they? Look at the table of section 6: most sit in the last convolution, and grow with the product of two
# numbers of channels.
#
# ### 8.1 Task 15: `build_compact` (5 points)
#
# Design a network with the same input, output and loss, and at most 8000 parameters, trainable or not.
#
# - takes no argument
# - returns a compiled Keras model
#
# 1 point is for a network within the limit, with the right loss. Then it is trained like the other. You get 2 points
# for an AUROC of 0.75 on 2000 new images, and 2 more for 0.80. One above 0.9995 fails here, too.
#
# <details><summary>Hint 1</summary>
#
# Begin with the network of section 6 and fewer filters. Write down the parameters of each layer before you build it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Keep the receptive field: strides and pooling cost no parameters. Depth, too, costs little when the channels are few.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `tfkl.SeparableConv2D` first filters each channel on its own and then mixes the channels: it has
# $k^2 c_{in} + c_{in} c_{out}$ weights in place of $k^2 c_{in} c_{out}$. A small network can bear a higher learning
# rate.
#
# </details>
#
# %% solution="lenses-compact"
def build_compact():
    """A compiled network with at most 8000 parameters: (None, 48, 48, 1) -> probability of a lens (None, 1)."""
    ### BEGIN SOLUTION: Build a small network, compile it with its loss, and return it.
    def block(size, strides=1):
        return [
            tfkl.Conv2D(16, size, strides=strides, padding="same", use_bias=False),
            tfkl.BatchNormalization(momentum=0.9),
            tfkl.ReLU(),
        ]

    layers = [*block(6, 4), *block(3), tfkl.MaxPool2D(), *block(3), *block(3), tfkl.GlobalMaxPooling2D()]
    model = tfk.Sequential([tfk.Input(shape=(48, 48, 1)), *layers, tfkl.Dense(1, activation="sigmoid")])
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
    ### END SOLUTION


# %% test="lenses-compact" points=1
model = build_compact()
assert model is not None, "build_compact() is None: is there a return statement?"
got = np.shape(model(np.zeros((3, 48, 48, 1), "float32")))
expect(got, [3, 1], "the shape of what build_compact() gives for 3 images", "probabilities")
assert model.count_params() <= 8000, (
    f"build_compact() has {model.count_params()} parameters, expected at most 8000."
)
assert getattr(model, "loss", None), "build_compact() has no loss: call its method compile before you return it."
p, got, expected = on_noise(model)
assert ((p > 0) & (p < 1)).all(), (
    f"build_compact() gave values from {p.min():.3g} to {p.max():.3g}, expected probabilities: which activation has "
    "the last layer?"
)
assert np.isclose(got, expected, rtol=1e-3, atol=1e-4), (
    f"On 32 images, all lenses or all not, the loss of build_compact() differs by {got:.4f}. By the formula it differs "
    f"by {expected:.4f} for the same probabilities: is a sigmoid applied twice, or is it another loss?"
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_compact(build_compact)
### END HIDDEN TESTS

# %%
tfk.utils.set_random_seed(SEED)
compact = build_compact()
losses_compact = train_network(compact)
show_figure(figures.training(losses_compact, "Training of the compact classifier"))


def classify_compact(images):
    """Raw images (n, 48, 48) in electrons/s -> probabilities of a lens (n,), by the compact network."""
    return probabilities_of(compact, images)


scores_compact = classify_compact(data.images[test])

# %% test="lenses-compact" points=2 needs="training"
got = np.asarray(scores_compact)
expect(got.shape, labels_test.shape, "the shape of what classify_compact returned")
assert np.isfinite(got).all(), "classify_compact returned nan or infinite values: did the training diverge?"
area = roc_auc_score(labels_test, got)
assert area >= 0.71, (
    f"classify_compact has an AUROC of {area:.3f} on the test images. On new images, at least 0.75 is wanted."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_compact_held_out(classify_compact, compact, asinh_stretch, tier=1)
### END HIDDEN TESTS

# %% test="lenses-compact" points=2 needs="training"
got = np.asarray(scores_compact)
expect(got.shape, labels_test.shape, "the shape of what classify_compact returned")
assert np.isfinite(got).all(), "classify_compact returned nan or infinite values: did the training diverge?"
area = roc_auc_score(labels_test, got)
assert area >= 0.77, (
    f"classify_compact has an AUROC of {area:.3f} on the test images. On new images, at least 0.8 is wanted."
)
### BEGIN HIDDEN TESTS
from graders.checks import lenses as checks

checks.check_compact_held_out(classify_compact, compact, asinh_stretch, tier=2)
### END HIDDEN TESTS

# %%
for name, model, values in (("network", classifier, scores), ("compact", compact, scores_compact)):
    area = np.asarray(auroc(labels_test, values)).item()
    print(f"{name:8s} {model.count_params():6d} parameters  AUROC {area:.3f} on the test images")

# %% [markdown] answer="lenses-survey" points=3
# ## 9 A survey
#
# ### 9.1 Question 1: would you publish the candidates? (3 points, by hand)
#
# A survey images ten million galaxies, and one in a thousand of them is a lens. You have a network with an AUROC of
# 0.98 on simulated test images.
#
# In a few sentences: would you publish its candidates, all galaxies with a probability above one half, as lenses? Say
# why, with a rough number. (1 point.) Which numbers or plots of section 7 would you look at before you choose a
# threshold, and why is the AUROC not among them, or not alone? (1 point.) And what do you do next, with the candidates
# or with the network? (1 point.)
#
# === BEGIN MARK SCHEME ===
# 1 point for "no", with a number that is about right: the survey has 10,000 lenses and 9.99 million others. If a
# fraction FPR of the others passes, there are FPR times 9.99 million false candidates (1%: 100,000) beside at most
# 10,000 lenses, so most candidates are no lenses (a purity of at most about 10% at a false-positive rate of 1%). Also
# right: one half is a probability at the prevalence of the training set, and becomes about 0.001 on the sky (for half
# of lenses in training). "No, the AUROC is too low", without the rarity of lenses, is not enough.
#
# 1 point for the right quantities: the left end of the ROC curve (TPR at a false-positive rate of 1e-3 or less, TPR_0,
# TPR_10), or purity against completeness at the prevalence of the sky; completeness against Einstein radius and S/N;
# calibration, if probabilities are used. At least two of these, and the reason: AUROC averages over false-positive
# rates that no survey could use, does not depend on the prevalence, and says nothing of calibration. Half of it (the
# reason or the quantities alone) gives no point.
#
# 1 point for a sensible next step: a much stricter threshold, and visual inspection of what is left; follow-up
# (spectra, imaging of higher resolution, lens models) before anything is called a lens; a test on real images with
# known lenses and known non-lenses; retraining with the false positives as additional non-lenses; correcting the prior
# and recalibrating. "Train longer" or "a larger network" alone is not enough.
# === END MARK SCHEME ===

# %% [markdown]
# ## 10 What you have learnt
#
# You prepared images, split them by object, and used the symmetry of the problem. You built a baseline before a
# network, and measured both in ways that matter when what you look for is rare. You trained a network and asked where
# it can be trusted: which lenses it misses, what its probabilities mean, and where in the image it looks. And you know
# what happens to all of it when one galaxy in a thousand is a lens.
