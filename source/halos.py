# Halos in boxes of dark matter, and gas painted onto it. Built by `course build`; headers: CONTRIBUTING.md.
# %% [markdown]
# # Halos and gas
#
# Simulations of dark matter are costly, and those with gas more so. Two jobs from image to image make them cheaper. In
# the first, a network looks at the density of the early universe and says which cells will end in a halo. Berger &
# Stein (2019, MNRAS 482, 2861, arXiv:1805.04537) did it with a V-Net, a U-Net in three dimensions. In the second, a
# network *paints* gas onto dark matter, as Tröster et al. (2019, MNRAS 487, L24, arXiv:1903.12173) did with generative
# models. Dark matter does not determine the gas, so there you need draws and not a mean.
#
# **What you will learn**
#
# - which balls of matter collapse to halos, and how a simulator finds them;
# - why accuracy is useless where most cells are empty, and which baseline a network must beat;
# - to build and train a V-Net that knows that its box is periodic;
# - why connected cells are no halos, and how halos are counted;
# - what the best answer is where much is left open, and why it is no likely one;
# - to learn a mean, a scatter and its correlations, and to draw from them.
#
# **Time**: about 220 minutes. There are 14 tasks, worth 49 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
from halo_data import (
    ask,
    balls,
    load_boxes,
    paint_gas,
    show_losses,
    show_maps,
    show_mass_functions,
    show_slices,
    show_spectra,
    trained,
)

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, GAS_STEPS, BOXES, MAPS = {
    "proof": (2, 2, 4, 40),
    "laptop": (240, 300, 48, 1500),
    "gpu": (5000, 3000, 48, 1500),
}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Halos in a box
#
# ### 1.1 The data
#
# A box has 32 × 32 × 32 cells, and lengths are in cells. It is *periodic*: who leaves it on one side comes back on the
# other. So each cell has all its neighbours, and the distance of two cells is that of the shortest way. The numbers are
# the density contrast $\delta$ of a Gaussian field, scaled by linear theory to today. Its mean is 0.
#
# When does a ball of matter collapse? In the model of the spherical collapse, when the linear contrast, averaged over
# the ball, exceeds $\delta_c = \frac{3}{20} (12 \pi)^{2/3}$. This holds in a universe of matter alone. A halo is then
# the largest such ball around its place. That is a simple form of the peak-patch picture (Bond & Myers 1996, ApJS 103,
# 1).
#
# %%
CRITICAL = 3 / 20 * (12 * np.pi) ** (2 / 3)
RADII = (7.0, 6.3, 5.6, 5.0, 4.5, 4.0, 3.6, 3.2, 2.9, 2.6)
learn, test = load_boxes()
print(f"{len(learn.density)} boxes to learn from, {len(test.density)} others, of shape {test.density.shape[1:]}")
print(f"critical contrast {CRITICAL:.3f}; standard deviation of a cell {test.density.std():.2f}")
print(f"halos in a box: {np.mean(list(map(len, learn.halos))):.1f}, which fill {learn.masks.mean():.1%} of it")


# %% [markdown]
# ### 1.2 Task 1: `smooth` (3 points)
#
# The mean of a field over the ball around each cell. The ball of radius $R$ holds the cells whose centres are at most
# $R$ from the centre of its own cell, by the shortest way through the periodic box.
#
# By hand, in a row of five cells with the values $(1, 3, 6, 0, 2)$: for $R = 1$ a ball holds a cell and its two
# neighbours. The means are $(2, 3.33, 3, 2.67, 1)$. The first cell has the last one as a neighbour.
#
# - `field`: array of floats, of float32 too, or of whole numbers, with one, two or three axes, such as `(n,)` or
#   `(nx, ny, nz)`; the sides may differ
# - `radius`: $R$, a number, not negative, less than half of the shortest side. No distance is just $R$, unless $R$ is
#   whole; such cells are in the ball
# - returns an array of the same shape
#
# Boxes of 32 × 32 × 32 cells follow. A loop over all their cells would take long. Figures show of a box the slice with
# the first index 7, brighter where it is denser. The first one outlines where your mean is above the critical contrast:
# larger balls should leave less of it, and rounder.
#
# <details><summary>Hint 1</summary>
#
# Along an axis of `n` cells, the cell `i` is `min(i, n - i)` away from the cell 0. `np.ix_` or `np.meshgrid` make
# distances in a box of it. Then you know the ball around the cell 0.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# This is a convolution with the ball, divided by its number of cells. On a periodic box it is a product of
# `np.fft.fftn`. Or sum shifted copies of the field: `np.roll` takes a shift along each axis.
#
# </details>
#
# %% solution="halos-smooth"
def smooth(field, radius):
    """The mean of a periodic field over the ball of this radius around each cell, as an array of the same shape."""
    ### BEGIN SOLUTION: Return the mean over the ball around each cell.
    squares = [np.minimum(np.arange(n), n - np.arange(n)) ** 2 for n in field.shape]
    ball = sum(np.ix_(*squares)) <= radius**2
    return np.fft.ifftn(np.fft.fftn(field) * np.fft.fftn(ball)).real / ball.sum()
    ### END SOLUTION


# %% test="halos-smooth" points=3
row = np.array([1.0, 3.0, 6.0, 0.0, 2.0])
expect(smooth(row, 1), [2.0, 10 / 3, 3.0, 8 / 3, 1.0], "smooth of the example with R = 1")
expect(smooth(row, 0), row, "smooth of the example with R = 0", "a ball holds its own cell alone")
corner, ball = np.zeros((4, 5)), np.zeros((4, 5))
corner[0, 0], ball[[0, 1, 3, 0, 0], [0, 0, 0, 1, 4]] = 5.0, 1.0
expect(smooth(corner, 1), ball, "smooth of a map with a 5 in its corner and R = 1", "this ball has five cells")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_smooth(smooth)
### END HIDDEN TESTS

# %%
SHOWN = 5  # of the test boxes
box = test.density[SHOWN].astype(float)
found = {f"R = {R:g}": np.greater(smooth(box, R), CRITICAL) for R in (2.6, 4.0, 5.6)}
show_slices(box, {"density": np.zeros(box.shape), **found})
show_figure(
    "A slice of a box in grey, four times; in all but the first, orange outlines show where your mean over balls with "
    "radii of 2.6, 4.0 and 5.6 cells is above the critical contrast. Larger balls should leave less of it, and rounder."
)


# %% [markdown]
# ### 1.3 Task 2: `find_halos` (4 points)
#
# This is the simulator. Go through the radii from the largest to the smallest. For each:
#
# 1. Take the mean of the density over balls of this radius.
# 2. A *peak* is a cell whose mean is above the critical value, and above the means of all its neighbours. In a box a
#    cell has 26 neighbours, in a map 8 and in a row 2: also those across a corner, and across the edge.
# 3. Go through these peaks from the highest to the lowest. Keep a ball if it overlaps no ball that has been kept, at
#    this radius or before. Two balls overlap if the distance of their centres is *less* than the sum of their radii.
#
# By hand: a row of ten cells, $(1, 3, 6, 3, 1, 0, 1, 5, 2, 0)$, with the radii 2 and 1 and the critical value 2.5. For
# the radius 2, the highest mean is 2.8, at the cell 2. Its neighbours have 2.6, and no other cell is above 2.5. So
# there is a halo at 2 with the radius 2. For the radius 1, there are peaks at the cell 2 with 4, and at the cell 7 with
# 2.67. The first overlaps the halo that you have. The second is 5 away, and the sum of the radii is 3, so you keep it.
#
# - `density`: array of floats with one, two or three axes, of at least 3 cells each; the sides may differ
# - `radii`: a list or tuple of radii in any order, all different, none negative, each less than half of the shortest
#   side
# - `critical`: a number
# - returns an array of shape `(number, axes + 1)`: for each halo the cell of its centre, and its radius, in the order
#   in which you kept them. Without halos, its shape is `(0, axes + 1)`. In the example it is $((2, 2), (7, 1))$
#
# You can rely on this: no two means of cells are equal where it matters, and none is just the critical value. Where
# balls just touch, their radii are multiples of ½, which no sum rounds.
#
# <details><summary>Hint 1</summary>
#
# `scipy.ndimage.maximum_filter(means, 3, mode="wrap")` has the highest mean among a cell and its neighbours.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.argwhere` gives the peaks as rows. For a distance take `np.abs` of the difference first; along each axis of n
# cells a difference `d` is `min(d, n - d)`.
#
# </details>
#
# %% solution="halos-find"
def find_halos(density, radii, critical):
    """Halos (number, axes + 1) in a periodic box: the cell of each centre, and the radius; the largest come first."""
    ### BEGIN SOLUTION: For each radius, the largest first, keep the peaks whose balls overlap no other.
    from scipy.ndimage import maximum_filter

    found = np.zeros((0, density.ndim + 1))
    for radius in sorted(radii, reverse=True):
        means = smooth(density, radius)
        peaks = np.argwhere((means > critical) & (means == maximum_filter(means, 3, mode="wrap")))
        for peak in sorted(peaks.tolist(), key=lambda cell: -means[tuple(cell)]):
            away = np.abs(found[:, :-1] - peak)
            away = np.minimum(away, np.array(density.shape) - away)
            if np.all(np.sum(away**2, axis=1) >= (found[:, -1] + radius) ** 2):
                found = np.vstack([found, [*peak, radius]])
    return found
    ### END SOLUTION


