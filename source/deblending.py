# Galaxies that overlap: masks, light and uncertainty. Built by `course build`; headers: CONTRIBUTING.md.
# %% [markdown]
# # Deblending
#
# Deep images are crowded: galaxies overlap, and whoever measures one measures its neighbour, too. To *deblend* is to
# say which pixels, and how much of their light, belong to which galaxy. It is a task from image to image. Boucaud et
# al. (2020, MNRAS 491, 2481, arXiv:1905.01324) did it with a U-Net, the network of the lecture. In this notebook you
# build one and judge it against a method that learns nothing, and against the best of those that give each pixel one
# owner. Then you ask for more than one answer, where the right answers and their probabilities are known.
#
# **What you will learn**
#
# - to compare masks, also where they are empty, overlap, or have no names;
# - what a transposed convolution is, and what it is not;
# - to build a U-Net whose skips are used, and to train it;
# - why the light of a galaxy is not the light in its mask;
# - which threshold is best, and that it is not always one half;
# - to learn several whole answers and their probabilities, and to know which statistic is blind to what;
# - two parts of a probabilistic U-Net that are easily got wrong: the divergence in its loss, and which of its networks
#   gives the hidden number.
#
# **Time**: about 200 minutes. There are 14 tasks, worth 50 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
from blend_data import ask, dense_on, load_blends, summary_of, trained, watershed
from blend_data import rows_of_blends, show_chances, show_copies, show_losses, show_ratios

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, HEAD_STEPS, BLENDS = {"proof": (2, 2, 32), "laptop": (400, 400, 2000), "gpu": (6000, 3000, 2000)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Two galaxies in one stamp
#
# ### 1.1 The data
#
# The stamps have 32 × 32 pixels and hold two simulated galaxies: one in the centre, and a companion at a distance of 3
# to 12 pixels. Both are discs, seen through a telescope that blurs them, with Gaussian noise. Both have the same range
# of fluxes, so the companion is often the brighter one. All light is in units of the standard deviation of the noise in
# a pixel. As these galaxies are simulated, the light of each is known by itself, without noise. The file
# `blend_data.py` beside this notebook reads them.
#
# %%
learn, test = load_blends()
print(
    f"{len(learn.images)} blends to learn from, {len(test.images)} others, with light of the shape {test.light.shape}"
)
print(f"distances of both centres: {test.distance.min():.1f} to {test.distance.max():.1f} pixels")


# %% [markdown]
# ### 1.2 Task 1: `true_masks` (2 points)
#
# Where is a galaxy? We say: where its own light is above a level, such as 1.5 times the noise. A mask is an array that
# is true there. Galaxies are transparent to each other: a pixel may belong to both.
#
# By hand, in a row of three pixels: the central galaxy has the light $(4, 2, 1)$, the companion $(0, 2, 3)$. With the
# level 1.5 their masks are $(1, 1, 0)$ and $(0, 1, 1)$. Three pixels belong to somebody, and one of them to both, so
# the shared part is 1/3.
#
# - `light`: array of shape `(n, h, w, K)`, not negative: the light of each of K galaxies in n stamps, K at least 1
# - `level`: a number, not negative
# - returns two arrays: masks of shape `(n, h, w, K)`, true where a galaxy has *more* than the level; and of shape
#   `(n,)`, the number of pixels that belong to at least two galaxies, divided by the number of those that belong to at
#   least one. If there are none of these, it is 0
#
# <details><summary>Hint 1</summary>
#
# The sum of the masks over the last axis says how many galaxies own a pixel.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Count both kinds of pixels over the axes 1 and 2. `np.maximum` with 1 keeps the divisor away from 0.
#
# </details>
#
# %% solution="deblending-masks"
def true_masks(light, level):
    """Masks (n, h, w, K) where each light (n, h, w, K) is above a level; the shared part (n,) of the pixels in them."""
    ### BEGIN SOLUTION: Return the masks, and the shared part for each stamp.
    masks = light > level
    owners = masks.sum(axis=3)
    owned, shared = (owners > 0).sum(axis=(1, 2)), (owners > 1).sum(axis=(1, 2))
    return masks, shared / np.maximum(owned, 1)
    ### END SOLUTION


# %% test="deblending-masks" points=2
row = np.array([[4.0, 0.0], [2.0, 2.0], [1.0, 3.0]]).reshape(1, 1, 3, 2)
wanted = {"the masks": [[[[1, 0], [1, 1], [0, 1]]]], "the shared part": [1 / 3]}
expect(true_masks(row, 1.5), wanted, "true_masks of the example")
light = np.array([[3.0, 2.0, 5.0], [2.0, 1.5, 0.0], [0.0, 1.0, 1.5], [0.5, 4.0, 0.0]]).reshape(1, 2, 2, 3)
masks = np.array([[1, 1, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]]).reshape(1, 2, 2, 3)
why = "of four pixels, one belongs to three galaxies, two to one, and one to none"
expect(true_masks(light, 1.5), {"the masks": masks, "the shared part": [1 / 3]}, "true_masks of three galaxies", why)
wanted = {"the masks": 0 * masks, "the shared part": [0.0]}
expect(true_masks(light, 5.0), wanted, "true_masks with the level 5", "no light is above it")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_masks(true_masks)
### END HIDDEN TESTS

# %% [markdown]
# In all the pictures, outlines of the central galaxy are orange and solid, and those of the companion blue and dashed.
#
# %%
learn_masks, test_masks = (np.array(true_masks(part.light, 1.5)[0], dtype=bool) for part in (learn, test))
rows_of_blends(test.images[:8], {"truth": test_masks[:8]})
show_figure(
    "A row of eight blends in grey with the outlines of both true masks: the central galaxy orange and solid, the "
    "companion blue and dashed. Most outlines cross each other."
)


# %% [markdown]
# ## 2 How good is a mask?
#
# ### 2.1 Task 2: `iou_and_dice` (3 points)
#
# Accuracy is no use: most pixels are empty, and who finds no galaxy has an accuracy of 0.92. Two numbers leave the
# empty pixels out. The *intersection over union* (IoU, or Jaccard index) of two masks is the number of pixels in both,
# divided by the number of those in at least one. The *Dice coefficient* is twice the number of pixels in both, divided
# by the sum of both numbers of pixels. Both are 1 for equal masks and 0 for masks without a common pixel. If both masks
# are empty they are equal, so both are 1.
#
# By hand: the masks $(1, 1, 0, 0)$ and $(0, 1, 1, 0)$ have one pixel in common, and three in at least one of them. The
# IoU is 1/3. Each has two pixels, so the Dice coefficient is $2/4$. Which function of the IoU is it, always? You may
# find it helpful.
#
# Take care with types. `True + True` is `True` for arrays of booleans, so a sum that should count 2 counts 1.
#
# - `found`, `truth`: arrays of shape `(n, h, w)` which hold booleans, or whole numbers or floats that are 0 or 1; their
#   types may differ
# - returns two arrays of shape `(n,)`: the IoU and the Dice coefficient of each pair
#
# <details><summary>Hint 1</summary>
#
# A comparison such as `found == 1` has booleans, whatever came in. Then `&` and `|` are what they say.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Only where the union is empty you would divide by 0. `np.where` can give 1 there, with `np.maximum` in the divisor.
#
# </details>
#
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    """IoU (n,) and Dice coefficient (n,) of pairs of masks (n, h, w); both are 1 where both masks are empty."""
    ### BEGIN SOLUTION: Return the IoU and the Dice coefficient of each pair.
    found, truth = found > 0.5, truth > 0.5
    both = np.sum(found & truth, axis=(1, 2))
    either = np.sum(found | truth, axis=(1, 2))
    iou = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    return iou, 2 * iou / (1 + iou)
    ### END SOLUTION


# %% test="deblending-iou" points=3
one = np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]]).reshape(5, 1, 4)
other = np.array([[0, 1, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]).reshape(5, 1, 4)
wanted = {"the IoU": [1 / 3, 1 / 4, 1.0, 0.0, 0.0], "the Dice coefficient": [1 / 2, 2 / 5, 1.0, 0.0, 0.0]}
for kind, other_kind in (("int", "int"), ("float", "bool"), ("bool", "bool")):
    got = iou_and_dice(one.astype(kind), other.astype(other_kind))
    why = "of the third pair both masks are empty, of the last two only one"
    expect(got, wanted, f"iou_and_dice of five pairs, found as {kind} and truth as {other_kind}", why)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_iou(iou_and_dice)
### END HIDDEN TESTS


# %% [markdown]
# Four methods, and what they reach:
#
# - *watershed*: smooths the image by 0.7 pixels. From each pixel that is then above 1.5 it climbs uphill to a peak. The
#   peak nearest to the centre is the central galaxy, the highest other one the companion. What ends at a third peak
#   goes to the nearer of the two. It learns nothing;
# - *all the light*: each pixel above 1.5 in the smoothed image, for both galaxies;
# - *by brightness*: knows the true masks, and gives a shared pixel to the galaxy with more light in it;
# - *best partition*: knows them too, and gives a shared pixel to the galaxy whose mask is smaller.
#
# Why is the last one the best? To a mask of $m$ pixels, each of its pixels that is found adds $1/m$ of IoU, and a wrong
# pixel only lowers it. So no method that lets each pixel have one owner has a larger mean IoU of both galaxies.
#
# Close pairs, with less than 6 pixels between the centres, are also shown by themselves: a mean over all would hide
# them.
#
# %%
def iou_of(found, truth):
    """Your IoU, for each channel of masks (n, h, w, K): (n, K)."""
    return np.stack([np.asarray(iou_and_dice(found[..., k], truth[..., k])[0]) for k in range(truth.shape[3])], axis=1)


def partition(first):
    """True masks whose shared pixels go to the central galaxy where `first` is true, and else to the companion."""
    return test_masks & (np.concatenate([first, ~first], axis=3) | ~test_masks.all(axis=3, keepdims=True))


close, area = test.distance < 6, test_masks.sum(axis=(1, 2), keepdims=True)
found = np.array([watershed(image) for image in test.images])
methods = {
    "all the light": np.repeat(found.any(axis=3, keepdims=True), 2, axis=3),
    "watershed": found,
    "by brightness": partition(test.light[..., :1] >= test.light[..., 1:]),
    "best partition": partition(area[..., :1] < area[..., 1:]),
}


def show_iou(names):
    """Prints the mean IoU of some methods, by channel, for all and for close pairs."""
    print(f"{'mean IoU':16} {'central':>9} {'companion':>10}    {'close: central':>14} {'companion':>10}")
    for name in names:
        values = iou_of(methods[name], test_masks)
        (a, b), (c, d) = values.mean(axis=0), values[close].mean(axis=0)
        print(f"{name:16} {a:9.3f} {b:10.3f}    {c:14.3f} {d:10.3f}")


show_iou(methods)
missed = ~(found & test_masks)[..., 1].any(axis=(1, 2))  # no pixel in common with the true mask, or nothing found
print(f"companion missed by the watershed: {missed.mean():.0%} of all pairs, {missed[close].mean():.0%} of close ones")


# %% [markdown]
# ### 2.2 Task 3: `best_match` (3 points)
#
# The watershed says itself which peak is the central galaxy. Other methods return a list of masks in any order. Then
# compare with the truth in all orders, and take the best one.
#
# By hand, with four pixels in a row: the truth is $A = (1, 1, 0, 0)$ and $B = (0, 0, 1, 1)$. Found are
# $X = (0, 0, 1, 0)$ and $Y = (1, 1, 1, 0)$. In this order the IoU are 0 and 1/4. The other way round, $Y$ for $A$ and
# $X$ for $B$, they are 2/3 and 1/2. Their sum is larger, so the order is $(1, 0)$: the found mask 1 belongs to the true
# mask 0.
#
# - `found`, `truth`: arrays of shape `(K, h, w)` of masks, as many in the one as in the other, K from 1 to 5. As in
#   all tasks, masks may hold booleans, or whole numbers or floats that are 0 or 1
# - returns two arrays of shape `(K,)`: the order, such that the found mask `order[k]` belongs to the true mask `k`,
#   with the largest possible sum of all IoU; and the IoU of each true mask in this order. If several orders are equally
#   good, any of them will do. Each found mask belongs to one true mask
#
# <details><summary>Hint 1</summary>
#
# `itertools.permutations(range(K))` has all the orders. There are at most 120.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Compute the IoU of each true mask with each found one first, as a table of K × K. An order then takes one number from
# each row, each from another column.
#
# </details>
#
# %% solution="deblending-match"
def best_match(found, truth):
    """Order (K,) of found masks (K, h, w) that fits true masks (K, h, w) best, and the IoU (K,) in this order."""
    ### BEGIN SOLUTION: Try all the orders, and return the one with the largest sum of IoU, and these.
    import itertools

    table = np.array([[iou_and_dice(one[None], other[None])[0][0] for one in found] for other in truth])
    rows = np.arange(len(truth))
    best = max(itertools.permutations(rows), key=lambda order: table[rows, order].sum())
    return best, table[rows, best]
    ### END SOLUTION


# %% test="deblending-match" points=3
names, two = ("the order", "the IoU"), np.array([[1, 1, 0, 0], [0, 0, 1, 1]]).reshape(2, 1, 4)
got = best_match(np.array([[0, 0, 1, 0], [1, 1, 1, 0]]).reshape(2, 1, 4), two)
expect(got, dict(zip(names, ([1, 0], [2 / 3, 1 / 2]), strict=True)), "best_match of the example")
three = np.array([[1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 1, 1]]).reshape(3, 1, 7)
masks = np.array([[0, 0, 0, 0, 0, 1, 1], [0, 1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1, 0]]).reshape(3, 1, 7)
why = "the found mask order[k] belongs to the true mask k, and the IoU are in the order of the true masks"
wanted = dict(zip(names, ([1, 2, 0], [2 / 5, 1 / 3, 1.0]), strict=True))
expect(best_match(masks, three), wanted, "best_match of three masks", why)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_match(best_match)
### END HIDDEN TESTS

# %%
swapped, matched = 0, []
for found, truth in zip(methods["watershed"], test_masks, strict=True):
    order, iou = best_match(np.moveaxis(found, 2, 0), np.moveaxis(truth, 2, 0))
    swapped += int(np.asarray(order)[0] == 1)
    matched.append(np.mean(iou))
print(f"watershed: mean IoU {iou_of(methods['watershed'], test_masks).mean():.3f} with its own names")
print(f"           mean IoU {np.mean(matched):.3f} in the best order, which swaps {swapped} of {len(matched)} pairs")

# %% [markdown]
# The best order is chosen with the truth. So it can only raise the IoU: who takes one galaxy for the other loses
# nothing.


# %% [markdown]
# ## 3 From image to image
#
# ### 3.1 A U-Net
#
# ![A U-Net. On the left, three levels going down: each has a block of two convolutions, and then halves the image by
# pooling. At the bottom one more block. On the right, three levels going up: each doubles the image by a transposed
# convolution, puts beside it what the left side had at this level, by an arrow across called skip, and has a block of
# two convolutions. At the end a one by one convolution gives two masks.](attachment:unet.png)
#
# To say which galaxy a pixel belongs to, a network must see far: where the centres are. It must also keep every pixel
# in its place. On the way down, pooling makes the image smaller, so that the same kernels see further. On the way up,
# the image becomes large again, and at each level the *skip* brings back the details that pooling lost (Ronneberger et
# al. 2015, arXiv:1505.04597). How do you make an image larger, with weights that are learnt?
#
# ### 3.2 Task 4: `transposed_convolution` (3 points)
#
# A convolution with a stride, whose kernel is not flipped, as in networks, is linear. So there is a matrix $A$ with
# $c = A x$, if you write image and result as columns. A *transposed convolution* is the product with $A^\top$.
#
# By hand, in one dimension: the kernel $(1, 2, 3)$ with the stride 2 and without padding takes five pixels to two,
#
# $$ A = \begin{pmatrix} 1 & 2 & 3 & 0 & 0 \\ 0 & 0 & 1 & 2 & 3 \end{pmatrix} $$
#
# So $A^\top$ takes $y = (1, 10)$ to $(1, 2, 13, 20, 30)$. Each number of $y$ puts down a copy of the kernel, times
# itself. The copies are a stride apart, and where they overlap, they add. The convolution of that is $(44, 143)$, not
# $(1, 10)$: the transposed convolution gets back the shape, not the values. It is no inverse. It is the *adjoint*:
# $\langle A x, y \rangle = \langle x, A^\top y \rangle$ for all $x$ and $y$, where $\langle a, b \rangle$ is the sum of
# products $\sum_i a_i b_i$.
#
# In two dimensions, the convolution is $c_{ij} = \sum_{ab} \kappa_{ab} \, x_{si + a, \, sj + b}$, with the
# kernel $\kappa$ and the stride $s$.
#
# - `y`: array of shape `(m, n)`, at least 1 × 1; it may hold whole numbers
# - `kernel`: array of shape `(k, l)`, not always square; it may hold whole numbers, too
# - `stride`: a whole number, at least 1, the same along both axes. It may be larger than the kernel
# - `shape`: the shape `(h, w)` of the image $x$, such that its convolution has the shape of `y`. Some of the last rows
#   and columns may have been left out by the stride: nothing comes back to them
# - returns an array of shape `(h, w)`
#
# <details><summary>Hint 1</summary>
#
# Start with `np.zeros(shape)`, and loop over the numbers of `y`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The copy of `y[i, j]` begins at the row `stride * i` and ends before the row `stride * i + k`. Columns likewise.
#
# </details>
#
# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    """The adjoint of a convolution without padding: y (m, n) -> an image of this shape (h, w)."""
    ### BEGIN SOLUTION: Put down a copy of the kernel for each number of y, and add them up.
    rows, columns = kernel.shape
    image = np.zeros(shape)
    for i, row in enumerate(y):
        for j, value in enumerate(row):
            image[stride * i : stride * i + rows, stride * j : stride * j + columns] += value * kernel
    return image
    ### END SOLUTION


# %% test="deblending-transposed" points=3
y, kernel = np.array([[1.0, 10.0]]), np.array([[1.0, 2.0, 3.0]])
name = "transposed_convolution of the example"
expect(transposed_convolution(y, kernel, 2, (1, 5)), [[1.0, 2.0, 13.0, 20.0, 30.0]], name)
got = transposed_convolution(y, kernel, 2, (1, 6))
expect(got, [[1.0, 2.0, 13.0, 20.0, 30.0, 0.0]], f"{name} to the shape (1, 6)", "nothing comes back to the last column")
got = transposed_convolution(np.array([[1], [3]]), np.array([[0.5, 0.25]]), 2, (3, 2))
expect(got, [[0.5, 0.25], [0.0, 0.0], [1.5, 0.75]], "transposed_convolution of [[1], [3]]", "whole numbers in two rows")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_transposed(transposed_convolution)
### END HIDDEN TESTS

# %% [markdown]
# A constant image of ones, made larger by kernels of ones: where the kernel size is no multiple of the stride, pixels
# get different numbers of copies. Networks show such *checkerboards* too (Odena et al. 2016, Distill). A U-Net takes
# kernels of 2 × 2 with the stride 2, whose copies do not overlap. In each panel, black is no copy and white the largest
# number. The titles count away from the edge, where copies are missing.
#
# %%
enlarged = {}
for size in (2, 3, 4, 5):
    shape = (2 * 5 + size, 2 * 5 + size)
    enlarged[size] = np.asarray(transposed_convolution(np.ones((6, 6)), np.ones((size, size)), 2, shape))
show_copies(enlarged)
show_figure(
    "Four images in grey, from an image of ones by your transposed convolution with the stride 2 and kernels of ones, "
    "of 2, 3, 4 and 5 pixels a side. Away from the edge, even kernels should give a flat image, and odd ones a "
    "checkerboard."
)


# %% [markdown]
# ### 3.3 Task 5: `up_block` (2 points)
#
# A block of two convolutions is given: each is followed by batch normalisation and ReLU. It keeps the size of the
# image.
#
# %%
def conv_block(x, filters):
    """Two convolutions of 3 x 3, each with batch normalisation and ReLU: (n, h, w, c) -> (n, h, w, filters)."""
    for _ in range(2):
        x = tfkl.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
    return x


# %% [markdown]
# One level of the way up has three parts: a transposed convolution of 2 × 2 with the stride 2 and with `filters`
# filters and their biases doubles the image; the result and the skip are concatenated along the channels; a
# `conv_block` with `filters` filters follows. A ResNet would add the skip. A U-Net concatenates it: so the skip may
# have another number of channels, and the network learns what to do with it.
#
# By hand: `x` has the shape `(8, 8, 48)`, the skip `(16, 16, 24)`, and `filters` is 24. The transposed convolution has
# $(2 \cdot 2 \cdot 48 + 1) \cdot 24 = 4632$ parameters and gives `(16, 16, 24)`. With the skip that is `(16, 16, 48)`.
# The block has $9 \cdot 48 \cdot 24 + 9 \cdot 24 \cdot 24 + 2 \cdot 4 \cdot 24 = 15744$, so there are 20376 in all.
# Here each batch normalisation counts with 4 numbers a channel; two of them, the moving mean and variance, are not
# trained.
#
# - `x`: a Keras tensor of shape `(None, h, w, c)`, such as `tfk.Input` gives
# - `skip`: a Keras tensor of shape `(None, 2 h, 2 w, d)`
# - `filters`: a whole number
# - returns a Keras tensor of shape `(None, 2 h, 2 w, filters)`
#
# Do not change `conv_block`, and add nothing. The tests put in weights of their own, look at what each pixel does, and
# compare with these three parts. Either input of the concatenation may come first.
#
# <details><summary>Hint 1</summary>
#
# `tfkl.Conv2DTranspose(filters, 2, strides=2)` is a layer. Layers are called with what comes before.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tfkl.Concatenate()` takes a list.
#
# </details>
#
# %% solution="deblending-up"
def up_block(x, skip, filters):
    """One level of the way up: x (n, h, w, c) and skip (n, 2h, 2w, d) -> (n, 2h, 2w, filters)."""
    ### BEGIN SOLUTION: Double the image, put the skip beside it, and return a block of both.
    x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
    return conv_block(tfkl.Concatenate()([x, skip]), filters)
    ### END SOLUTION


# %%
def example_of_up():
    """A model of your up_block: 24 filters, (8, 8, 48) from below and a skip of (16, 16, 24)."""
    below, beside = tfk.Input((8, 8, 48)), tfk.Input((16, 16, 24))
    return tfk.Model([below, beside], up_block(below, beside, 24))


# %% test="deblending-up" points=2
model = example_of_up()
expect(model.output_shape[1:], [16, 16, 24], "the shape of up_block of the example, without the batch")
why = "4632 of the transposed convolution, and 15744 of the block, whose input has 24 + 24 channels"
expect(model.count_params(), 20376, "the number of parameters of up_block of the example", why)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_up(up_block)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.4 Task 6: `unet` (4 points)
#
# Now all levels. `widths` has the number of filters at each, the bottom last. At each level but the bottom: a
# `conv_block`, whose output is the skip of this level, and then max pooling of 2 × 2. At the bottom a `conv_block`.
# Then up, with an `up_block` at each level, which gets the skip of its own level and its number of filters. The U-Net
# of the picture has four widths, and so three levels with skips.
#
# By hand: for `widths = (4, 6)` and images with one channel, the two blocks on the way down and at the bottom have 212
# and 588 parameters, and the transposed convolution has 100. The block on the way up has 464: its input has 8 channels,
# 4 from below and 4 from the skip. That makes 1364. With the widths `(4, 6, 8)` there are 3654.
#
# - `x`: a Keras tensor of shape `(None, s, s, c)`
# - `widths`: a tuple or list of at least two whole numbers, of which some may be equal. The side `s` can be halved at
#   each level but the bottom
# - returns a Keras tensor of shape `(None, s, s, widths[0])`: the *features* of each pixel, the numbers from which the
#   masks will be made. Nothing else is added
#
# <details><summary>Hint 1</summary>
#
# A loop over `widths[:-1]` goes down. Keep the skips in a list. `tfkl.MaxPooling2D()` halves.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# On the way up, widths and skips come in reverse. The method `pop` of a list takes its last item.
#
# </details>
#
# %% solution="deblending-unet"
def unet(x, widths):
    """Features (n, s, s, widths[0]) of images (n, s, s, c), by a U-Net with these numbers of filters, bottom last."""
    ### BEGIN SOLUTION: Go down and keep the skips, pass the bottom, and go up with a skip at each level.
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = up_block(x, skips.pop(), filters)
    return x
    ### END SOLUTION


# %%
def example_of_unet(widths):
    """A model of your unet with some widths, for images of (16, 16, 1)."""
    images = tfk.Input((16, 16, 1))
    return tfk.Model(images, unet(images, widths))


# %% test="deblending-unet" points=4
for widths, parameters in (((4, 6), 1364), ((4, 6, 8), 3654)):
    model, name = example_of_unet(widths), f"unet with the widths {widths}"
    expect(model.output_shape[1:], [16, 16, 4], f"the shape of {name}, without the batch")
    expect(model.count_params(), parameters, f"the number of parameters of {name}")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_unet(unet)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.5 Task 7: `train_step` (9 points)
#
# The network ends with a convolution of 1 × 1 that gives two numbers $\ell$ for each pixel, one for each galaxy. They
# are *logits*: the probability that the pixel is in the mask is $p = 1 / (1 + e^{-\ell})$. For each galaxy a sigmoid,
# not one softmax for both: a pixel may belong to both or to nobody. The loss is the binary cross-entropy of the
# lecture, the mean over all blends, pixels and channels of $-t \ln p - (1 - t) \ln (1 - p)$, where $t$ is 1 in the true
# mask and 0 outside. As the logarithm is natural, it is in *nats*.
#
# By hand: one pixel, two channels, truth $(1, 0)$. A network whose weights are 0, and whose biases are
# $\ln 3 = 1.0986$, says ¾ to both. Its loss is $\frac12 (\ln \frac43 + \ln 4) = 0.8370$. The slope for a logit is
# $p - t$, divided by the 2 numbers in the mean: $(-\frac18, \frac38)$. So a descent with the rate 1 takes the biases to
# $(1.2236, 0.7236)$.
#
# A logit may be far from 0, by thousands. At $-200$ for a true pixel the loss is 200, though $p$ is 0 in single
# precision.
#
# - `network`: a Keras model that gives logits. Only its `trainable_variables` move by the optimiser. Batch
#   normalisation must know that it trains: `training=True`
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `images`: float32 tensor of shape `(n, h, w, c)`
# - `masks`: float32 tensor of shape `(n, h, w, K)` of 0 and 1, which is also the shape of the logits, with K at least 1
# - returns the loss *before* the step, as a tensor
#
# The notebook compiles your function, so use TensorFlow. There are 3 points for the step, and 6 when it trains your
# U-Net.
#
# <details><summary>Hint 1</summary>
#
# `tf.nn.sigmoid_cross_entropy_with_logits(labels=..., logits=...)` has the loss of each number, at any size.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The network and the loss belong inside a `tf.GradientTape`. After it come the gradient and the optimiser.
#
# </details>
#
# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    """Moves a network that gives logits of masks by one step; returns its binary cross-entropy before the step."""
    ### BEGIN SOLUTION: Take the gradient of the mean cross-entropy, apply it, and return the loss.
    with tf.GradientTape() as tape:
        logits = network(images, training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=logits))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return loss
    ### END SOLUTION