# %% test="halos-find" points=4
row = np.array([1.0, 3.0, 6.0, 3.0, 1.0, 0.0, 1.0, 5.0, 2.0, 0.0])
expect(find_halos(row, (1, 2), 2.5), [[2.0, 2.0], [7.0, 1.0]], "find_halos of the example", "the largest radius first")
expect(find_halos(row, [2, 1], 5.0), np.zeros((0, 2)), "find_halos with the critical value 5", "nothing is above it")
corners = np.zeros((5, 7))
corners[[0, 4, 2], [0, 6, 3]] = 5.0, 4.0, 4.5
why = "the cell (4, 6) is no peak: across the corner, its neighbour (0, 0) is higher"
expect(find_halos(corners, [0.5], 3.0), [[0.0, 0.0, 0.5], [2.0, 3.0, 0.5]], "find_halos of a map of 5 x 7 cells", why)
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_find(find_halos)
### END HIDDEN TESTS

# %% [markdown]
# Are these the halos of the file? `balls` paints them into a box. If they are not the same, look at the edges in
# `smooth`, at distances across the edge, at the 26 neighbours, and at the order of the peaks.
#
# %%
own = np.asarray(find_halos(box, RADII, CRITICAL))
same = sorted(map(tuple, np.round(own, 2))) == sorted(map(tuple, np.round(test.halos[SHOWN].astype(float), 2)))
print(f"you found {len(own)} halos in one test box, the file has {len(test.halos[SHOWN])}; all the same: {same}")
show_slices(box, {"density": np.zeros(box.shape), "yours": balls(own, box.shape), "of the file": test.masks[SHOWN]})
show_figure(
    "The same slice of a box in grey, three times: without outlines, with the balls that you found, and with those of "
    "the file, both outlined in orange. The last two should agree."
)


# %% [markdown]
# ## 2 How good is an answer?
#
# A network will say for each cell whether it will be in a halo. It sees no radii and no peaks, only the density.
#
# ### 2.1 Task 3: `accuracy_and_dice` (2 points)
#
# The *accuracy* is the share of cells that are said rightly. The *Dice coefficient* is twice the number of cells in
# both masks, divided by the sum of their numbers of cells. If both masks are empty, it is 1.
#
# By hand, with four cells: found is $(1, 1, 0, 0)$, the truth is $(0, 1, 0, 0)$. Three of four are right, so the
# accuracy is 0.75. One cell is in both masks, and they have $2 + 1$ cells, so the Dice coefficient is 2/3. Who finds
# nothing has an accuracy of 0.75, too, and a Dice coefficient of 0.
#
# - `found`, `truth`: arrays of shape `(n, nx, ny, nz)` which hold booleans, or whole numbers or floats that are 0 or 1;
#   their types may differ
# - returns two arrays of shape `(n,)`: accuracy and Dice coefficient of each box
#
# <details><summary>Hint 1</summary>
#
# Make booleans of both first, by a comparison. Then `==` and `&` are what they say.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Sum over the axes 1, 2 and 3. `np.where` can give 1 where both are empty, and `np.maximum` keeps the divisor from 0.
#
# </details>
#
# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    """Accuracy (n,) and Dice coefficient (n,) of masks (n, nx, ny, nz); the latter is 1 where both are empty."""
    ### BEGIN SOLUTION: Return both numbers for each box.
    found, truth = found > 0.5, truth > 0.5
    both, cells = np.sum(found & truth, axis=(1, 2, 3)), np.sum(found, axis=(1, 2, 3)) + np.sum(truth, axis=(1, 2, 3))
    dice = np.where(cells > 0, 2 * both / np.maximum(cells, 1), 1.0)
    return np.mean(found == truth, axis=(1, 2, 3)), dice
    ### END SOLUTION


# %% test="halos-dice" points=2
found = np.array([[1, 1, 0, 0], [0, 0, 0, 0]]).reshape(2, 1, 1, 4)
truth = np.array([[0, 1, 0, 0], [0, 0, 0, 0]]).reshape(2, 1, 1, 4)
for kind in ("int", "float", "bool"):
    got = accuracy_and_dice(found.astype(kind), truth.astype(kind))
    expected = {"the accuracy": [0.75, 1.0], "the Dice coefficient": [2 / 3, 1.0]}
    expect(got, expected, f"accuracy_and_dice of the example and of empty masks, as {kind}")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_dice(accuracy_and_dice)
### END HIDDEN TESTS


# %%
def show_scores(methods):
    """Prints mean accuracy and mean Dice coefficient of masks of the test boxes, by name."""
    for name, masks in methods.items():
        accuracy, dice = (np.mean(part) for part in accuracy_and_dice(masks, test.masks))
        print(f"{name:18} accuracy {accuracy:.3f}   Dice {dice:.3f}")


methods = {"nothing": np.zeros_like(test.masks), "everything": np.ones_like(test.masks)}
show_scores(methods)


# %% [markdown]
# *Nothing* has an accuracy of nearly 0.9, and no use. So masks are judged by the Dice coefficient.
#
# ### 2.2 Task 4: `best_cut` (3 points)
#
# Before you train a network, ask what a method without one can reach. A single threshold, say: a cell is in a halo if
# its smoothed density is at least $t$. Which $t$ has the largest Dice coefficient? You need not guess a grid. What is
# found changes only where $t$ passes a value, so sort the values once, and count. The notebook will give you 262144
# values: a loop over all cuts takes too long.
#
# By hand: four cells with the values $(0.9, 0.7, 0.5, 0.2)$, and the truth $(1, 0, 1, 0)$. With $t = 0.9$ you find one
# cell, and Dice is $2/(1 + 2)$. With 0.7 you find two: $2/(2 + 2)$. With 0.5 three: $4/(3 + 2) = 0.8$. With 0.2 all:
# $4/(4 + 2)$. So the best cut is 0.5.
#
# - `values`: array of any shape, of finite floats or of `int`, of any sign. Some may be equal; a cut finds all of them
#   or none
# - `truth`: array of the same shape, of booleans or of 0 and 1, with at least one 1
# - returns two numbers of any type: a cut, which is one of the values, such that finding all cells with a value of *at
#   least* the cut has the largest Dice coefficient, all cells taken together; and this coefficient. Any best cut will
#   do
#
# <details><summary>Hint 1</summary>
#
# `np.argsort(-values.ravel())` has the largest value first. The cumulative sum of the truth in this order counts the
# cells in both masks.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Where the next value is equal, you cannot cut. Leave such places out.
#
# </details>
#
# %% solution="halos-cut"
def best_cut(values, truth):
    """The cut on values with the largest Dice coefficient for a true mask of the same shape, and that coefficient."""
    ### BEGIN SOLUTION: Return the best cut and its Dice coefficient.
    order = np.argsort(-values.ravel())
    sorted_values, both = values.ravel()[order], np.cumsum(truth.ravel()[order] > 0.5)
    dice = 2 * both / (np.arange(len(both)) + 1 + both[-1])
    dice[:-1][sorted_values[1:] == sorted_values[:-1]] = 0
    best = np.argmax(dice)
    return sorted_values[best], dice[best]
    ### END SOLUTION


# %% test="halos-cut" points=3
values, names = np.array([0.9, 0.7, 0.5, 0.2]), ("the cut", "the Dice coefficient")
expect(best_cut(values, np.array([1, 0, 1, 0])), dict(zip(names, (0.5, 0.8), strict=True)), "best_cut of the example")
expect(best_cut(values, np.ones(4)), dict(zip(names, (0.2, 1.0), strict=True)), "best_cut where all cells are true")
got = best_cut(np.array([0.9, 0.5, 0.5, 0.2]), np.array([1, 1, 0, 0]))
expect(got, {"the cut": 0.5, "the Dice coefficient": 0.8}, "best_cut of equal values", "a cut finds both or none")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_cut(best_cut)
### END HIDDEN TESTS

# %% [markdown]
# Which radius should one smooth with? Take the best of six, by eight boxes of the training set.
#
# %%
cuts = {}
for radius in (0.0, 1.5, 2.6, 3.2, 4.0, 5.0):
    smoothed = np.stack([smooth(density, radius) for density in learn.density[:8]])
    cuts[radius] = tuple(np.asarray(part).item() for part in best_cut(smoothed, learn.masks[:8]))
    print(f"radius {radius:.1f}: best cut {cuts[radius][0]:5.2f}, with the Dice coefficient {cuts[radius][1]:.3f}")
best_radius = max(cuts, key=lambda radius: cuts[radius][1])
smoothed = np.stack([smooth(density, best_radius) for density in test.density])
methods["best cut"] = smoothed >= cuts[best_radius][0]
show_scores(methods)

# %% [markdown]
# The best cut lies well below the critical value: around a cell at the edge of a halo, half of the ball lies outside,
# so its mean is lower. This baseline is what your network must beat.
#
# ## 3 A V-Net
#
# ### 3.1 What it is
#
# ![A V-Net, drawn as a V. On the left, three levels go down: one convolution on 32 cells a side, two on 16, three on 8.
# Between them, convolutions with a stride of two halve the box. On the right, two levels go up: transposed convolutions
# double the box, the skip of the same level is put beside it by an arrow across, and the convolutions of that level
# follow. At the end a convolution of one cell gives one number for each cell.](attachment:vnet.png)
#
# The V-Net (Milletari et al. 2016, arXiv:1606.04797) is a U-Net for volumes. Boxes become smaller by convolutions with
# a stride of 2, not by pooling. It has fewer convolutions at the top, where cells are many, and more below. We leave
# out the sums that make each level a residual block, and use smaller kernels, batch normalisation and ReLU.
#
# ### 3.2 Task 5: `periodic_pad` (2 points)
#
# With `padding="same"` Keras adds zeros around a box. A halo at the edge is then half in a void that does not exist.
# Our box has no edge: what lies outside is its other side.
#
# By hand: the row $(1, 2, 3)$, padded by 1, is $(3, 1, 2, 3, 1)$. A map is padded along both axes, so that corners come
# from the opposite corners.
#
# - `x`: a tensor of shape `(n, nx, ny, c)` or `(n, nx, ny, nz, c)`: n examples with c channels
# - `cells`: a whole number, at least 1 and at most the shortest side of the box
# - returns a tensor that has `cells` more at both ends of each axis, except for the first and the last
#
# The networks use your function, for batches whose size is not known yet: use TensorFlow, as `np.pad` will not do.
#
# <details><summary>Hint 1</summary>
#
# Along one axis: `tf.concat` of the last cells, of everything, and of the first cells. Then the next axis, with the
# result.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.gather(x, indices, axis=axis)` takes cells along an axis, also one twice. Which indices, modulo the side?
#
# </details>
#
# %% solution="halos-pad"
def periodic_pad(x, cells):
    """Pads a periodic map (n, nx, ny, c) or box (n, nx, ny, nz, c) at both ends of each axis by so many cells."""
    ### BEGIN SOLUTION: Pad at both ends of each axis of space, and return the result.
    for axis in range(1, len(x.shape) - 1):
        side = x.shape[axis]
        x = tf.gather(x, np.arange(-cells, side + cells) % side, axis=axis)
    return x
    ### END SOLUTION


# %% test="halos-pad" points=2
rows, wanted = tf.reshape(tf.range(1.0, 7.0), (1, 2, 3, 1)), [[6, 4, 5, 6, 4], [3, 1, 2, 3, 1]] * 2
wanted = np.reshape(wanted, (1, 4, 5, 1)).astype(float)
expect(periodic_pad(rows, 1), wanted, "periodic_pad of the rows (1, 2, 3) and (4, 5, 6) by 1 cell")
cube = np.arange(8.0).reshape(1, 2, 2, 2, 1)
got, wanted = periodic_pad(tf.constant(cube), 2), np.tile(cube, (1, 3, 3, 3, 1))
expect(got, wanted, "periodic_pad of a box with sides of 2 cells by 2 cells", "the box three times along each axis")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_pad(periodic_pad)
### END HIDDEN TESTS


# %%
class Periodic(tfkl.Layer):
    """Pads by one cell with your periodic_pad, so that a convolution of 3 cells keeps the size of its input."""

    def call(self, x):
        return periodic_pad(x, 1)


def convolutions(x, filters, number):
    """Convolutions of 3 x 3 x 3, with batch normalisation and ReLU: (n, s, s, s, c) -> (n, s, s, s, filters)."""
    for _ in range(number):
        x = tfkl.Conv3D(filters, 3, use_bias=False)(Periodic()(x))
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
    return x


# %% [markdown]
# ### 3.3 Task 6: `vnet` (4 points)
#
# `convolutions` is given. `widths` has the number of filters at each level, the bottom last. The level $k$, counted
# from 0 at the top, has $k + 1$ convolutions on the way down, and as many on the way up. The bottom has $k + 1$ once.
#
# - On the way down, at each level but the bottom: the convolutions, whose output is the skip of this level; then a
#   `Conv3D` with the filters of the *next* level, a kernel of 2 cells and the stride 2.
# - At the bottom: its convolutions, once.
# - On the way up, at each level but the bottom: a `Conv3DTranspose` with the filters of this level, a kernel of 2 cells
#   and the stride 2; its result and then the skip of this level, concatenated along the channels; the convolutions.
#
# What halves or doubles a box has no activation and no padding.
#
# By hand: for `widths = (4, 6)` and boxes of one channel. The convolution at the top has $27 \cdot 4 = 108$ parameters,
# and its normalisation 16: 4 a channel, two of which are not trained. On the way down there are
# $8 \cdot 4 \cdot 6 + 6 = 198$. The two convolutions at the bottom have $27 \cdot 6 \cdot 6 + 24 = 996$ each. On the
# way up there are $8 \cdot 6 \cdot 4 + 4 = 196$, and the convolution on 4 + 4 channels has
# $27 \cdot 8 \cdot 4 + 16 = 880$. In all 3390.
#
# - `x`: a Keras tensor of shape `(None, s, s, s, c)`, such as `tfk.Input` gives
# - `widths`: a tuple or list of at least two whole numbers, of which some may be equal. The side `s` can be halved at
#   each level but the bottom
# - returns a Keras tensor of shape `(None, s, s, s, widths[0])`: the *features* of each cell
#
# The tests put in weights of their own, and look at what the network does with them.
#
# <details><summary>Hint 1</summary>
#
# A loop over the levels `range(len(widths) - 1)` goes down. Keep the skips in a list.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# On the way up the levels come in reverse. Nothing happens to the skips on their way.
#
# </details>
#
# %% solution="halos-vnet"
def vnet(x, widths):
    """Features (n, s, s, s, widths[0]) of boxes (n, s, s, s, c), by a V-Net with these numbers of filters."""
    ### BEGIN SOLUTION: Go down and keep the skips, pass the bottom, and go up with the skip of each level.
    skips, bottom = [], len(widths) - 1
    for level in range(bottom):
        skips.append(convolutions(x, widths[level], level + 1))
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2)(skips[-1])
    x = convolutions(x, widths[bottom], bottom + 1)
    for level in reversed(range(bottom)):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2)(x)
        x = convolutions(tfkl.Concatenate()([x, skips[level]]), widths[level], level + 1)
    return x
    ### END SOLUTION