# %%
def silent(*biases):
    """A network for one pixel whose two logits are its biases, and a plain descent with the rate 1."""
    model = tfk.Sequential([tfk.Input((1, 1, 1)), tfkl.Conv2D(2, 1)])
    model.set_weights([np.zeros((1, 1, 1, 2)), np.array(biases)])
    return model, tfk.optimizers.SGD(1.0)


def normed():
    """A network for one pixel that only normalises two channels, and a plain descent with the rate 1."""
    return tfk.Sequential([tfk.Input((1, 1, 2)), tfkl.BatchNormalization(momentum=0.5)]), tfk.optimizers.SGD(1.0)


# %% test="deblending-step" points=3
black, truth = tf.zeros((1, 1, 1, 1)), tf.reshape(tf.constant([1.0, 0.0]), (1, 1, 1, 2))
model, plain = silent(np.log(3.0), np.log(3.0))
expect(train_step(model, plain, black, truth), 0.836988, "train_step of the example", "the loss before the step")
biases = model.get_weights()[1]
expect(biases, [1.223612, 0.723612], "the biases after the step", "both are 1.098612 before it")
model, plain = silent(-200.0, 0.0)
got = train_step(model, plain, black, truth)
expect(got, 100.346574, "train_step of the logits -200 and 0", "the mean of 200 and ln 2")
(model, plain), images = normed(), tf.reshape(tf.constant([0.0, 4.0, 2.0, 8.0]), (2, 1, 1, 2))
train_step(model, plain, images, tf.zeros((2, 1, 1, 2)))
why = "halfway from 0 to the means of this batch: batch normalisation must know that it trains"
expect(model.get_weights()[2], [0.5, 3.0], "the moving means of batch normalisation after a step", why)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_step(train_step)
### END HIDDEN TESTS