# %%
def example_of_vnet():
    """A model of your vnet with the widths (4, 6), for boxes of (8, 8, 8, 1)."""
    boxes = tfk.Input((8, 8, 8, 1))
    return tfk.Model(boxes, vnet(boxes, (4, 6)))


# %% test="halos-vnet" points=4
model = example_of_vnet()
expect(model.output_shape[1:], [8, 8, 8, 4], "the shape of vnet with the widths (4, 6), without the batch")
expect(model.count_params(), 3390, "the number of parameters of vnet with the widths (4, 6)")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_vnet(vnet, periodic_pad)
### END HIDDEN TESTS

# %% [markdown]
# Does the network know that the box is periodic? Move the box by four cells, across the edge: the answer must move with
# it. It does so for multiples of 4 only, since each of two strides takes every second cell. This network has 132201
# parameters. Of the two differences, in standard deviations of the answer, the first should be 0 but for rounding, the
# second not.
#
# %%
tfk.utils.set_random_seed(SEED)
inputs = tfk.Input((32, 32, 32, 1))
network = tfk.Model(inputs, tfkl.Conv3D(1, 1)(vnet(inputs, (8, 16, 32))))
some = test.density[:1] / 2.5
answer = ask(network, some)
for cells in (4, 3):
    moved = ask(network, np.roll(some, cells, axis=1))
    away = np.abs(moved - np.roll(answer, cells, axis=1)).max() / answer.std()
    print(f"{network.count_params()} parameters; after a shift by {cells} cells, answers differ by up to {away:.1e} sd")


# %% [markdown]
# ### 3.4 Task 7: `dice_loss` (3 points)
#
# The number of cells in both masks has no slope. But with probabilities $p$ instead of a mask, the Dice coefficient of
# a box is
#
# $$ D = \frac{2 \sum_i t_i p_i + 1}{\sum_i t_i + \sum_i p_i + 1} $$
#
# with $t_i = 1$ in the true mask and 0 outside. The V-Net was made with such a loss, whose denominator had squares. The
# 1 makes $D$ right where both are empty, and hardly matters otherwise. The loss is $1 - D$, averaged over the boxes of
# the batch.
#
# By hand, with four cells: $t = (1, 1, 0, 0)$ and $p = (\tfrac12, \tfrac12, \tfrac12, 0)$. The sum of $t p$ is 1, and
# those of $t$ and $p$ are 2 and 1.5. So $D = 3 / 4.5$, and the loss is 1/3. Its slope for the first $p$ is $-(2 \cdot
# 4.5 - 3) / 4.5^2 = -0.2963$, and for the last one $3 / 4.5^2 = 0.1481$.
#
# - `truth`: float32 tensor of shape `(n, nx, ny, nz, 1)` of 0 and 1
# - `probabilities`: float32 tensor of the same shape, between 0 and 1
# - returns a tensor, a number
#
# Gradients for the probabilities must pass, also for one that is just 0 or 1. So use TensorFlow.
#
# <details><summary>Hint 1</summary>
#
# `tf.reduce_sum(..., axis=[1, 2, 3, 4])` gives one number for each box.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# First a coefficient for each box, then the mean: not one coefficient of all boxes together.
#
# </details>
#
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    """One minus the soft Dice coefficient of each box (nx, ny, nz, 1) of a batch, as a mean over the batch."""
    ### BEGIN SOLUTION: Return the mean over boxes of 1 - D.
    both = tf.reduce_sum(truth * probabilities, axis=[1, 2, 3, 4])
    cells = tf.reduce_sum(truth + probabilities, axis=[1, 2, 3, 4])
    return tf.reduce_mean(1 - (2 * both + 1) / (cells + 1))
    ### END SOLUTION


# %% test="halos-loss" points=3
truth = tf.reshape(tf.constant([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]), (2, 1, 1, 4, 1))
half = tf.reshape(tf.constant([[0.5, 0.5, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0]]), (2, 1, 1, 4, 1))
expect(dice_loss(truth[:1], half[:1]), 1 / 3, "dice_loss of the example")
expect(dice_loss(truth[1:], half[1:]), 0.0, "dice_loss of empty masks")
expect(dice_loss(truth, half), 1 / 6, "dice_loss of both in a batch", "a mean over boxes")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_loss(dice_loss)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.5 Task 8: `train_step` (7 points)
#
# One function for all networks of this notebook, which differ in their loss.
#
# By hand: a network of one cell whose weights are 0 and whose bias is 2. It says 2 to everything. With the target 1 and
# the squared error as loss, the loss is 1, and its slope for the bias is 2. A descent with the rate 0.25 takes the bias
# to 1.5.
#
# - `network`: a Keras model. Only its `trainable_variables` move by the optimiser. Batch normalisation must know that
#   it trains: `training=True`
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `inputs`, `targets`: float32 tensors
# - `loss`: a function; `loss(targets, outputs)` gives a number as a tensor, where `outputs` is what the network gives
# - returns the loss *before* the step, as a tensor
#
# The notebook compiles your function, so use TensorFlow. There are 3 points for the step, and 4 when it has trained
# your V-Net.
#
# <details><summary>Hint 1</summary>
#
# Network and loss belong inside a `tf.GradientTape`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Mind the order in which `loss` takes its two arguments, and return the loss as it is, not a `float` of it.
#
# </details>
#
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    """Moves a network by one step of an optimiser; returns loss(targets, outputs) before the step."""
    ### BEGIN SOLUTION: Take the gradient of the loss, apply it, and return the loss.
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs, training=True))
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return value
    ### END SOLUTION


# %%
def silent():
    """A network for one cell that says 2, and a plain descent with the rate 0.25."""
    model = tfk.Sequential([tfk.Input((1, 1, 1, 1)), tfkl.Conv3D(1, 1)])
    model.set_weights([np.zeros((1, 1, 1, 1, 1)), np.array([2.0])])
    return model, tfk.optimizers.SGD(0.25)


def squared_error(targets, outputs):
    """The mean of the squared differences."""
    return tf.reduce_mean((outputs - targets) ** 2)


def mean_output(targets, outputs):
    """A loss that knows its two arguments apart."""
    return tf.reduce_mean(outputs)


# %% test="halos-step" points=3
(model, plain), given, wanted = silent(), tf.zeros((1, 1, 1, 1, 1)), tf.ones((1, 1, 1, 1, 1))
expect(train_step(model, plain, given, wanted, squared_error), 1.0, "train_step of the example")
expect(model.get_weights()[1], [1.5], "the bias after the step")
got = train_step(model, plain, given, wanted, mean_output)
expect(got, 1.5, "train_step with the mean output as its loss", "it is called as loss(targets, outputs)")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_step(train_step)
### END HIDDEN TESTS

# %% [markdown]
# Now your V-Net. It gives a logit for each cell, and the loss takes its sigmoid. The density is divided by its standard
# deviation, 2.5. Two boxes make a batch. Each batch is turned or mirrored into one of 48 positions, and shifted: in a
# periodic box all these are equally likely. The training takes about half a minute on two free cores.
#
# %%
curve = trained(
    train_step, network, lambda masks, logits: dice_loss(masks, tf.sigmoid(logits)), STEPS, 2, 1e-2,
    learn.density[:BOXES] / 2.5, learn.masks[:BOXES], seed=SEED, turn=True,
)  # fmt: skip
show_losses({"training loss, 1 − soft Dice": curve})
show_figure(
    "Training loss, 1 less the soft Dice coefficient, against the step. It should fall fast, then slowly, to about 0.3."
)

# %% [markdown]
# Which outlines are nearer to the true ones, those of the cut or of your V-Net? Look at the large halos, and at the
# small ones.
#
# %%
probability = 1 / (1 + np.exp(-ask(network, test.density / 2.5)[..., 0].astype(float)))
methods["V-Net"] = probability > 0.5
show_scores(methods)
shown = {"truth": test.masks[SHOWN]}
for name in ("best cut", "V-Net"):
    dice = accuracy_and_dice(methods[name][SHOWN][None, [7]], test.masks[SHOWN][None, [7]])[1]
    shown[f"{name}, Dice {np.asarray(dice)[0]:.2f}"] = methods[name][SHOWN]
show_slices(box, shown)
show_figure(
    "A slice of a box in grey, three times, with orange outlines: the true halos, the cells above the best cut, and "
    "those of the V-Net, with the Dice coefficients of this slice. Look at the large halos, and at the small ones."
)

# %% [markdown]
# Berger & Stein reach a Dice coefficient of about 0.92, with more boxes, a larger network and 24 hours of training. Two
# tests judge your network on 24 boxes that are in no release. There, its mean Dice coefficient must exceed that of the
# best cut by 0.02, and by 0.05, for 2 points each. The cut is the best for these 24 boxes themselves. A coefficient
# above 0.90 fails, too: so much cannot be learnt from 48 boxes in this time.
#
# %% test="halos-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new boxes, the mean Dice coefficient exceeds that of the best cut by 0.02.
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_network(network, tier=1)
### END HIDDEN TESTS

# %% test="halos-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new boxes, the mean Dice coefficient exceeds that of the best cut by 0.05.
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_network(network, tier=2)
### END HIDDEN TESTS


# %% [markdown]
# ## 4 From cells to halos
#
# ### 4.1 Task 9: `components` (4 points)
#
# A mask is no list of halos. A first idea: cells that touch each other are one halo. Two cells are *connected* if they
# share a face (in a map a side), or if a chain of such cells in the mask leads from one to the other. In a periodic box
# a cell at the edge shares a face with the one on the other side.
#
# By hand: the row $(1, 1, 0, 1, 0, 1)$ has two components. The last cell belongs to the first two. In a row that is not
# periodic, there would be three.
#
# - `mask`: array with one, two or three axes, of booleans or of 0 and 1; there may be no 1. A side may have one
#   cell, which is then its own neighbour, or two. A component may have thousands of cells: a function that calls itself
#   from cell to cell goes too deep
# - returns an array of whole numbers of the same shape: 0 outside of the mask, and in each component one number of its
#   own; with K components, each of the numbers 1 to K, in any order
#
# <details><summary>Hint 1</summary>
#
# Start at a cell that has no number yet, and walk from neighbour to neighbour. Or let `scipy.ndimage.label` do it in
# the box, and join across the edges.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# If you join labels: two opposite faces of the box are compared cell by cell, and where both have labels, these are
# one. Joining is done when nothing changes any more; a component may cross several edges.
#
# </details>
#
# %% solution="halos-components"
def components(mask):
    """Labels 1 to K of the connected components of a mask in a periodic box, and 0 outside, in the same shape."""
    ### BEGIN SOLUTION: Number the cells of each component, across the edges too.
    labels, number = np.zeros(mask.shape, dtype=int), 0
    for start in map(tuple, np.argwhere(mask)):
        if labels[start]:
            continue
        number, waiting = number + 1, [start]
        while waiting:
            cell = waiting.pop()
            if labels[cell]:
                continue
            labels[cell] = number
            for axis, step in np.ndindex(mask.ndim, 2):
                other = list(cell)
                other[axis] = (other[axis] + 2 * step - 1) % mask.shape[axis]
                if mask[tuple(other)]:
                    waiting.append(tuple(other))
    return labels
    ### END SOLUTION


# %% test="halos-components" points=4
got = np.asarray(components(np.array([1, 1, 0, 1, 0, 1])))
expect(got[[2, 4]], [0, 0], "components of the example, outside of the mask")
expect(got[[0, 1, 5]], np.full(3, got[0]), "components of the example, in cells 0, 1 and 5", "they are connected")
expect(sorted(got), [0, 0, 1, 2, 2, 2] if got[0] == 2 else [0, 0, 1, 1, 1, 2], "the list of sorted labels")
corners = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]])
expect(components(corners), corners, "components of the four corners of a map", "they are one, across the edges")
expect(np.max(components(np.eye(3, 4))), 3, "the number of components of a diagonal", "corners do not connect")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_components(components)
### END HIDDEN TESTS

# %% [markdown]
# How many halos do you count in this way? In the true masks, nothing is wrong but the counting. You should find 188
# components in them.
#
# %%
labels = {name: [np.asarray(components(mask)) for mask in masks] for name, masks in (
    ("true masks", test.masks), ("V-Net", methods["V-Net"]))}  # fmt: skip
truly = sum(map(len, test.halos))
print(f"halos in {len(test.halos)} test boxes: {truly}")
for name, found in labels.items():
    print(f"components in {name}: {sum(part.max() for part in found):.0f}")
sizes = {name: np.concatenate([np.bincount(part.ravel())[1:] for part in found]) for name, found in labels.items()}
largest = max(balls(halo[None], (32, 32, 32)).sum() for halo in np.concatenate(test.halos))
print(f"cells of the largest halo: {largest}; of the largest component of the true masks: {sizes['true masks'].max()}")

# %% [markdown]
# Balls that touch become one component. Berger & Stein find halos in the cells of their network by geometry. You have a
# function for this already: `find_halos` looks for the largest balls in which the mean of something exceeds a critical
# value. Give it the probability of the network. Which critical value? The one with which the number of halos in the
# first six training boxes is nearest to the true one. There may still be too few: no value brings back the halos that
# the network misses.
#
# %%
def halos_of(probabilities, critical):
    """Your halos in the probabilities of several boxes."""
    return [np.asarray(find_halos(box, RADII, critical)) for box in probabilities]


few = 1 / (1 + np.exp(-ask(network, learn.density[:6] / 2.5)[..., 0].astype(float)))
counts = {level: sum(map(len, halos_of(few, level))) for level in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)}
wanted = sum(map(len, learn.halos[:6]))
print(f"halos in six training boxes: {wanted}; balls by critical value:", counts)
level = min(counts, key=lambda level: abs(counts[level] - wanted))
fitted = halos_of(probability, level)
print(f"balls fitted to the V-Net, where their mean probability exceeds {level}: {sum(map(len, fitted))} of {truly}")


# %% [markdown]
# ### 4.2 Task 10: `mass_function` (2 points)
#
# How many halos are there of each mass? In the early universe the density is nearly the same everywhere, so the mass is
# proportional to the volume of the ball. The *mass function* counts halos in bins, and divides by the volume of the
# boxes and by the width of the bin in the logarithm. Counts scatter as Poisson's law says: the error of a count $N$ is
# $\sqrt{N}$.
#
# By hand: volumes of 10, 20, 25 and 40 cells, and bins with the edges 10, 20 and 40, in a box of 1000 cells. A bin
# holds its lower edge and not its upper one. So there are 1 and 2 halos in the bins, and the last one is in none. Both
# bins have the width $\ln 2$. The function is $1 / (1000 \ln 2) = 0.00144$ and $0.00289$, and the errors are $0.00144$
# and $\sqrt2 \cdot 0.00144 = 0.00204$.
#
# - `volumes`: array of shape `(number,)`, of whole numbers too; there may be no halo
# - `edges`: array of shape `(B + 1,)`, positive and increasing, of whole numbers too
# - `total`: the volume of all boxes
# - returns two arrays of shape `(B,)`: the mass function, and its error
#
# <details><summary>Hint 1</summary>
#
# `np.histogram` counts, but its last bin holds its upper edge. Compare and sum instead, or mind the last bin.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The error is divided by the same numbers as the count.
#
# </details>
#
# %% solution="halos-mass"
def mass_function(volumes, edges, total):
    """Halos in each bin of volume (B,), divided by the total volume and the width in ln volume; and errors (B,)."""
    ### BEGIN SOLUTION: Count the halos of each bin, and return the function and its Poisson error.
    inside = (volumes >= edges[:-1, None]) & (volumes < edges[1:, None])
    number, unit = inside.sum(axis=1), total * np.log(edges[1:] / edges[:-1])
    return number / unit, np.sqrt(number) / unit
    ### END SOLUTION