# %% [markdown]
# Galaxies are bright and faint, so the network gets $\mathrm{arcsinh}(I/2)$ of the image $I$. Each batch is turned to
# one of the eight positions of a square. The training takes about half a minute on a laptop. The rate of Adam falls to
# 0 along a cosine, so the loss ends flat, but for its scatter from batch to batch.
#
# %%
WIDTHS = (12, 24, 48, 48)


def to_input(images):
    """Images (n, 32, 32) in units of the noise -> what the network gets, (n, 32, 32, 1)."""
    return np.arcsinh(images / 2)[..., None].astype("float32")


tfk.utils.set_random_seed(SEED)
inputs = tfk.Input((32, 32, 1))
body = tfk.Model(inputs, unet(inputs, WIDTHS))
network = tfk.Model(inputs, tfkl.Conv2D(2, 1)(body.output))
learn_input = to_input(learn.images[:BLENDS])
curve = trained(
    lambda optimizer, *batch: train_step(network, optimizer, *batch),
    [network], STEPS, 16, 6e-3, learn_input, learn_masks[:BLENDS], seed=SEED, turn=True,
)  # fmt: skip
show_losses({f"U-Net with {network.count_params()} parameters": curve})
show_figure("Training loss, on a logarithmic axis, against the step. It should fall, and be flat at the end.")