# %% test="halos-mass" points=2
edges = np.array([10.0, 20.0, 40.0])
got = mass_function(np.array([10.0, 20.0, 25.0, 40.0]), edges, 1000.0)
expected = {"the function": [0.0014427, 0.0028854], "its error": [0.0014427, 0.0020403]}
expect(got, expected, "mass_function of the example", rtol=1e-3)
none = {"the function": [0.0, 0.0], "its error": [0.0, 0.0]}
expect(mass_function(np.zeros(0), edges, 1000.0), none, "mass_function without halos")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_mass(mass_function)
### END HIDDEN TESTS

# %%
edges = np.geomspace(60, 6000, 8)
volume_of = {"truth": test.halos, "balls in the V-Net": fitted}
volume_of = {name: 4 / 3 * np.pi * np.concatenate(found)[:, 3] ** 3 for name, found in volume_of.items()}
volume_of["components of the true masks"] = sizes["true masks"]
functions = {name: mass_function(found, edges, test.masks.size) for name, found in volume_of.items()}
show_mass_functions(np.sqrt(edges[1:] * edges[:-1]), functions)
show_figure(
    "Mass functions of 12 boxes with errors, both axes logarithmic: halos a cell and unit of ln volume against volume "
    "in cells, from 80 to 2500. Black circles: the truth. Orange squares: balls fitted to the V-Net. Blue triangles: "
    "components of the true masks, which lack halos of small volume and have some of large volume that do not exist."
)

# %% [markdown]
# The blue points come from perfect masks: what they get wrong is the counting. What the orange points lack at small
# volumes, the network has missed: after so few steps it joins neighbours and passes over small halos. The Dice
# coefficient hardly minds, since small halos have few cells. So it is blind to what a mass function shows. The network
# of Berger & Stein, with its Dice coefficient of 0.92, has the right mass function to about 10%.

# %% [markdown]
# ## 5 Gas on dark matter
#
# ### 5.1 Task 11: `law_of_tau` (3 points)
#
# Light of distant quasars passes through gas, with an *optical depth* $\tau$. Where dark matter is dense there is more
# gas, but not always the same: temperature and radiation differ. A simple law is
#
# $$ \ln \tau = \ln A + \beta \ln (1 + \delta) + s \, \varepsilon $$
#
# with a standard normal $\varepsilon$. Given the matter, $\ln \tau$ is Gaussian with a mean $\mu$, so $\tau$ is
# log-normal. The mean of $\tau$ is not $e^\mu$: for a Gaussian $x$ with the mean $\mu$ and the standard deviation $s$,
# the mean of $e^{a x}$ is $e^{a \mu + a^2 s^2 / 2}$, for any $a$. You get the variance of $\tau$ from it as well.
#
# By hand: $A = 0.5$, $\beta = 1.5$, $1 + \delta = 4$ and $s^2 = \ln 2$. The mean of $\ln \tau$ is
# $\ln 0.5 + 1.5 \ln 4 = \ln 4 = 1.3863$. The mean of $\tau$ is $4 \sqrt{2} = 5.657$, more than 4. The mean of $\tau^2$
# is $16 \cdot 4 = 64$, so the variance is $64 - 32 = 32$.
#
# - `overdensity`: array of any shape, positive, of whole numbers too: $1 + \delta$. Here this is the density over its
#   mean, not the linear contrast of section 1, which may be below -1
# - `amplitude`, `slope`: numbers, $A > 0$, and $\beta$ of any sign
# - `scatter`: a number or an array of the same shape, not negative: $s$. It may be tiny, such as $10^{-7}$
# - returns three arrays of the shape of `overdensity`: mean of $\ln \tau$, mean of $\tau$, variance of $\tau$
#
# <details><summary>Hint 1</summary>
#
# The mean of $\tau^2$ is that of $e^{a x}$ with $a = 2$ and $x = \ln \tau$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For a tiny scatter, a difference of two large numbers loses its digits. `np.expm1` gives $e^y - 1$ without this.
#
# </details>
#
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    """Mean of ln tau, mean and variance of tau, given 1 + delta, for ln tau = ln A + beta ln(1 + delta) + s e."""
    ### BEGIN SOLUTION: Return the three, each in the shape of the overdensity.
    middle = np.log(amplitude) + slope * np.log(overdensity)
    mean = np.exp(middle + scatter**2 / 2)
    return middle, mean, mean**2 * np.expm1(scatter**2)
    ### END SOLUTION


# %% test="halos-tau" points=3
got = law_of_tau(np.array([4.0]), 0.5, 1.5, np.sqrt(np.log(2.0)))
expected = {"the mean of ln tau": [1.386294], "the mean of tau": [5.656854], "the variance of tau": [32.0]}
expect(got, expected, "law_of_tau of the example")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_tau(law_of_tau)
### END HIDDEN TESTS

# %% [markdown]
# ### 5.2 The best answer to everything
#
# Here are maps of 32 × 32 cells, also periodic. The matter is a map $g$ of $\ln (1 + \delta)$ up to a constant. The gas
# follows it smoothed over 1.5 cells, $\tilde g$, as pressure keeps gas from small clumps:
#
# $$ \ln \tau = -1 + 1.12 \, \tilde g + 0.45 \, e^{\tilde g / 2} \, u $$
#
# where $u$ is a Gaussian field with the variance 1, of which 96% are correlated over about 4 cells and the rest is
# white. So the scatter grows with the density. Law and numbers are choices of ours, such that all of it is known. From
# here on *gas* means $\ln \tau$: networks give it, and maps show it beside the matter $g$. A network that is trained
# with the squared error learns the conditional mean. What remains, its *floor*, is the mean of the squared scatter.
#
# %%
gas_learn, gas_test = paint_gas(MAPS, seed=71), paint_gas(400, seed=72)


def gas_network(outputs):
    """A convolutional network with periodic edges, from a map (32, 32, 1) to so many numbers for each cell."""
    maps = x = tfk.Input((32, 32, 1))
    for _ in range(3):
        x = tfkl.Conv2D(16, 3, activation="relu")(Periodic()(x))
    return tfk.Model(maps, tfkl.Conv2D(outputs, 1)(x))


tfk.utils.set_random_seed(SEED)
mean_network = gas_network(1)
curve = trained(
    train_step, mean_network, squared_error, GAS_STEPS, 32, 5e-3, gas_learn.matter, gas_learn.gas, seed=SEED
)
painted = ask(mean_network, gas_test.matter, 200)[..., 0].astype(float)
floor = np.mean((gas_test.mean - gas_test.gas) ** 2)
print(f"squared error of the network: {np.mean((painted - gas_test.gas) ** 2):.4f}; its floor: {floor:.4f}")
print(f"variance of the gas: {gas_test.gas.var():.3f}; of what the network paints: {painted.var():.3f}")
show_maps({"matter": gas_test.matter[0], "gas": gas_test.gas[0], "network": painted[0], "true mean": gas_test.mean[0]})
show_figure(
    "Four maps side by side: matter, its gas, what the network with the squared error paints, and the true conditional "
    "mean. The last two look alike, and lack patches that the gas has."
)