# %% [markdown]
# The partition by brightness cuts a pair along a line. Look whether the outlines of your U-Net cross as those of the
# truth do. Above each pair stands the distance of the centres. Where there is no blue outline, no companion was found;
# where it lies elsewhere than that of the truth, it is no companion either. Specks in the watershed's row are noise.
#
# %%
methods["U-Net"] = ask(network, to_input(test.images)) > 0
show_iou(methods)
order = np.argsort(test.distance)[[5, 40, 80, 120, 160, 240, 320, 390]]
shown = {name: methods[name][order] for name in ("watershed", "by brightness", "best partition", "U-Net")}
titles = [f"{distance:.1f} pixels" for distance in test.distance[order]]
rows_of_blends(test.images[order], shown | {"truth": test_masks[order]}, titles)
show_figure(
    "Five rows of eight blends in grey, from close to wide pairs, with outlines of the central galaxies in orange and "
    "of the companions in blue: watershed, partition by brightness, best partition, U-Net, truth. Look whether the "
    "outlines of the U-Net cross as those of the truth do."
)

# %% [markdown]
# For close pairs, a network that sees noise comes about as far as the best partition, which knows the truth; over all
# pairs it stays below. On 600 new blends the best partition has a mean IoU of 0.919, and 0.843 for the companions of
# close pairs. One right U-Net, trained from 20 seeds, has 0.874 and 0.842 on average, with standard deviations of 0.007
# and 0.011.
#
# Three tests judge your network on 600 blends that are in no release, for 2 points each. The mean IoU of both channels
# must be at least 0.75, 0.80 and 0.84; and that of the companions of close pairs at least 0.65, 0.73 and 0.78. A mean
# above 0.95 fails, too: noise makes the edge of a mask uncertain.
#
# %% test="deblending-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the mean IoU is at least 0.75, and that of companions of close pairs at least 0.65.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_segmentation(network, tier=1)
### END HIDDEN TESTS

# %% test="deblending-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the mean IoU is at least 0.80, and that of companions of close pairs at least 0.73.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_segmentation(network, tier=2)
### END HIDDEN TESTS

# %% test="deblending-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the mean IoU is at least 0.84, and that of companions of close pairs at least 0.78.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_segmentation(network, tier=3)
### END HIDDEN TESTS


# %% [markdown]
# ## 4 Whose light is it?
#
# ### 4.1 Task 8: `fluxes` (5 points)
#
# The flux of a galaxy is all its light. The light in its mask is something else: it has light of the neighbour in it,
# and lacks what lies outside. Suppose you know what to expect in a pixel, so much from one galaxy and so much from the
# other. Then share what was *seen* there, noise included, in proportion to what was expected. The sum of a galaxy's
# shares over all pixels is its flux.
#
# **By hand first.** In two pixels, $(10, 8)$ are seen; expected are $(6, 1)$ from the central galaxy, and $(3, 3)$ from
# the companion. Which part of the first pixel belongs to the central galaxy, and which part of the second? What are
# both fluxes?
#
# <details><summary>Check</summary>
#
# The central galaxy gets 2/3 of the first pixel and 1/4 of the second, so its flux is $6.67 + 2 = 8.67$. The companion
# gets $3.33 + 6 = 9.33$. Both together have all that was seen, 18.
#
# </details>
#
# - `images`: array of floats of shape `(n, h, w)`: what was seen, with noise, so that numbers may be negative
# - `expected`: array of floats of shape `(n, h, w, K)`, not negative: the light expected from each of K galaxies, K at
#   least 1, in any unit. In a pixel where nothing is expected, nobody gets a share
# - returns an array of shape `(n, K)`
#
# There are 3 points for the function, and 2 when a network has learnt the shares.
#
# <details><summary>Hint 1</summary>
#
# `expected.sum(axis=-1, keepdims=True)` is the divisor. Where it is 0, divide by 1 instead.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The unit of `expected` may be tiny, so do not add a small number to the divisor.
#
# </details>
#
# %% solution="deblending-fluxes"
def fluxes(images, expected):
    """Fluxes (n, K): what was seen in images (n, h, w), shared as the expected light (n, h, w, K) is."""
    ### BEGIN SOLUTION: Return the sum over pixels of what was seen, times the share of each galaxy.
    total = expected.sum(axis=-1, keepdims=True)
    share = expected / np.where(total > 0, total, 1.0)
    return np.sum(images[..., None] * share, axis=(1, 2))
    ### END SOLUTION


# %% test="deblending-fluxes" points=3
seen, expected = np.array([10.0, 8.0]).reshape(1, 1, 2), np.array([[6.0, 3.0], [1.0, 3.0]]).reshape(1, 1, 2, 2)
expect(fluxes(seen, expected), [[26 / 3, 28 / 3]], "fluxes of the example")
got = fluxes(seen, np.array([[6.0, 3.0], [0.0, 0.0]]).reshape(1, 1, 2, 2))
expect(got, [[20 / 3, 10 / 3]], "fluxes with nothing expected in the second pixel", "there, nobody gets a share")
why = "the unit does not matter, and what was seen may be negative"
got = fluxes(seen - [12.0, 0.0], 1e-12 * expected)
expect(got, [[2 / 3, 16 / 3]], "fluxes of (-2, 8), with the example's shares in a tiny unit", why)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_fluxes(fluxes)
### END HIDDEN TESTS

# %% [markdown]
# If $s_k$ is expected from galaxy $k$, its share of the pixel is $s_k / \sum_j s_j$.
#
# Can a network learn the shares? Yours has 12 features of each pixel, which tell the galaxies apart. So keep it as it
# is, as in the transfer learning of the notebook `training`, and learn one more convolution of 1 × 1: two logits, whose
# softmax are the shares. The loss is the squared error of the shares, times the light in the pixel.
#
# %%
features = ask(body, learn_input)
share_head = tfk.Sequential([tfk.Input((32, 32, WIDTHS[0])), tfkl.Conv2D(2, 1)])
share_head.set_weights(network.layers[-1].get_weights())
share_network = tfk.Model(inputs, share_head(body.output))  # from image to logits of shares


def share_step(optimizer, features, light):
    """Moves the shares by one step; returns the loss."""
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(light, axis=3, keepdims=True)
        off = tf.nn.softmax(share_head(features)) - tf.math.divide_no_nan(light, total)
        loss = tf.reduce_mean(tf.reduce_sum(total * off**2, axis=(1, 2, 3)))
    optimizer.apply(tape.gradient(loss, share_head.trainable_variables), share_head.trainable_variables)
    return loss


curve = trained(share_step, [share_head], HEAD_STEPS, 32, 2e-2, features, learn.light[:BLENDS], seed=SEED)
shares = np.asarray(tf.nn.softmax(ask(share_network, to_input(test.images))))
exact = test.light.sum(axis=(1, 2))
answers = {
    "light in the watershed's masks": (methods["watershed"] * test.images[..., None]).sum(axis=(1, 2)),
    "light in the U-Net's masks": (methods["U-Net"] * test.images[..., None]).sum(axis=(1, 2)),
    "light in the true masks": (test_masks * test.images[..., None]).sum(axis=(1, 2)),
    "learnt shares": np.asarray(fluxes(test.images, shares)),
    "true shares": np.asarray(fluxes(test.images, test.light)),
}
shown = {name: answers[name] / exact for name in ("light in the true masks", "learnt shares")}
show_ratios(shown, exact / exact[:, ::-1], close)
show_figure(
    "Two panels of measured over true flux, from 0 to 3, against the flux divided by the neighbour's, logarithmic from "
    "1/8 to 8: by the light in the true masks, and by learnt shares. Galaxies of close pairs are filled and orange, "
    "those of wide pairs open and blue, with a line at 1."
)
for name, found in answers.items():
    errors = 100 * np.abs(found / exact - 1)
    print(f"{name:31} median error {np.median(errors):4.1f}%, of close pairs {np.median(errors[close]):4.1f}%")

# %% [markdown]
# Even the true masks give wrong fluxes, and over all pairs none of the three kinds of masks is much better: a mask
# cuts, whoever draws it, and shares do not. In a close pair most have too much light in their masks, as the neighbour's
# is there. In a wide pair most have too little, as some lies outside of the mask. Both are worst for the fainter
# galaxy.
#
# Why are the errors with true shares smaller for close pairs? In units of the noise of a pixel, the noise of a flux is
# the root of the sum of its squared shares, and a pixel shared in halves counts ¼ for each. Its median is 11.9 for
# close pairs and 14.0 for wide ones.
#
# A test judges the learnt shares on 600 new blends: the median error over all pairs must be at most 8%, and not below
# 1.2%: with the true shares, the noise alone makes 1.5%.
#
# %% test="deblending-fluxes" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in share_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the median error of the flux by learnt shares is at most 8%.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_shares(share_network)
### END HIDDEN TESTS


# %% [markdown]
# ## 5 More than one right answer
#
# ### 5.1 Task 9: `best_threshold` (3 points)
#
# The network gives probabilities, and we cut them at one half, where the logit is 0. Is that best? For the number of
# wrong pixels it is. For the IoU it depends on which pixels are in a mask together. Where all the possible masks and
# their probabilities are known, you can enumerate.
#
# By hand: three pixels. The galaxy is in one of them, in each with the probability 1/3, so each pixel has the
# probability 1/3. The threshold ½ finds nothing, and the IoU is 0. With the threshold 1/3 you find all three, and the
# IoU is 1/3, whichever it is. Another case: the mask is $(1, 0, 0)$ with the probability ¾ and $(1, 1, 1)$ with ¼. With
# the threshold ½ you find the first pixel, and expect the IoU $\frac34 \cdot 1 + \frac14 \cdot \frac13 = 0.833$. With
# the threshold ¼ you find all, and expect $\frac34 \cdot \frac13 + \frac14 = 0.5$.
#
# - `masks`: array of shape `(M, h, w)`: all the masks that may be right. Some or all may be empty, or occur
#   twice
# - `probabilities`: array of shape `(M,)`, not negative, with the sum 1
# - returns two numbers: a threshold $t$, with $0 < t \leq 1$, such that finding all pixels with a probability of *at
#   least* $t$ has the largest possible expectation of the IoU; and this expectation. As before, the IoU of two empty
#   masks is 1. Any best threshold will do: it need not be the probability of a pixel. If rounding makes $t$ too large
#   by up to $10^{-9}$, also above 1, this does no harm
#
# <details><summary>Hint 1</summary>
#
# The probability of each pixel is the sum of the probabilities of those masks that have it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What is found changes only where $t$ passes the probability of a pixel. So try these, if they are not 0, and 1.
#
# </details>
#
# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    """The threshold on pixel probabilities with the largest expected IoU, given masks (M, h, w); and that IoU."""
    ### BEGIN SOLUTION: Try each threshold that makes a difference; return the best and its expected IoU.
    pixels = np.tensordot(probabilities, masks, axes=1)
    tried = [t for t in [1.0, *pixels.ravel()] if t > 0]
    expected = []
    for t in tried:
        found = np.repeat((pixels >= t)[None], len(masks), axis=0)
        expected.append(np.sum(probabilities * iou_and_dice(found, masks)[0]))
    best = np.argmax(expected)
    return tried[best], expected[best]
    ### END SOLUTION


# %% test="deblending-threshold" points=3
cases = (
    ("two masks", [[1, 0, 0], [1, 1, 1]], [0.75, 0.25], [1, 0, 0], 5 / 6),
    ("three masks", [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], [1 / 3, 1 / 3, 1 / 3], [1, 1, 1, 0], 1 / 3),
    ("three masks, one a bit likelier", np.eye(3, dtype=int), [0.3337, 0.3333, 0.333], [1, 0, 0], 0.3337),
)
for name, masks, probabilities, wanted, expected in cases:
    masks, probabilities = np.array(masks), np.array(probabilities)
    got = best_threshold(masks[:, None], probabilities)
    expect(got, {"the threshold": ..., "the expected IoU": expected}, f"best_threshold of {name}")
    pixels = probabilities @ masks + 1e-9
    expect(pixels >= np.asarray(got[0]), np.array(wanted), f"of {name}, what the threshold {float(got[0]):.6g} finds")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_threshold(best_threshold)
### END HIDDEN TESTS


# %% [markdown]
# Which threshold is best for your U-Net? Your function cannot tell: it needs all the possible masks, and a U-Net gives
# pixel probabilities alone. But the mean IoU with the true masks tells. It is flat near one half, so the cells below go
# on to cut there.
#
# %%
chances = tf.sigmoid(ask(network, to_input(test.images))).numpy()
for t in (0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9):
    print(f"threshold {t}: mean IoU {iou_of(chances >= t, test_masks).mean():.3f}")


# %% [markdown]
# ### 5.2 Two kinds of observers
#
# Where does a galaxy end? People who draw masks do not agree (Kohl et al. 2018, arXiv:1806.05034, on medical images).
# Here is a world, made up, in which we know how they differ. An observer is either *cautious*, and draws both galaxies
# where they have more than 5 times the noise; or *generous*, with more than once the noise. With the fluxes $F_1$ of
# the central galaxy and $F_2$ of the companion, an observer is cautious with the probability
#
# $$ p = \frac{F_2^3}{F_1^3 + F_2^3} $$
#
# Each blend of the training set has been drawn by one observer. A good answer is now a *law*: which masks, with which
# probabilities.
#
# %%
def cautious_probability(light):
    """The probability (n,) that an observer of blends (n, 32, 32, 2) is cautious."""
    flux = light.sum(axis=(1, 2))
    return flux[:, 1] ** 3 / (flux**3).sum(axis=1)


def both_kinds(light):
    """Masks of a cautious and of a generous observer: (n, 2, 32, 32, 2)."""
    return np.stack([np.asarray(true_masks(light, level)[0]) for level in (5.0, 1.0)], axis=1)


p_test, kinds_test = cautious_probability(test.light), both_kinds(test.light)
is_generous = np.random.default_rng(51).uniform(size=BLENDS) >= cautious_probability(learn.light[:BLENDS])
drawn = both_kinds(learn.light[:BLENDS])[np.arange(BLENDS), is_generous.astype(int)]
rows_of_blends(test.images[:8], {"cautious": kinds_test[:8, 0], "generous": kinds_test[:8, 1]})
show_figure(
    "Two rows of the same eight blends in grey, with outlines of the central galaxies in orange and of the companions "
    "in blue: those of a cautious observer, which are small, and those of a generous one, which are large and cross."
)


# %% [markdown]
# ### 5.3 Task 10: `energy_distance` (3 points)
#
# How far is one law of masks from another? With the distance $d = 1 - \mathrm{IoU}$ of two masks, the *generalised
# energy distance* of the law of $S$ from that of $Y$ is
#
# $$ D^2 = 2 \, \mathrm{E} \, d(S, Y) - \mathrm{E} \, d(S, S') - \mathrm{E} \, d(Y, Y') $$
#
# where $\mathrm{E}$ is the expectation, all draws are independent, $S'$ has the law of $S$, and $Y'$ that of $Y$
# (Székely & Rizzo 2013, J. Stat. Plan. Inference 143, 1249). Where both laws are lists of masks with probabilities,
# nothing needs to be drawn: all pairs can be enumerated.
#
# By hand, with two pixels: $S$ is $(1, 0)$ or $(0, 1)$, each with ½, and $Y$ is always $(1, 1)$. All pairs of $S$ and
# $Y$ have the IoU ½, so $\mathrm{E} \, d(S, Y) = \frac12$. Half of the pairs of $S$ and $S'$ are equal, the others have
# no pixel in common: $\mathrm{E} \, d(S, S') = \frac12$. $Y$ and $Y'$ are equal. So $D^2 = 1 - \frac12 - 0 = \frac12$.
#
# - `masks_a`, `masks_b`: arrays of shape `(M, h, w)` and `(N, h, w)`; a mask may be empty, or occur twice
# - `p_a`, `p_b`: arrays of shape `(M,)` and `(N,)`, not negative, each with the sum 1
# - returns a number, $D^2$
#
# <details><summary>Hint 1</summary>
#
# `np.repeat(masks_a, len(masks_b), axis=0)` and `np.tile(masks_b, (len(masks_a), 1, 1))` are all the pairs, in the same
# order. Your `iou_and_dice` compares them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# An expectation is `p_a @ distances @ p_b`, with the distances as a table of shape `(M, N)`. A function of two laws
# that gives it is used three times.
#
# </details>
#
# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    """Generalised energy distance of two laws of masks, (M, h, w) and (N, h, w) with probabilities (M,) and (N,)."""
    ### BEGIN SOLUTION: Enumerate the pairs of each expectation, and put the three together.
    def expected(one, p, other, q):
        left, right = np.repeat(one, len(other), axis=0), np.tile(other, (len(one), 1, 1))
        iou = np.asarray(iou_and_dice(left, right)[0])
        return p @ (1 - iou).reshape(len(one), len(other)) @ q

    cross = expected(masks_a, p_a, masks_b, p_b)
    return 2 * cross - expected(masks_a, p_a, masks_a, p_a) - expected(masks_b, p_b, masks_b, p_b)
    ### END SOLUTION


# %% test="deblending-energy" points=3
either, both = np.array([[1, 0], [0, 1]]).reshape(2, 1, 2), np.array([[1, 1]]).reshape(1, 1, 2)
half, sure, p = np.array([0.5, 0.5]), np.array([1.0]), np.array([0.75, 0.25])
expect(energy_distance(either, half, both, sure), 0.5, "energy_distance of the example")
got = energy_distance(either, p, both, sure)
expect(got, 0.625, "energy_distance of the example with p_a = (3/4, 1/4)", "2 · 1/2 - 2 · 3/4 · 1/4 - 0")
expect(energy_distance(either, p, either[::-1], p[::-1]), 0.0, "energy_distance of equal laws in another order")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_energy(energy_distance)
### END HIDDEN TESTS