# %% [markdown]
# The network is nearly as good as anything can be by the squared error, and what it paints has too little variance. A
# mean is not a draw: no universe looks like it. To know what may happen, learn more than the mean.
#
# ### 5.3 Task 12: `gaussian_nll` (3 points)
#
# Let the network give two numbers for each cell, a mean $\mu$ and the logarithm $\lambda$ of the variance. The loss is
# the negative logarithm of the Gaussian density of the gas $y$ that was seen, averaged over all cells and maps. With
# the variance $v$, that density is $e^{-(y - \mu)^2 / 2v} / \sqrt{2 \pi v}$.
#
# **By hand first.** What is the loss for $y = 3$, $\mu = 1$ and the variance 4? What are its slopes for $\mu$ and for
# $\lambda = \ln v$?
#
# <details><summary>Check</summary>
#
# $\frac12 (\ln 2\pi + \ln 4 + 2^2/4) = \frac12 (1.8379 + 1.3863 + 1) = 2.1121$. The slope for $\mu$ is
# $-(y - \mu)/4 = -0.5$, and for $\lambda$ it is $\frac12 (1 - 1) = 0$: the variance is right.
#
# </details>
#
# - `target`, `mean`, `log_var`: float32 tensors of the same shape, with one axis or more; `log_var` holds numbers from
#   -40 to 40
# - returns a tensor, a number
#
# Gradients for `mean` and `log_var` must pass, so use TensorFlow.
#
# <details><summary>Hint 1</summary>
#
# Write the logarithm with $\lambda$ in place of $v$, by `tf.exp`. The constant has no slope, but the loss has it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.reduce_mean` without an axis averages over all numbers.
#
# </details>
#
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    """The negative log-density in nats of targets under Gaussians with these means and log-variances, as a mean."""
    ### BEGIN SOLUTION: Return the mean over all numbers.
    off = (target - mean) ** 2 * tf.exp(-log_var)
    return 0.5 * tf.reduce_mean(np.log(2 * np.pi) + log_var + off)
    ### END SOLUTION


# %% test="halos-nll" points=3
target, ones, log_var = tf.constant([3.0, 1.0]), tf.ones(2), tf.math.log(tf.constant([4.0, 4.0]))
expect(gaussian_nll(target[:1], ones[:1], log_var[:1]), 2.112086, "gaussian_nll of the example")
expect(gaussian_nll(target, ones, log_var), 1.862086, "gaussian_nll of y = 3 and y = 1", "(2.1121 + 1.6121) / 2")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_nll(gaussian_nll)
### END HIDDEN TESTS

# %% [markdown]
# The loss of a cell is
#
# $$ \frac12 \left( \ln 2\pi + \lambda + (y - \mu)^2 e^{-\lambda} \right) $$
#
# Now train a network with it.
#
# %%
tfk.utils.set_random_seed(SEED)
sample_network = gas_network(2)


def loss_of_law(targets, outputs):
    """Your loss, for outputs (n, 32, 32, 2) with the mean and the logarithm of the variance."""
    return gaussian_nll(targets, outputs[..., :1], outputs[..., 1:])


curve = trained(
    train_step, sample_network, loss_of_law, GAS_STEPS, 32, 5e-3, gas_learn.matter, gas_learn.gas, seed=SEED
)
show_losses({"training loss [nats a cell]": curve})
show_figure("Training loss in nats a cell against the step. It should fall, and be flat at the end.")


def law_for(matter):
    """Mean and standard deviation (n, 32, 32) of the gas that the network expects on maps of matter (n, 32, 32)."""
    outputs = ask(sample_network, matter, 200).astype(float)
    return outputs[..., 0], np.exp(outputs[..., 1] / 2)


learnt_mean, learnt_sd = law_for(gas_test.matter)
off = np.sqrt(np.mean((learnt_mean - gas_test.mean) ** 2) / np.mean(gas_test.sd**2))
print(f"rms difference of your mean from the true one: {off:.3f} of the rms scatter")
parts = np.digitize(gas_test.sd, np.quantile(gas_test.sd, [1 / 3, 2 / 3]))
for number, name in enumerate(("thin", "middle", "dense")):
    true, learnt = (np.sqrt(np.mean(sd[parts == number] ** 2)) for sd in (gas_test.sd, learnt_sd))
    print(f"{name:6} third of the cells: scatter {true:.3f}, learnt {learnt:.3f}")


# %% [markdown]
# ## 6 A mean is not a draw
#
# ### 6.1 Task 13: `spectrum` and `correlated` (7 points)
#
# A cell's law is not yet a map's law. If you draw each cell by itself, you get sand: the scatter of the gas comes in
# patches. How does it hang together? Divide what the network leaves over by the standard deviation that it gives for
# the cell, $u = (y - \mu)/\sigma$ with $\sigma = e^{\lambda/2}$. The *power spectrum* of such maps is
#
# $$ P_{ij} = \frac{1}{h \, w} \, \langle |U_{ij}|^2 \rangle, \qquad U = \mathtt{np.fft.fft2}(u) $$
#
# where the mean $\langle \rangle$ is over maps of $h \times w$ cells. The mean of $P$ over all modes is the mean of
# $u^2$. In reverse: white noise with the variance 1 has $P = 1$ in all its modes. Multiply each mode by a number of its
# own, and transform back: you have drawn a field that hangs together as the scatter does. Which number?
#
# **By hand first.** A map of 1 × 4 cells is $u = (1, -1, 1, -1)$, and its transform $(0, 0, 4, 0)$. What is its $P$?
# White noise, $(1, 0, 0, 0)$ by chance, has the transform $(1, 1, 1, 1)$. By which numbers do you multiply its modes,
# so that noise gets this $P$ on average? Which map comes out?
#
# <details><summary>Check</summary>
#
# $P = 16/4 = 4$ in one mode and 0 in the others, with the mean 1. Power is a square, so the numbers are $(0, 0, 2, 0)$.
# Back from these modes, the map is $(\tfrac12, -\tfrac12, \tfrac12, -\tfrac12)$.
#
# </details>
#
# `spectrum(residuals)`:
#
# - `residuals`: array of shape `(n, h, w)`, in which h and w may differ
# - returns an array of shape `(h, w)`. Subtract nothing
#
# `correlated(white, power)`:
#
# - `white`: array of shape `(n, h, w)`
# - `power`: array of shape `(h, w)`, not negative, such as `spectrum` gives for maps of real numbers
# - returns a real array of shape `(n, h, w)`
#
# There are 3 points for both functions, and 4 when a network has learnt the law.
#
# <details><summary>Hint 1</summary>
#
# `np.fft.fft2` transforms the last two axes, for all maps at once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `.real` of the result: its imaginary part is round-off.
#
# </details>
#
# %% solution="halos-spectrum"
def spectrum(residuals):
    """The mean power (h, w) of the modes of maps (n, h, w); its mean over the modes is the mean square of the maps."""
    ### BEGIN SOLUTION: Return the mean over maps of the squared modes, divided by the number of cells.
    return np.mean(np.abs(np.fft.fft2(residuals)) ** 2, axis=0) / residuals[0].size
    ### END SOLUTION


def correlated(white, power):
    """Fields (n, h, w) with this power (h, w), made from white noise (n, h, w)."""
    ### BEGIN SOLUTION: Multiply the modes of the noise by the root of the power, and transform back.
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
    ### END SOLUTION


# %% test="halos-spectrum" points=3
maps = np.stack([np.tile([1.0, -1.0, 1.0, -1.0], (2, 1)), np.ones((2, 4))])
expected = np.zeros((2, 4))
expected[0, [0, 2]] = 4.0
expect(spectrum(np.array([[[1.0, -1.0, 1.0, -1.0]]])), [[0.0, 0.0, 4.0, 0.0]], "spectrum of the example")
expect(spectrum(maps), expected, "spectrum of rows (1, -1, 1, -1), and of ones", "a mean of (0, 8) and of (8, 0)")
got = correlated(np.array([[[1.0, 0.0, 0.0, 0.0]]]), np.array([[0.0, 0.0, 4.0, 0.0]]))
expect(got, [[[0.5, -0.5, 0.5, -0.5]]], "correlated of the example")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_spectrum(spectrum, correlated)
### END HIDDEN TESTS