# %% [markdown]
# ### 5.4 Task 11: `same_map` and `higher_iou` (3 points)
#
# Every statistic is blind to something. You show it best by an example. Give two pairs of laws, each of at most 8 masks
# with at most 8 pixels:
#
# 1. `same_map()`: two laws for which the probability of each pixel is the same, but which are far from each other:
#    $D^2 \geq 0.3$. A map of pixel probabilities does not tell them apart.
# 2. `higher_iou()`: the law of the truth $Y$, and an answer $S$ that is wrong, $D^2 \geq 0.1$, but whose expected IoU
#    with the truth is larger than that of the right law,
#    $\mathrm{E} \, \mathrm{IoU}(S, Y) \geq \mathrm{E} \, \mathrm{IoU}(Y', Y) + 0.1$, with $S$, $Y$ and $Y'$
#    independent. Who is judged by the IoU of one answer gains by being wrong.
#
# Each function takes nothing and returns masks and probabilities of one law, then those of the other, four arrays as
# `energy_distance` takes them. In `higher_iou` the truth comes first: masks and probabilities of $Y$, then of $S$.
# $D^2$ does not show whether they are swapped. All masks have the same shape `(h, w)`. There are 2 points for the first
# and 1 for the second. The cell below yours computes $D^2$ and both expectations, with your `energy_distance` and your
# `iou_and_dice`: compare them with what is asked, as the tests that you see do not look at them.
#
# <details><summary>Hint 1</summary>
#
# For the first, two pixels are enough, each with the probability ½. In one law they are always equal. In the other?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the second: what would you always say, if one of two masks were right more often than the other?
#
# </details>
#
# %% solution="deblending-blind"
def same_map():
    """Two laws of masks with the same pixel probabilities and an energy distance of at least 0.3."""
    ### BEGIN SOLUTION: Return masks and probabilities of two laws, four arrays.
    half = np.array([0.5, 0.5])
    equal, different = np.array([[[0, 0]], [[1, 1]]]), np.array([[[0, 1]], [[1, 0]]])
    return equal, half, different, half
    ### END SOLUTION


def higher_iou():
    """A law of the truth, and one that is wrong and has a larger expected IoU with it."""
    ### BEGIN SOLUTION: Return masks and probabilities of the truth and of the answer, four arrays.
    masks = np.array([[[1, 0]], [[0, 1]]])
    return masks, np.array([0.7, 0.3]), masks[:1], np.array([1.0])
    ### END SOLUTION


# %%
def expected_iou(masks_a, p_a, masks_b, p_b):
    """The expected IoU of a mask of the one law with an independent one of the other."""
    rows = [np.asarray(iou_and_dice(np.repeat(mask[None], len(masks_b), axis=0), masks_b)[0]) for mask in masks_a]
    return float(p_a @ np.array(rows) @ p_b)


for name, asked, laws in (("same_map", 0.3, same_map()), ("higher_iou", 0.1, higher_iou())):
    masks_a, p_a, masks_b, p_b = laws = [np.asarray(part) for part in laws]
    print(f"{name}: D² = {float(energy_distance(*laws)):.3f}, at least {asked} is asked")
print(f"expected IoU with the truth: of the answer {expected_iou(masks_b, p_b, masks_a, p_a):.3f}", end=", ")
print(f"of the right law {expected_iou(masks_a, p_a, masks_a, p_a):.3f}, which must be smaller by at least 0.1")

# %% test="deblending-blind" points=2
laws, parts = same_map(), ("masks_a", "p_a", "masks_b", "p_b")
expect(laws, dict.fromkeys(parts, ...), "same_map()")
masks_a, p_a, masks_b, p_b = (np.asarray(part, dtype=float) for part in laws)
expect([masks_a.ndim, masks_b.ndim], [3, 3], "the numbers of axes of masks_a and masks_b", "their shapes are (M, h, w)")
expect(masks_b.shape[1:], np.array(masks_a.shape[1:]), "the shape of the masks of the second law", "as of the first")
expect([p_a.sum(), p_b.sum()], [1.0, 1.0], "the sums of p_a and p_b of same_map()")
first, second = np.tensordot(p_a, masks_a, axes=1), np.tensordot(p_b, masks_b, axes=1)
expect(second, first, "the pixel probabilities of the second law of same_map()", "those of the first are expected")
# Hidden: the masks and probabilities are as the task says, and D² is at least 0.3.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_same_map(same_map)
### END HIDDEN TESTS

# %% test="deblending-blind" points=1
laws, parts = higher_iou(), ("masks_a", "p_a", "masks_b", "p_b")
expect(laws, dict.fromkeys(parts, ...), "higher_iou()")
masks_a, p_a, masks_b, p_b = (np.asarray(part, dtype=float) for part in laws)
expect([masks_a.ndim, masks_b.ndim], [3, 3], "the numbers of axes of masks_a and masks_b", "their shapes are (M, h, w)")
expect(masks_b.shape[1:], np.array(masks_a.shape[1:]), "the shape of the masks of the second law", "as of the first")
expect([p_a.sum(), p_b.sum()], [1.0, 1.0], "the sums of p_a and p_b of higher_iou()")
# Hidden: D² is at least 0.1, and the expected IoU of the answer is larger than that of the right law by at least 0.1.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_higher_iou(higher_iou)
### END HIDDEN TESTS


# %% [markdown]
# Now for blends. Each answer below is a law of masks, compared with that of the observers for 40 blends. *Pixel by
# pixel* draws each pixel by itself, with its right probability, 24 times. So compare it with *24 draws* of the right
# law, which are wrong by chance alone. Which column sees which fault? Does one see all?
#
# %%
def pixel_by_pixel(masks, p, rng, number=24):
    """Masks (number, h, w) whose pixels are drawn one by one, with the probabilities of a law of masks (M, h, w)."""
    return rng.uniform(size=(number, *masks.shape[1:])) < np.tensordot(p, masks, axes=1)


def faults(law):
    """Error of the pixel map, expected IoU and energy distance of a law for each blend, for companions: three means."""
    rows = []
    for masks, chance in zip(kinds_test[:40, ..., 1], p_test[:40], strict=True):
        truth, right = masks, np.array([chance, 1 - chance])
        answer, p = law(truth, right)
        both = answer, p, truth, right
        off = np.abs(np.tensordot(p, answer, axes=1) - np.tensordot(right, truth, axes=1))
        rows.append((off[truth.any(axis=0)].mean(), expected_iou(*both), float(energy_distance(*both))))
    return np.mean(rows, axis=0)


rng, same = np.random.default_rng(54), np.full(24, 1 / 24)
laws = {
    "right law": lambda masks, p: (masks, p),
    "likelier kind": lambda masks, p: (masks[[np.argmax(p)]], np.array([1.0])),
    "half and half": lambda masks, p: (masks, np.array([0.5, 0.5])),
    "pixel by pixel": lambda masks, p: (pixel_by_pixel(masks, p, rng), same),
    "24 draws": lambda masks, p: (masks[rng.choice(len(p), size=24, p=p)], same),
}
print(f"{'':15} error of the pixel map  expected IoU  energy distance")
for name, law in laws.items():
    map_error, iou, energy = faults(law)
    print(f"{name:15} {map_error:22.3f}  {iou:12.3f}  {energy:15.3f}")

# %% [markdown]
# The map is blind to drawing pixel by pixel: its error is that of 24 draws. The expected IoU prefers the likelier kind
# to the right law. The energy distance sees all three faults: here, where the masks themselves are exact. It sees the
# chance of 24 draws, too, but this is much smaller.
#


# %% [markdown]
# ### 5.5 Task 12: `mixture_loss` (6 points)
#
# A network that answers with a law: it gives M masks as logits, and M more logits, the *gate*, whose softmax $\pi_k$
# are the probabilities of these masks. The probability that it gives to a mask $y$ somebody drew is
#
# $$ P(y) = \sum_k \pi_k \prod_i P_{ki}(y_i), \qquad P_{ki}(1) = p_{ki}, \quad P_{ki}(0) = 1 - p_{ki} $$
#
# where $i$ runs over all pixels and channels, and $p_{ki}$ is the sigmoid of a logit. The product over pixels comes
# first, the sum over $k$ last: an observer is of one kind in the whole stamp. The loss is the mean of $-\ln P(y)$ over
# the blends, in nats.
#
# By hand: two pixels, M = 2, $\pi = (\frac12, \frac12)$. The first mask says 0.9 to both pixels, the second 0.1. Drawn
# was $(1, 1)$. Then $P = \frac12 \, 0.81 + \frac12 \, 0.01 = 0.41$, and the loss is 0.8916. Who mixes each pixel by
# itself gets $(\frac12 \, 0.9 + \frac12 \, 0.1)^2 = 0.25$, the same as for $(1, 0)$.
#
# - `gate`: float32 tensor of shape `(n, M)`: logits of the probabilities of the M masks
# - `logits`: float32 tensor of shape `(n, h, w, M, c)`: logits of the pixels of each mask, in c channels
# - `masks`: float32 tensor of shape `(n, h, w, c)` of 0 and 1: what somebody drew
# - returns a tensor, a number
#
# With a thousand pixels the product is 0 in the computer, so compute with logarithms. Logits may be thousands.
# Gradients must pass, so use TensorFlow. There are 4 points for the loss, and 2 when it has trained a network.
#
# <details><summary>Hint 1</summary>
#
# `tf.nn.sigmoid_cross_entropy_with_logits` gives $-\ln P_{ki}(y_i)$. It wants labels of the same shape as the logits:
# give the masks an axis for M, and add `tf.zeros_like(logits)`, or use `tf.broadcast_to`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.nn.log_softmax` gives $\ln \pi_k$, and `tf.reduce_logsumexp` the logarithm of a sum of exponentials.
#
# </details>
#
# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    """Mean of -ln P over masks (n, h, w, c), from the gate (n, M) and the logits (n, h, w, M, c) of whole masks."""
    ### BEGIN SOLUTION: Sum logarithms over pixels and channels, then the exponentials over the M masks.
    drawn = tf.zeros_like(logits) + masks[:, :, :, None]
    off = tf.nn.sigmoid_cross_entropy_with_logits(labels=drawn, logits=logits)
    log_each = tf.nn.log_softmax(gate) - tf.reduce_sum(off, axis=[1, 2, 4])
    return -tf.reduce_mean(tf.reduce_logsumexp(log_each, axis=1))
    ### END SOLUTION


# %% test="deblending-mixture" points=4
high, even = float(np.log(9.0)), tf.zeros((1, 2))
logits = tf.reshape(tf.constant([high, -high, high, -high]), (1, 1, 2, 2, 1))
one, other = (tf.reshape(tf.constant(ends), (1, 1, 2, 1)) for ends in ([1.0, 1.0], [1.0, 0.0]))
expect(mixture_loss(even, logits, one), 0.891598, "mixture_loss of the example")
expect(mixture_loss(even, logits, other), 2.407946, "mixture_loss of the example, with (1, 0) drawn")
got = mixture_loss(tf.constant([[float(np.log(3.0)), 0.0]]), logits, one)
expect(got, 0.494296, "mixture_loss of the example with the gate (ln 3, 0)", "P = 3/4 · 0.81 + 1/4 · 0.01")
logits = tf.reshape(tf.constant([1000.0, 0.0, 500.0, 0.0, 0.0, 0.0, 0.0, 0.0]), (2, 1, 1, 2, 2))
drawn_by_hand = tf.reshape(tf.constant([0.0, 1.0, 1.0, 1.0]), (2, 1, 1, 2))
got = mixture_loss(tf.zeros((2, 2)), logits, drawn_by_hand)
expect(got, 251.386294, "mixture_loss of two blends of one pixel", "the mean over both of 500 + 2 ln 2 and 2 ln 2")
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_mixture(mixture_loss)
### END HIDDEN TESTS

# %% [markdown]
# Again the U-Net stays as it is. From its features, a convolution of 1 × 1 makes the logits of two masks for each
# galaxy. They start as the U-Net's own logits, one less 3 and the other plus 1: from a random start, one of the two
# often dies. The first, which starts smaller, becomes the cautious one. The gate is a small dense network. It gets the
# means of the features over the stamp, and the mean and maximum of the image in each of the U-Net's masks. In the right
# panel, a point above the diagonal is a blend that the gate believes more often drawn by a cautious observer than it
# is.
#
# %%
summary = summary_of(inputs, body.output, network.output)  # 16 numbers for each stamp: 12 means, and 2 + 2 in masks
summaries = ask(summary, learn_input)
tfk.utils.set_random_seed(SEED)
kernel, bias = network.layers[-1].get_weights()
mask_head = tfk.Sequential([tfk.Input((32, 32, WIDTHS[0])), tfkl.Conv2D(4, 1), tfkl.Reshape((32, 32, 2, 2))])
mask_head.set_weights([np.concatenate([kernel, kernel], axis=3), np.concatenate([bias - 3, bias + 1])])
gate_head = dense_on(summaries, 0, 2)


def mixture_step(optimizer, features, summaries, masks):
    """Moves both heads by one step; returns the loss."""
    weights = mask_head.trainable_variables + gate_head.trainable_variables
    with tf.GradientTape() as tape:
        loss = mixture_loss(gate_head(summaries), mask_head(features), masks)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


heads = [mask_head, gate_head]
curve = trained(mixture_step, heads, HEAD_STEPS, 32, 1e-2, features, summaries, drawn, seed=SEED)
mixture_masks = tfk.Model(inputs, mask_head(body.output))  # from image to logits (n, 32, 32, 2, 2): kinds, channels
mixture_gate = tfk.Model(inputs, gate_head(summary.output))
found = ask(mixture_masks, to_input(test.images)) > 0
learnt_p = np.asarray(tf.nn.softmax(ask(mixture_gate, to_input(test.images))))[:, 0]
show_chances(p_test, learnt_p, "gate: probability of the cautious mask", curve)
show_figure(
    "Two panels: training loss in nats against the step; the gate's probability of the cautious mask against the true "
    "probability of a cautious observer, both from 0 to 1, with the diagonal in grey, around which points should lie."
)
for k, kind in enumerate(("cautious", "generous")):
    central, companion = iou_of(found[:, :, :, k], kinds_test[:, k]).mean(axis=0)
    print(f"{kind} masks: mean IoU of central galaxies {central:.3f}, of companions {companion:.3f}")
print(f"gate: rms error {np.sqrt(np.mean((learnt_p - p_test) ** 2)):.3f}; saying the mean, {p_test.std():.3f}")

# %% [markdown]
# Is the energy distance as good a judge of learnt laws? Compare the law that the network gives, and what becomes of it
# pixel by pixel. Learnt masks are not quite right, and this costs more than drawing pixels one by one does: the two
# distances are closer to each other than to 0. So the tests look at whole masks and at the gate.
#
# %%
learnt = zip(found[:40, ..., 1], learnt_p[:40], kinds_test[:40, ..., 1], p_test[:40], strict=True)
rows, rng = [], np.random.default_rng(55)
for masks, p, truth, chance in learnt:
    masks, law, right = np.moveaxis(masks, 2, 0), np.array([p, 1 - p]), np.array([chance, 1 - chance])
    one_by_one = pixel_by_pixel(masks, law, rng)
    rows.append([energy_distance(masks, law, truth, right), energy_distance(one_by_one, same, truth, right)])
coherent, scattered = np.mean(rows, axis=0)
print(f"energy distance of the learnt law: {coherent:.3f}; of the same pixel by pixel: {scattered:.3f}")

# %% [markdown]
# Two tests judge the law on 600 new blends, for 1 point each: the mean IoU of both kinds must be at least 0.70; and the
# rms error of the gate at most 0.15, but not below 0.015: by the fluxes from true shares, which noise moves, it is
# 0.018 there.
#
# %% test="deblending-mixture" points=1 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in mixture_masks.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the mean IoU of both kinds of masks is at least 0.70.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_kinds(mixture_masks)
### END HIDDEN TESTS

# %% test="deblending-mixture" points=1 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in mixture_gate.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new blends, the rms error of the gate is at most 0.15.
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_gate(mixture_masks, mixture_gate)
### END HIDDEN TESTS


# %% [markdown]
# ## 6 A probabilistic U-Net
#
# ### 6.1 Three networks for a hidden number
#
# With two kinds of observers, two masks are enough. What if nobody knows how many kinds there are? The *probabilistic
# U-Net* (Kohl et al. 2018; for blends Bretonnière et al. 2021, arXiv:2111.15455) has a hidden number $z$, or several.
# Its loss is that of a variational autoencoder under a condition: a first term
# $-\ln P(\text{mask} \mid \text{image}, z)$ with $z$ from the *posterior*, plus, as the second, the divergence
# $\mathrm{KL}$ of the posterior from the *prior*. There are three networks:
#
# | network | sees | gives | $z$ comes from it | in the loss |
# |---|---|---|---|---|
# | *prior* | image | mean and logarithm of the variance of each $z$ | after training | in the second term |
# | *posterior* | image and drawn mask | the same, for the $z$ that fit this mask | in training | in both terms |
# | *decoder* | image and $z$ | a mask | never | in the first term |
#
# So the prior learns what may happen before anybody has drawn. Two parts are easily got wrong, and they are yours: the
# divergence, and which network gives $z$.
#
# ### 6.2 Task 13: `kl_divergence` (2 points)
#
# In one dimension, the divergence of $q = N(\mu_q, \sigma_q^2)$ from $p = N(\mu_p, \sigma_p^2)$ is the mean over $q$ of
# $\ln q - \ln p$. By hand: for $q = N(1, 1)$ and $p = N(0, 1)$, $\ln q(z) - \ln p(z) = z - \frac12$, and its mean over
# $q$ is ½. For $q = N(0, 1)$ and $p = N(0, e^2)$, $\ln q - \ln p = 1 - \frac12 z^2 + \frac12 z^2 / e^2$, with the mean
# $1 - \frac12 + \frac12 e^{-2} = 0.5677$. Work out the general case in the same way. You need only the mean of
# $(z - \mu_q)^2$ and of $(z - \mu_p)^2$ over $q$. Over several dimensions, the divergences add.
#
# - `mean_q`, `log_var_q`, `mean_p`, `log_var_p`: float32 tensors of shape `(n, d)`: means, of size up to $10^{10}$, and
#   logarithms of the variances, from -60 to 60, those of $q$ and $p$ at most 40 apart. Divergences are below $10^{30}$
# - returns a tensor of shape `(n,)`, in nats. Errors of $10^{-5}$, absolute or relative, do no harm
#
# Gradients must pass, so use TensorFlow.
#
# <details><summary>Hint 1</summary>
#
# The mean over $q$ of $(z - \mu_p)^2$ is $\sigma_q^2 + (\mu_q - \mu_p)^2$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With the ratio $r$ of the variances, `tf.exp(log_var_q - log_var_p)`, one part of the answer is
# $\frac12 (r - 1 - \ln r)$. The distance of the means makes the other.
#
# </details>
#
# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    """KL divergence (n,) in nats of Gaussians q from Gaussians p, with diagonal covariances: all (n, d)."""
    ### BEGIN SOLUTION: Return the divergence, summed over the dimensions.
    away = (mean_q - mean_p) ** 2 * tf.exp(-log_var_p)
    ratio = log_var_q - log_var_p
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + away, axis=1)
    ### END SOLUTION


# %% test="deblending-kl" points=2
for numbers, wanted in (((1.0, 0.0, 0.0, 0.0), 0.5), ((0.0, 0.0, 0.0, 2.0), 0.567668)):
    got = kl_divergence(*(tf.constant([[number]]) for number in numbers))
    expect(got, [wanted], f"kl_divergence of the numbers {numbers}", atol=1e-5)