# %% [markdown]
# A field with the spectrum $P$ is $\mathtt{ifft2}(\mathtt{fft2}(\varepsilon) \sqrt{P})$, with white noise
# $\varepsilon$.
#
# Measure the spectrum of what is left over on the training maps, and paint gas: mean plus standard deviation times a
# correlated field. The fourth map below draws each cell by itself. The first two variances should agree to a few per
# cent.
#
# %%
learnt = law_for(gas_learn.matter)
noise_power = spectrum((gas_learn.gas - learnt[0]) / learnt[1])


def draw_gas(number, rng):
    """So many draws (number, n, 32, 32) of the gas of all test maps, by the learnt law."""
    white = rng.normal(size=(number, *learnt_mean.shape))
    return np.stack([learnt_mean + learnt_sd * np.asarray(correlated(noise, noise_power)) for noise in white])


rng = np.random.default_rng(SEED + 73)
draws = draw_gas(8, rng)
sand = learnt_mean + learnt_sd * rng.normal(size=learnt_mean.shape)
show_maps({
    "gas": gas_test.gas[0], "draw": draws[0, 0], "another": draws[1, 0], "by cells": sand[0], "mean": learnt_mean[0]
})  # fmt: skip
show_figure(
    "Five maps of gas side by side: the true one, two draws by the learnt law, a draw of each cell by itself, and the "
    "mean. The draws should have patches as the truth has, at other places; the fourth is grainy, the last is smooth."
)
print(f"variance: gas {gas_test.gas.var():.3f}, draws {draws.var():.3f}, mean {learnt_mean.var():.3f}")

# %% [markdown]
# Two tests judge the law on new maps, for 2 points each, by three numbers: the rms difference of your mean from the
# true one, in units of the rms scatter, at most 0.25, and 0.15; the variance of draws in the thin, middle and dense
# third of the cells, too large or too small by a factor of at most 1.25, and 1.15; and the power of draws in four bands
# of wave number, whose edges are 0.20, 0.49, 0.88, 1.47 and 2.26 radians a cell, likewise by at most 1.8, and 1.5. Each
# test asks for all three numbers. With the mean as a draw only the first is right, and both tests fail.
#
# %% test="halos-spectrum" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in sample_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new maps, mean, variance and power of draws are right within the wider limits.
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_draws(sample_network, noise_power, tier=1)
### END HIDDEN TESTS

# %% test="halos-spectrum" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in sample_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new maps, mean, variance and power of draws are right within the narrower limits.
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_draws(sample_network, noise_power, tier=2)
### END HIDDEN TESTS


# %% [markdown]
# ### 6.2 Task 14: `average_of_draws` (2 points)
#
# Somebody averages K draws for the same matter, to have less noise. What is it that becomes less? The gas is a sum of
# two fields, its conditional mean and the scatter around it. They have the powers $P_m$ and $P_s$ and are not
# correlated. The truth is one such sum, and the draws are others with the same mean and a scatter of their own.
#
# By hand, with $P_m = 3$ and $P_s = 1$: one draw has the power 4, as the truth has, and its difference to the truth has
# the power 2, twice the scatter. The average of two draws has the power 3.5, and its difference to the truth 1.5. The
# mean has the power 3, and the difference 1. So a draw has twice the squared error of the mean, and is still the right
# answer if you need mock data.
#
# - `mean_power`, `scatter_power`: numbers or arrays of the same shape, not negative, of whole numbers too
# - `number`: a whole number, at least 1: K
# - returns two of this shape: the expected power of the average of K draws, and that of its difference to the truth
#
# <details><summary>Hint 1</summary>
#
# The variance of a mean of K independent numbers is that of one, divided by K.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In the difference, the mean cancels. Two independent scatters remain, that of the average and that of the truth.
#
# </details>
#
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    """Expected power of the average of so many draws, and of its difference to the truth."""
    ### BEGIN SOLUTION: Return both powers.
    left = scatter_power / number
    return mean_power + left, scatter_power + left
    ### END SOLUTION


# %% test="halos-average" points=2
for number, power, off in ((1, 4.0, 2.0), (2, 3.5, 1.5)):
    expected = {"the power of the average": power, "the power of the difference to the truth": off}
    expect(average_of_draws(3.0, 1.0, number), expected, f"average_of_draws(3, 1, {number})")
### BEGIN HIDDEN TESTS
from graders.checks import halos as checks

checks.check_average(average_of_draws)
### END HIDDEN TESTS

# %% [markdown]
# The right panel divides each power by that of the truth: a draw should lie near 1, the average and the mean below it,
# most of all where waves are short.
#
# %%
centred = {name: maps - gas_test.mean.mean() for name, maps in (
    ("truth", gas_test.gas), ("a draw", draws[0]), ("average of 8 draws", draws.mean(axis=0)), ("mean network", painted)
)}  # fmt: skip
spectra = {name: np.asarray(spectrum(maps)) for name, maps in centred.items()}
show_spectra(spectra)
show_figure(
    "Power against the wave number in radians a cell, both axes logarithmic, and beside it the power over that of the "
    "truth, from 0 on: the truth black, one draw blue, the average of eight draws orange, the network with the "
    "squared error green. The draw should lie near the truth, the other two below it."
)
p_mean, p_scatter = spectrum(gas_test.mean - gas_test.mean.mean()), spectrum(gas_test.gas - gas_test.mean)
for number in (1, 8):
    expected = [np.mean(part) for part in average_of_draws(p_mean, p_scatter, number)]
    average = draws[:number].mean(axis=0)
    found = np.mean((average - gas_test.mean.mean()) ** 2), np.mean((average - gas_test.gas) ** 2)
    print(f"K = {number}: variance {found[0]:.3f}, expected {expected[0]:.3f}; "
          f"squared error {found[1]:.3f}, expected {expected[1]:.3f}")  # fmt: skip

# %% [markdown]
# Here the scatter is a Gaussian field, once it is divided by its standard deviation. So a mean, a scatter and a
# spectrum say all. Real gas is not so simple: then the scatter itself needs a generative model, as those of the
# assignments `vae`, `gan` and `diffusion`, with the matter as a condition. Tröster et
# al. used the first two.
#
# %% [markdown] answer="halos-blind" points=3
# ## 7 What would you believe?
#
# ### 7.1 Question 1: three claims (3 points, by hand)
#
# 1. "Our network says for 91% of the cells rightly whether they will be in a halo." What would you ask for? (1 point.)
# 2. "The Dice coefficient is 1, so the components of our mask have the right mass function." What is wrong? (1 point.)
# 3. "Our network has the lowest squared error of all, so we use what it paints as mock data." What will be wrong with
#    the mock data, and how would you show it? (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: who finds nothing has an accuracy of about 89% where halos fill 11% of the volume. Ask for
# the Dice coefficient (or completeness and purity), and compare with a baseline such as the best cut on the smoothed
# density. The empty answer (or the imbalance) and one better measure are needed.
#
# 1 point for the second: a Dice coefficient of 1 is about cells, not about objects. Halos that touch are one
# component, so there are too few small ones and too many large ones even in the true mask. Balls, peaks or labels of
# objects are needed.
#
# 1 point for the third: the squared error is lowest for the conditional mean, which lacks the scatter: its variance
# and its power are too small, and all that is not linear in the gas, such as the mean of tau, is biased. Show it by
# variance or power spectrum against the truth; a draw is right and has twice the squared error. The lack of scatter
# and one way to show it are needed.
# === END MARK SCHEME ===

# %% [markdown]
# ## 8 What you have learnt
#
# You wrote a simulator of halos, and saw why accuracy says nothing where most cells are empty. You beat the best cut
# with a V-Net that knows no edges, by a loss that is the measure itself. You saw that components are no halos, even in
# a perfect mask. Then you painted gas. The squared error gave the conditional mean, at its floor and with too little
# power. With a learnt scatter and its spectrum you drew maps that have the variance and the power of the truth.