pairs = [[[1.0, 0.0], [3.0, 3.0]], [[1.0, 0.0], [1.0, 1.0]], [[-1.0, 0.0], [3.0, 3.0]], [[2.0, 2.0], [1.0, 1.0]]]
got = kl_divergence(*(tf.constant(pair) for pair in pairs))
why = "the first row is the sum of 0.454610 and 0.567668, in the second q and p are equal"
expect(got, [1.022278, 0.0], "kl_divergence of two rows with two dimensions", why, atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_kl(kl_divergence)
### END HIDDEN TESTS


# %% [markdown]
# ### 6.3 Task 14: `latent` (2 points)
#
# Which network gives $z$? In training the posterior. Later the prior: there is no mask then. And if there is one, as in
# a test set, it must not leak into the answer. A network gives a mean and the logarithm of a variance, and you make a
# draw of them from a standard normal number $\varepsilon$, in a way that lets gradients pass to both.
#
# **By hand first.** The mean is 1, the logarithm of the variance $\ln 4$, and $\varepsilon = 3$: three standard
# deviations above the mean. What is $z$?
#
# <details><summary>Check</summary>
#
# The standard deviation is 2, so $z = 1 + 2 \cdot 3 = 7$.
#
# </details>
#
# All tensors are of float32.
#
# - `image`: a tensor of shape `(n, ...)`
# - `masks`: a tensor of shape `(n, ...)`. When `training` is `False`, it may be `None`: there is none
# - `prior`: a function; `prior(image)` gives the mean and the logarithm of the variance, from -60 to 60, two
#   tensors of shape `(n, d)`
# - `posterior`: likewise; `posterior(image, masks)` gives two tensors of shape `(n, d)`
# - `noise`: a tensor of shape `(n, d)`, the $\varepsilon$
# - `training`: `True` or `False`
# - returns a tensor of shape `(n, d)`
#
# Gradients must pass to whichever network gave the mean and the variance, so use TensorFlow.
#
# <details><summary>Hint 1</summary>
#
# An `if` chooses the network. Nothing else depends on `training`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The networks give the logarithm of the variance. The root of $e^x$ is $e^{x/2}$.
#
# </details>
#
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    """The hidden numbers z (n, d): from the posterior in training, and otherwise from the prior, which sees no mask."""
    ### BEGIN SOLUTION: Ask the network that may be asked, and return a draw.
    middle, log_var = posterior(image, masks) if training else prior(image)
    return middle + tf.exp(0.5 * log_var) * noise
    ### END SOLUTION


# %%
def example_prior(image):
    """Mean 1 and variance 4 for everything."""
    return tf.ones((len(image), 1)), np.log(4.0) * tf.ones((len(image), 1))


def example_posterior(image, masks):
    """The mean is what was drawn, the variance 9."""
    return masks + 0 * image, np.log(9.0) + 0 * image


# %% test="deblending-latent" points=2
three = tf.constant([[3.0]])
why = {True: "mean 21 and variance 9, of the posterior", False: "mean 1 and variance 4, of the prior"}
for training, drawn_by_hand, wanted in ((True, 7 * three, 30.0), (False, 7 * three, 7.0), (False, None, 7.0)):
    got = latent(three, drawn_by_hand, example_prior, example_posterior, three, training)
    what = "without masks" if drawn_by_hand is None else "with masks"
    expect(got, [[wanted]], f"latent {what}, training={training},", why[training])
### BEGIN HIDDEN TESTS
from graders.checks import deblending as checks

checks.check_latent(latent)
### END HIDDEN TESTS


# %% [markdown]
# So $z = \mu + \sigma \varepsilon$, the reparametrisation of the notebook `vae`, with the $\mu$ and $\sigma$ of the
# network that may be asked.
#
# ### 6.4 Training it
#
# Trained as a whole, a probabilistic U-Net takes longer than a laptop likes. Here, too, the U-Net stays as it is. Prior
# and posterior are small networks on the summary of a stamp; the posterior also gets the areas of the drawn masks. One
# hidden number is enough. The decoder is two convolutions of 1 × 1 on the features and $z$.
#
# %%
def halves(numbers):
    """What a network says, (n, 2), as a mean and a logarithm of the variance, (n, 1) each."""
    return numbers[:, :1], numbers[:, 1:]


def areas(masks):
    """The logarithm of the areas of drawn masks (n, 32, 32, 2): (n, 2)."""
    return tf.math.log(1 + tf.reduce_sum(masks, axis=[1, 2])) - 4


def decode(features, z):
    """Logits (n, 32, 32, 2) of both masks, for hidden numbers z (n, 1)."""
    return decoder(tf.concat([features, tf.tile(z[:, None, None], [1, 32, 32, 1])], axis=3))


tfk.utils.set_random_seed(SEED)
prior_network, posterior_network = dense_on(summaries, 0, 2), dense_on(summaries, 2, 2)
decoder = tfk.Sequential([tfk.Input((32, 32, WIDTHS[0] + 1)), tfkl.Conv2D(16, 1, activation="relu"), tfkl.Conv2D(2, 1)])
three = [prior_network, posterior_network, decoder]


def prior(summaries):
    """What is known of z without a mask."""
    return halves(prior_network(summaries))


def posterior(summaries, masks):
    """What is known of z with a mask."""
    return halves(posterior_network(tf.concat([summaries, areas(masks)], axis=1)))


def probabilistic_step(optimizer, features, summaries, masks):
    """Moves prior, posterior and decoder by one step; returns the loss."""
    weights = [variable for part in three for variable in part.trainable_variables]
    noise = tf.random.normal((masks.shape[0], 1))  # new in each step
    with tf.GradientTape() as tape:
        z = latent(summaries, masks, prior, posterior, noise, True)
        off = tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=decode(features, z))
        apart = kl_divergence(*posterior(summaries, masks), *prior(summaries))
        loss = tf.reduce_mean(tf.reduce_sum(off, axis=[1, 2, 3]) + apart)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


curve = trained(probabilistic_step, three, 2 * HEAD_STEPS, 32, 1e-2, features, summaries, drawn, seed=SEED)
show_losses({"probabilistic U-Net": curve})
show_figure("Training loss of the probabilistic U-Net, on a logarithmic axis, against the step. It should fall.")

# %% [markdown]
# Draw 24 answers for each of 100 blends, from the prior. An answer is cautious if its masks are nearer to those of a
# cautious observer, by the number of pixels that differ. How often is it?
#
# %%
some = slice(0, 100)
features_test = ask(body, to_input(test.images[some]))
summaries_test = ask(summary, to_input(test.images[some]))
share, rng = np.zeros(100), np.random.default_rng(65)
for _ in range(24):
    z = latent(summaries_test, None, prior, posterior, rng.normal(size=(100, 1)).astype("float32"), False)
    answer = np.asarray(decode(features_test, z)) > 0
    different = [np.sum(answer ^ kinds_test[some, k], axis=(1, 2, 3)) for k in range(2)]
    share += (different[0] < different[1]) / 24
show_chances(p_test[some], share, "share of cautious answers among 24")
show_figure(
    "Share of cautious answers among 24 drawn from the prior, against the true probability of a cautious observer, "
    "both from 0 to 1, with the diagonal in grey."
)
p = p_test[some]
in_all, by_chance = np.mean((share - p) ** 2), np.mean(p * (1 - p) / 24)
print(f"rms error of the share of cautious answers: {np.sqrt(in_all):.3f}, on 100 blends")
print(f"           without the scatter of 24 draws: {np.sqrt(max(in_all - by_chance, 0)):.3f}, as squares subtract")
print(f"                       gate of the mixture: {np.sqrt(np.mean((learnt_p[some] - p) ** 2)):.3f}, on the same")

# %% [markdown]
# The mixture had been told that there are two kinds. Here the hidden number had to learn it, which cost a little.
#
# %% [markdown] answer="deblending-trust" points=3
# ## 7 What would you believe?
#
# ### 7.1 Question 1: three claims (3 points, by hand)
#
# 1. "Our deblender has a median IoU of 0.9, so it is ready for the survey." What would you ask to see? (1 point.)
# 2. "We sum the image in each predicted mask. As the masks are nearly perfect, so are our fluxes." What is wrong, and
#    what would you do instead? (1 point.)
# 3. "Our probabilistic network gives good maps of pixel probabilities, so its samples are right." What may be wrong
#    with the samples, and how would you find out? (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: a median hides the hard cases. The IoU by separation (close pairs), by ratio of fluxes or by
# brightness, and the share of failures; against a method that learns nothing and what is possible; on data that are
# distributed as the survey's. One breakdown and one comparison or a shift of the data are needed.
#
# 1 point for the second: light of the neighbour in a shared pixel is counted, and light outside the mask is lost, so
# even true masks give wrong fluxes, worst for the fainter galaxy. Share the light of each pixel, or predict light or
# flux.
#
# 1 point for the third: pixel maps say nothing of what happens together. Samples drawn pixel by pixel, or mixed, can
# have the same map and be masks that nobody would draw. Compare laws of whole masks: the energy distance, areas, IoU
# with the nearest kind, probabilities of kinds where they are known.
# === END MARK SCHEME ===

# %% [markdown]
# ## 8 What you have learnt
#
# You said what a mask is and how to compare masks. You saw that a transposed convolution gets back a shape, and built a
# U-Net that uses its skips. It beat a watershed, above all for close pairs: there, it came about as far as the best
# partition of the truth. You measured light by shares, where masks mislead, and found the threshold with the best
# expected IoU. Then you asked for a law of masks instead of one: you enumerated distances of laws, found examples to
# which maps and IoU are blind, and trained a mixture, and a probabilistic U-Net that was not told how many kinds there
# are. Their probabilities could be compared with the known ones.
