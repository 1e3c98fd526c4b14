# Convolutions. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Convolutions
#
# A galaxy is the same galaxy wherever it falls on the detector. A convolutional layer is built on that: it looks at
# every place of an image with the same few weights.
#
# **What you will learn**
#
# - to compute a convolution by hand, and to know the size of its output before you run it;
# - where TensorFlow puts its zeros;
# - how much of the image a pixel of a deep feature map sees;
# - what a transposed convolution is, why it carries that name, and what sizes Keras gives it;
# - when a network follows a galaxy that moves, and when it does not;
# - to find layers that lead from one given shape to another.
#
# **Time**: about 165 minutes. There are 12 tasks, worth 31 points, and one written question, worth 2.
#
# %% include="setup"
# %% include="expect"
# %% [markdown]
# ## 1 One convolution
#
# ### 1.1 The operation
#
# A dense layer computes $z = wx + b$ with a weight for every pair of input and output. A convolutional layer keeps the
# same form and makes two changes. An output pixel sees only a small window of the image. And all output pixels share
# the same weights, the *kernel*.
#
# The input $x$ has a height, a width and $c_{in}$ channels. The kernel $w$ has the shape $(k_h, k_w, c_{in}, c_{out})$:
# one slice $w_{\cdot\cdot\cdot f}$ for each of the $c_{out}$ *filters*, and one bias $b_f$ for each of them. With
# strides $(s_h, s_w)$ and no padding, the output is
#
# $$ z_{ijf} = b_f + \sum_{u=0}^{k_h - 1} \sum_{v=0}^{k_w - 1} \sum_{c=0}^{c_{in} - 1}
# x_{i s_h + u,\; j s_w + v,\; c} \; w_{uvcf} $$
#
# This is what `tf.nn.conv2d` computes with `padding="VALID"`, bias added (its documentation states the sum). In
# mathematics it is called a cross-correlation: a convolution would flip the kernel first. Deep-learning libraries do
# not flip, and call it a convolution (Goodfellow, Bengio & Courville 2016, *Deep Learning*, section 9.1). When the
# kernel is learnt, it makes no difference.
#
# ### 1.2 Task 1: `conv2d` (4 points)
#
# Write this sum in NumPy, for a batch of images.
#
# - `images`: array of floats of shape `(n, height, width, c_in)`
# - `kernel`: array of floats of shape `(kh, kw, c_in, c_out)`
# - `bias`: array of floats of shape `(c_out,)`
# - `strides`: a pair `(s_h, s_w)` of whole numbers from 1 on
# - returns an array of shape `(n, o_h, o_w, c_out)`
#
# Windows must lie inside the image, and at least one does.
#
# **By hand first.** An image has 8 rows, a kernel has 3, and the stride is 2. At which rows can windows start, and how
# many are that? And with 7 rows?
#
# <details><summary>Check</summary>
#
# At rows 0, 2 and 4. One at row 6 would need row 8, and the last row is 7. So there are three, with 7 rows as well: the
# window at row 4 ends at row 6. With 8 rows, the last row is seen by no window.
#
# </details>
#
# Count in the same way for any height, kernel and stride; the width goes the same way.
#
# For example, a kernel $\begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}$ with bias 10 on the image
# $\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \\ 7 & 8 & 9 \end{pmatrix}$ gives
# $10 + 1 \cdot 1 + 2 \cdot 2 + 0 \cdot 4 - 1 \cdot 5 = 10$ at the top left.
#
# Do it with loops over $i$ and $j$. Two loops are enough, and quick enough here. You can compare your result with that
# of `tf.nn.conv2d` with `padding="VALID"`, which leaves out the bias.
#
# <details><summary>Hint 1</summary>
#
# A window starts at row `height - kh` at the latest. How many strides fit in there? Make an array of zeros for the
# output. For each $(i, j)$, cut out the window that this output pixel sees, for all images and all channels at once.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The window of output pixel $(i, j)$ starts at row `i * s_h` and holds `kh` rows. It is an array of shape
# `(n, kh, kw, c_in)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.tensordot(window, kernel, axes=3)` multiplies and sums over three axes: the last three of the window and the first
# three of the kernel. What is left has shape `(n, c_out)`.
#
# </details>
#
# %% solution="conv-conv2d"
def conv2d(images, kernel, bias, strides=(1, 1)):
    """A convolution without padding, as in deep learning: the kernel is not flipped.

    images (n, height, width, c_in), kernel (kh, kw, c_in, c_out), bias (c_out,) -> (n, o_h, o_w, c_out)
    """
    ### BEGIN SOLUTION: Sum the products of each window with the kernel, add the bias, and return all the maps.
    n, height, width, _ = images.shape
    kh, kw, _, filters = kernel.shape
    sh, sw = strides
    o_h = (height - kh) // sh + 1
    o_w = (width - kw) // sw + 1
    maps = np.empty((n, o_h, o_w, filters))
    for i in range(o_h):
        for j in range(o_w):
            window = images[:, i * sh : i * sh + kh, j * sw : j * sw + kw, :]
            maps[:, i, j, :] = np.tensordot(window, kernel, axes=3) + bias
    return maps
    ### END SOLUTION


# %% [markdown]
# The first test keeps the strides at (1, 1), the second changes them.
#
# %% test="conv-conv2d" points=2
image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]).reshape(1, 3, 3, 1)
kernel = np.array([[1.0, 2.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)
got = conv2d(image, kernel, np.array([10.0]))
assert not np.array_equal(got, [[[[22], [24]], [[28], [30]]]]), (
    "conv2d of the example is [[22, 24], [28, 30]], expected [[10, 12], [16, 18]]: the kernel came out"
    " flipped. Its top left entry meets the top left pixel of the window."
)
expect(got, [[[[10.0], [12.0]], [[16.0], [18.0]]]], "conv2d of the example", "sums over windows in the image, plus 10")
# Two images (all 1 and all 2), three channels, a kernel of 2 x 3, two filters (all 1 and all 2), biases 5 and 7.
images = np.stack([np.full((4, 5, 3), 1.0), np.full((4, 5, 3), 2.0)])
kernel = np.stack([np.full((2, 3, 3), 1.0), np.full((2, 3, 3), 2.0)], axis=-1)
expected = np.tile(np.array([[23.0, 43.0], [41.0, 79.0]]).reshape(2, 1, 1, 2), (1, 3, 3, 1))
got = conv2d(images, kernel, np.array([5.0, 7.0]))
expect(got, expected, "conv2d of two images", "2 * 3 * 3 numbers in a window, a bias for a filter")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_conv2d(conv2d)
### END HIDDEN TESTS

# %% test="conv-conv2d" points=2
image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]).reshape(1, 3, 3, 1)
kernel = np.array([[1.0, 2.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)
got = conv2d(image, kernel, np.array([10.0]), (1, 2))
why = "the first stride is for the height, and a second step to the right would leave the image"
expect(got, [[[[10.0]], [[16.0]]]], "conv2d with strides (1, 2)", why)
got = conv2d(image, kernel, np.array([10.0]), (2, 1))
expect(got, [[[[10.0], [12.0]]]], "conv2d with strides (2, 1)", "a second step down would leave the image")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_conv2d_strides(conv2d)
### END HIDDEN TESTS

# %% [markdown]
# ### 1.3 A galaxy to look at
#
# From here on we use a galaxy-like image. Its light falls off with the elliptical radius $R$ as a Sérsic profile,
#
# $$ I(R) = I_e \exp\left( -b_n \left[ (R/R_e)^{1/n} - 1 \right] \right), \qquad b_n \simeq 2n - 1/3 $$
#
# (Sérsic 1963; Graham & Driver 2005, equation 1; $b_n$ to the first two terms of the series of Ciotti & Bertin 1999).
# Here $R^2 = q\,x'^2 + y'^2/q$, with $x'$ along the major axis, $y'$ along the minor axis and the axis ratio $q$. About
# half of the light falls within $R_e$. We take $n = 1$, an exponential disc, and $I_e = 1$.
#
# %%
def galaxy(size=64, radius=4.0, ratio=0.5, angle=0.6, index=1.0):
    """An elliptical Sérsic profile in the middle of a square image; lengths in pixels, brightness in units of I_e."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    along = x * np.cos(angle) + y * np.sin(angle)
    across = -x * np.sin(angle) + y * np.cos(angle)
    r = np.sqrt(ratio * along**2 + across**2 / ratio)
    return np.exp(-(2 * index - 1 / 3) * ((r / radius) ** (1 / index) - 1))


def show(axes, picture, title, **options):
    """An image with axes in pixels."""
    drawn = axes.imshow(picture, **{"cmap": "viridis", **options})
    axes.set_title(title, fontsize=9)
    axes.set_xlabel("x [pixel]", fontsize=8)
    axes.set_ylabel("y [pixel]", fontsize=8)
    axes.tick_params(labelsize=7)
    axes.locator_params(integer=True)
    return drawn


def signed(picture):
    """Colours for an image of both signs: red is positive, white is zero, blue is negative."""
    largest = np.abs(picture).max()
    return {"cmap": "RdBu_r", "vmin": -largest, "vmax": largest}


smoothing = np.full((3, 3), 1 / 9)
difference = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])

# %% [markdown]
# Now your `conv2d` on the galaxy, with three kernels chosen by hand. In a network they would be learnt. Look at what
# each one answers to. A mean smooths. A difference along $x$ is positive (red) where the light rises from left to
# right, and negative (blue) where it falls. The Laplacian is most negative where the profile bends most, at the centre.
# Each panel has its own scale.
#
# %%
kernels = np.stack([smoothing, difference, laplacian], axis=-1)[:, :, None, :]

light = galaxy(size=32)
maps = np.asarray(conv2d(light[None, :, :, None], kernels, np.zeros(3)))
fig, axes = plt.subplots(1, 4, figsize=(12, 2.5), layout="constrained")
drawn = show(axes[0], light, "galaxy, 32 × 32")
fig.colorbar(drawn, ax=axes[0], label="brightness [$I_e$]", shrink=0.8)
for filter_, name in enumerate(["mean", "difference along x", "Laplacian"]):
    picture = maps[0, :, :, filter_]
    colours = {} if name == "mean" else signed(picture)
    drawn = show(axes[filter_ + 1], picture, f"{name}, {maps.shape[1]} × {maps.shape[2]}", **colours)
    fig.colorbar(drawn, ax=axes[filter_ + 1], label="value [$I_e$]", shrink=0.8)
show_figure(
    "Four images with axes in pixels. First the galaxy, 32 × 32, an ellipse from the upper left to the lower right. "
    "Then what your conv2d makes of it with three kernels: the mean, the difference along x and the Laplacian. In the "
    "last two red is positive, blue is negative."
)

# %% [markdown]
# ## 2 How large is the output?
#
# ### 2.1 Counting windows
#
# Take one axis: $i$ pixels, a kernel of $k$ *taps*, its weights along this axis, and a stride $s$. (From here on $i$
# is a size, as in most texts; in section 1 it was a row.) The size $o$ of the output is the number of places where the
# kernel fits. You have counted them in section 1, without zeros around the image. Keras names two cases.
#
# - `padding="valid"`: no zeros.
# - `padding="same"`: as many zeros as it takes to make $o = \lceil i/s \rceil$, that is $i/s$, rounded up
#   (documentation of `tf.nn`, "Notes on padding"), whatever the kernel. With $s = 1$ the output has the size of the
#   input, hence the name. With $s > 1$ it is smaller, unless the input is a single pixel.
#
# A *dilated* kernel leaves $d - 1$ pixels out between two taps. Dilation changes the size with `valid` only.
#
# **By hand first.** How many pixels do three taps span with $d = 2$, from the first tap to the last? And with $d = 3$?
# At how many places does the first of these kernels fit on 9 pixels?
#
# <details><summary>Check</summary>
#
# Three taps with one pixel left out between them are `x.x.x`: 5 pixels. With two left out, `x..x..x`, they are 7. A
# span of 5 pixels fits on 9 pixels at 5 places.
#
# </details>
#
# Pooling windows are counted like kernels.
#
# ### 2.2 Task 2: `conv_size` (3 points)
#
# Return the size of the output along one axis.
#
# - `size`: $i$, `kernel`: $k$, `stride`: $s$, `dilation`: $d$, all whole numbers from 1 on
# - `padding`: `"valid"` or `"same"`
# - returns a whole number
#
# With `"valid"` you will only be asked about kernels that fit. A stride and a dilation above 1 may come together:
# `tf.nn.conv2d` takes both, a Keras layer does not. For example, `conv_size(7, 3)` is 5, `conv_size(5, 3, 2, "same")`
# is 3, and `conv_size(9, 3, 1, "valid", 2)` is 5.
#
# <details><summary>Hint 1</summary>
#
# Begin with `valid`. Test your formula on paper with a kernel of 3 on 7 and on 8 pixels, with a stride of 2: both give
# 3.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Compute the span of the dilated kernel first, then use it in place of $k$. Between $k$ taps there are $k - 1$ steps,
# of $d$ pixels each. With $d = 1$ the span must be $k$ itself.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `a // b` rounds down. To round up, `-(-a // b)` or `math.ceil(a / b)`. Neither the kernel nor the dilation occurs in
# the formula for `same`.
#
# </details>
#
# %% solution="conv-size"
def conv_size(size, kernel, stride=1, padding="valid", dilation=1):
    """Number of output pixels of a convolution, along one axis of `size` pixels."""
    ### BEGIN SOLUTION: Return the number of windows, for either padding.
    if padding == "same":
        return -(-size // stride)
    span = (kernel - 1) * dilation + 1
    return (size - span) // stride + 1
    ### END SOLUTION


# %% [markdown]
# The first test has no dilation, the second has.
#
# %% test="conv-size" points=2
expect(conv_size(7, 3), 5, "conv_size(7, 3)", "the kernel can start at pixels 0, 1, 2, 3 and 4")
expect(conv_size(8, 3, 2), 3, "conv_size(8, 3, 2)", "the kernel can start at pixels 0, 2 and 4")
expect(conv_size(5, 3, 2, "same"), 3, "conv_size(5, 3, 2, 'same')", "5 / 2, rounded up")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_size(conv_size)
### END HIDDEN TESTS

# %% test="conv-size" points=1
got = conv_size(9, 3, 1, "valid", 2)
expect(got, 5, "conv_size(9, 3, 1, 'valid', 2)", "the three taps span 5 pixels")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_dilation(conv_size)
### END HIDDEN TESTS

# %% [markdown]
# In general, with $p$ zeros on *each* side, the size is
#
# $$ o = \left\lfloor \frac{i + 2p - \hat{k}}{s} \right\rfloor + 1, \qquad \hat{k} = k + (k - 1)(d - 1) $$
#
# (Dumoulin & Visin 2016, arXiv:1603.07285, relationships 6 and 15; 7 for pooling). `valid` has $p = 0$.
#
# ### 2.3 Where the zeros go
#
# How many zeros does `same` need?
#
# **By hand first.** On 6 pixels, a kernel of 3 with a stride of 2 makes $o = 3$ outputs. The first window starts at
# pixel 0, if there is no zero before it. Where does the last window start, and which is its last pixel? How many pixels
# are missing? And how many for a kernel of 1 with a stride of 3, on 6 pixels?
#
# <details><summary>Check</summary>
#
# The last of three windows starts two strides after the first, at pixel 4, and has the pixels 4, 5 and 6. The image
# ends at pixel 5, so one is missing. With the kernel of 1 there are two windows, at the pixels 0 and 3. Nothing is
# missing, and two pixels are left over.
#
# </details>
#
# TensorFlow puts half of the missing zeros before the image, rounded down, and the rest after it (documentation of
# `tf.nn`, "Notes on padding"). When their number is odd, the padding is *asymmetric*: one zero more at the right and at
# the bottom. Dumoulin & Visin put $p$ zeros on both sides, and so does PyTorch when you give it a number. Weights that
# are moved from one library to the other can then see an image shifted by a pixel.
#
# ### 2.4 Task 3: `same_padding` (2 points)
#
# Return how many zeros TensorFlow adds before and after one axis, without dilation.
#
# - `size`: $i$, `kernel`: $k$, `stride`: $s$
# - returns a pair `(before, after)`
#
# For example, `same_padding(6, 3, 2)` is `(0, 1)`.
#
# <details><summary>Hint 1</summary>
#
# Three steps: the number of outputs $o$, the number of missing pixels, then the two parts.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The last window starts $(o - 1)s$ pixels after the first, and is $k$ pixels long. If the windows need less than the
# image has, no zero is added: the number of zeros is never negative.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Section 2.3 says how TensorFlow shares them. `a // 2` rounds down.
#
# </details>
#
# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    """The zeros that TensorFlow's 'same' padding adds along one axis, as (before, after)."""
    ### BEGIN SOLUTION: Return the pair (zeros before, zeros after).
    outputs = -(-size // stride)
    missing = max((outputs - 1) * stride + kernel - size, 0)
    return missing // 2, missing - missing // 2
    ### END SOLUTION


# %% test="conv-same" points=2
expect(same_padding(6, 3, 2), [0, 1], "same_padding(6, 3, 2)", "the only zero comes after the image")
expect(same_padding(5, 3, 2), [1, 1], "same_padding(5, 3, 2)", "three windows, 2 apart, need 7 pixels")
expect(same_padding(6, 1, 3), [0, 0], "same_padding(6, 1, 3)", "nothing is missing, two pixels are left over")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_same(same_padding)
### END HIDDEN TESTS

# %% [markdown]
# The windows need $(o - 1)s + k$ pixels, so the number of zeros is
#
# $$ P = \max\left( (o - 1)\,s + k - i,\; 0 \right) $$
#
# The picture below uses your `same_padding`. Each line is a window of the kernel. Filled squares are pixels of the
# image, open squares are zeros. In the left and the right panel the zeros are asymmetric.
#
# %%
fig, axes = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained")
for axis, (pixels, taps, stride) in zip(axes, [(6, 3, 2), (5, 3, 2), (8, 4, 1)], strict=True):
    before, after = (int(number) for number in same_padding(pixels, taps, stride))
    axis.plot(range(pixels), [0] * pixels, "s", color="C0", ms=8, label="pixels")
    outside = [*range(-before, 0), *range(pixels, pixels + after)]
    axis.plot(outside, [0] * len(outside), "s", mfc="none", mec="C1", ms=8, label="zeros")
    for window, start in enumerate(range(-before, pixels + after - taps + 1, stride)):
        axis.plot([start - 0.4, start + taps - 0.6], [window + 1] * 2, color="k", lw=2)
    axis.set(title=f"{pixels} pixels, kernel {taps}, stride {stride}", xlabel="position [pixel]", ylabel="window")
    axis.set_xticks(range(-1, pixels + 2))
    axis.set_yticks(range(window + 2), ["image", *range(window + 1)])
axes[0].legend(loc="upper left", fontsize=8)
show_figure(
    "Three panels against the position in pixels: 6 pixels, kernel 3, stride 2; 5 pixels, kernel 3, stride 2; 8 "
    "pixels, kernel 4, stride 1. Filled squares are pixels, open squares are the zeros that your same_padding adds "
    "before and after. Each line above them is a window of the kernel."
)

# %% [markdown]
# ### 2.5 Table 4 of the lecture
#
# The lecture prints the following summaries. The first number of a shape is the size of the batch, which is not known
# yet: Keras writes `None`.
#
# | input | layer | output shape | parameters |
# |---|---|---|---|
# | 7×7×1 | `Conv2D(1, (3, 3))`, strides 1, valid | (None, 5, 5, 1) | 10 |
# | 5×5×1 | `Conv2D(1, (3, 3))`, strides 2, same | (None, 3, 3, 1) | 10 |
# | 8×8×1 | `Conv2D(1, (3, 3))`, strides 1, same | (None, 8, 8, 1) | 10 |
# | 8×8×1 | `MaxPool2D((2, 2))` | (None, 4, 4, 1) | 0 |
#
# "Strides 2" is short for strides (2, 2). A pool in Keras takes its own size as its strides when you give none, and
# `valid` padding: the last row has the strides (2, 2).
#
# The first argument of `Conv2D` is the number of *filters*, which is the number of output channels. The size of the
# kernel comes second. Where do the parameters come from? Count the entries of $w$ and $b$ in section 1. Pooling learns
# nothing.
#
# **By hand first.** A layer `Conv2D(4, (2, 3))` takes images of 3 channels. How many entries has its $w$, and how many
# its $b$? Does the size of the image matter?
#
# <details><summary>Check</summary>
#
# $w$ has the shape (2, 3, 3, 4), that is 72 entries, and $b$ has 4. Together 76, for images of any size, and for any
# strides and padding.
#
# </details>
#
# ### 2.6 Task 4: `layer_summary` (2 points)
#
# Return the output shape and the number of parameters of one layer.
#
# - `input_shape`: `(height, width, channels)`
# - `layer`: a dictionary,
#   `{"kind": "conv", "kernel": (kh, kw), "strides": (s_h, s_w), "padding": "same", "filters": c_out}` or
#   `{"kind": "pool", "kernel": (kh, kw), "strides": (s_h, s_w), "padding": "valid"}`; both kinds come with either
#   padding, and with `"valid"` the kernel fits. Do not change it
# - returns a pair: `(None, o_h, o_w, c_out)` and a whole number
#
# Pooling works on each channel by itself. A last example: `Conv2D(4, (2, 3))` with the strides (1, 2), valid, makes
# `(None, 4, 3, 4)` of 5×8×3 and has 76 parameters.
#
# <details><summary>Hint 1</summary>
#
# Height and width each have their own kernel size and stride. You may call `conv_size` twice.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Decide by `layer["kind"]`. A pool has no entry `"filters"`: its output has as many channels as its input.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `return (None, o_h, o_w, channels), 0` ends the case of a pool.
#
# </details>
#
# %% solution="conv-layer"
def layer_summary(input_shape, layer):
    """The summary of one layer: ((None, height, width, channels), number of parameters)."""
    ### BEGIN SOLUTION: Return the output shape, with None first, and the number of parameters.
    height, width, channels = input_shape
    kh, kw = layer["kernel"]
    sh, sw = layer["strides"]
    if layer["padding"] == "same":
        height, width = -(-height // sh), -(-width // sw)
    else:
        height, width = (height - kh) // sh + 1, (width - kw) // sw + 1
    if layer["kind"] == "pool":
        return (None, height, width, channels), 0
    filters = layer["filters"]
    return (None, height, width, filters), (kh * kw * channels + 1) * filters
    ### END SOLUTION


# %% test="conv-layer" points=2
table = [
    ((7, 7, 1), "conv", (3, 3), (1, 1), "valid", 1, (None, 5, 5, 1), 10),
    ((5, 5, 1), "conv", (3, 3), (2, 2), "same", 1, (None, 3, 3, 1), 10),
    ((8, 8, 1), "conv", (3, 3), (1, 1), "same", 1, (None, 8, 8, 1), 10),
    ((8, 8, 1), "pool", (2, 2), (2, 2), "valid", None, (None, 4, 4, 1), 0),
    ((5, 8, 3), "conv", (2, 3), (1, 2), "valid", 4, (None, 4, 3, 4), 76),
]
for number, (given, kind, taps, strides, padding, filters, wanted, parameters) in enumerate(table, start=1):
    layer = {"kind": kind, "kernel": taps, "strides": strides, "padding": padding}
    if kind == "conv":
        layer["filters"] = filters
    name = f"layer_summary of {f'row {number} of table 4' if number < 5 else 'the last example'}"
    got = layer_summary(given, layer)
    expect(got, {"the shape": ..., "the parameter count": parameters}, name)
    shape = tuple(got[0]) if np.iterable(got[0]) else got[0]
    assert shape == wanted, f"the shape of {name} is {shape}, expected {wanted}."
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_layer(layer_summary)
### END HIDDEN TESTS

# %% [markdown]
# So a convolutional layer has
#
# $$ (k_h \, k_w \, c_{in} + 1) \, c_{out} $$
#
# parameters.
#
# ### 2.7 Task 5: `stack_shapes` (2 points)
#
# Follow an image through a stack of layers, and return the shape after each of them.
#
# - `input_shape`: `(height, width, channels)`
# - `layers`: a list of dictionaries as in the last task
# - returns a list with one `(height, width, channels)` for each layer, without the batch. An empty stack
#   gives an empty list
#
# The lecture's stack takes images of 32×32×3 through `Conv2D(15, (3, 3))`, `Conv2D(16, (3, 3), strides=2)` and
# `Conv2D(32, (3, 3))`, all valid. Its shapes are 30×30×15, 14×14×16 and 12×12×32.
#
# <details><summary>Hint 1</summary>
#
# The output of a layer is the input of the next. Keep one shape in a variable and replace it in a loop.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# You may call `layer_summary(shape, layer)`: its first part without the `None` is the next shape.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Begin with `shapes = []`, append the new shape at the end of each turn, and return `shapes`.
#
# </details>
#
# %% solution="conv-stack"
def stack_shapes(input_shape, layers):
    """The shapes (height, width, channels) after each layer of a stack, as a list."""
    ### BEGIN SOLUTION: Return the list of shapes, one for each layer.
    height, width, channels = input_shape
    shapes = []
    for layer in layers:
        kh, kw = layer["kernel"]
        sh, sw = layer["strides"]
        if layer["padding"] == "same":
            height, width = -(-height // sh), -(-width // sw)
        else:
            height, width = (height - kh) // sh + 1, (width - kw) // sw + 1
        if layer["kind"] == "conv":
            channels = layer["filters"]
        shapes.append((height, width, channels))
    return shapes
    ### END SOLUTION


# %% test="conv-stack" points=2
lecture = [
    {"kind": "conv", "kernel": (3, 3), "strides": (1, 1), "padding": "valid", "filters": 15},
    {"kind": "conv", "kernel": (3, 3), "strides": (2, 2), "padding": "valid", "filters": 16},
    {"kind": "conv", "kernel": (3, 3), "strides": (1, 1), "padding": "valid", "filters": 32},
]
expected = {"the first shape": [30, 30, 15], "the second": [14, 14, 16], "the third": [12, 12, 32]}
got = stack_shapes((32, 32, 3), lecture)
expect(got, expected, "stack_shapes of the lecture's stack", "height, width and channels, no batch")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_stack(stack_shapes)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 How much does a pixel see?
#
# ### 3.1 Receptive field and jump
#
# Why make the maps smaller at all? One reason is that small kernels then see larger scales.
#
# The *receptive field* of an output pixel is the part of the image that it depends on. We measure it along one axis,
# from the first pixel to the last. The *jump* is how far, in pixels of the image, the fields of two neighbouring output
# pixels are apart.
#
# Pooling counts like a convolution. A dilated kernel counts with its span $\hat{k}$. Padding does not change the size
# of a field: it moves the field, so that fields at the edge reach into the zeros, and zeros inside a field count as
# pixels of it.
#
# **By hand first.** Take two convolutions with kernels of 3 and a stride of 1. A pixel of the second map sees 3 pixels
# of the first. What do these see, all together? Now give the first convolution a stride of 2. How far apart are the
# fields of neighbours in the first map? What does a pixel of the second map see now, and what is its jump?
#
# <details><summary>Check</summary>
#
# Each of the three sees 3 pixels, and their fields are 1 apart: together $3 + 1 + 1 = 5$. With the stride of 2, the
# fields are 2 apart: together $3 + 2 + 2 = 7$, and the jump is 2. If the *second* has the stride of 2 instead, the
# field is 5 again, and the jump 2.
#
# </details>
#
# ### 3.2 Task 6: `receptive_field` (3 points)
#
# - `layers`: a list of pairs `(kernel, stride)`, at least one, from the image on
# - returns a pair of whole numbers `(field, jump)`
#
# For example, convolution 3, pool 2, convolution 3, pool 2, convolution 3 is `[(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]`
# and gives `(18, 4)`.
#
# <details><summary>Hint 1</summary>
#
# Without any layer an output pixel is a pixel of the image: a field of 1 and a jump of 1. Start there.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Go through the layers in order. Each one makes the field larger, then the jump. The order of the two matters.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# A kernel of $k$ reaches $k - 1$ pixels further in the map before it. Pixels of that map are a jump apart in the image.
#
# </details>
#
# %% solution="conv-field"
def receptive_field(layers):
    """Receptive field and jump of a stack of (kernel, stride), in pixels of the image, along one axis."""
    ### BEGIN SOLUTION: Return the pair (field, jump).
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field, jump
    ### END SOLUTION


# %% [markdown]
# The first test looks at the field, the second at the jump.
#
# %% test="conv-field" points=2
for stride, pixels in ((1, 5), (2, 7)):
    got = receptive_field([(3, stride), (3, 1)])
    why = f"three pixels of the first map, {stride} apart, see 3 pixels each"
    expect(got, {"the field": pixels, "the jump": ...}, f"receptive_field([(3, {stride}), (3, 1)])", why)
got = receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)])
expect(got, {"the field": 18, "the jump": ...}, "receptive_field of 3 convolutions and 2 pools between")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_field(receptive_field)
### END HIDDEN TESTS

# %% test="conv-field" points=1
got = receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)])
expect(got, {"the field": ..., "the jump": 4}, "receptive_field of 3 convolutions and 2 pools between")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_jump(receptive_field)
### END HIDDEN TESTS

# %% [markdown]
# For layers $l = 1, \ldots, L$ with kernels $k_l$ and strides $s_l$ you have written
#
# $$ r = 1 + \sum_{l=1}^{L} (k_l - 1) \prod_{m=1}^{l-1} s_m, \qquad J = \prod_{m=1}^{L} s_m $$
#
# with the field $r$ and the jump $J$ (Araujo, Norris & Sim 2019, *Computing Receptive Fields of Convolutional Neural
# Networks*, Distill, doi:10.23915/distill.00021, section "Computing receptive field size"). So two convolutions 3×3 see
# 5×5 pixels, as one convolution 5×5 does, with 18 weights for one channel instead of 25 (Simonyan & Zisserman 2015,
# arXiv:1409.1556).
#
# Is it true? Autodiff knows: an output pixel depends on the image where its gradient is not zero. The next cell builds
# the stack of the example with averages in place of learnt kernels and of the maximum, takes the gradient of one output
# pixel, and draws the square that your `receptive_field` predicts.
#
# Look at the edges first: the square must enclose all the colour and nothing else. Then look inside. The middle of the
# field counts most, because more paths lead there (Luo et al. 2016, arXiv:1701.04128). The effective field is smaller
# than the field.
#
# %%
example = [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
predicted, jump = (int(number) for number in receptive_field(example))
picture = tf.ones((1, 46, 46, 1))
with tf.GradientTape() as tape:
    tape.watch(picture)
    response = picture
    for side, stride in example:
        response = tf.nn.conv2d(response, tf.ones((side, side, 1, 1)) / side**2, stride, "VALID")
    row, column = 3, 4
    pixel = response[0, row, column, 0]
slopes = tape.gradient(pixel, picture)[0, :, :, 0].numpy()
fig, axis = plt.subplots(figsize=(5, 4), layout="constrained")
title = f"gradient of output pixel ({row}, {column}) and your field, {predicted} × {predicted}"
drawn = show(axis, np.where(slopes > 0, slopes, np.nan), title)
corner = (column * jump - 0.5, row * jump - 0.5)
axis.add_patch(plt.Rectangle(corner, predicted, predicted, fill=False, ec="C1", lw=2, ls="--"))
fig.colorbar(drawn, label="gradient")
show_figure(
    "Image of 46 × 46 pixels: the gradient of one output pixel with respect to each pixel of the image. It fills a "
    "square, is largest in the middle, and zero (white) elsewhere. A dashed square is the field by your "
    f"receptive_field, {predicted} × {predicted}."
)

# %% [markdown]
# ## 4 A convolution is a matrix
#
# ### 4.1 Unrolled
#
# A convolution without bias is linear. So there is a matrix $C$ with $z = C x$, when image and map are written as long
# vectors, row after row (Dumoulin & Visin 2016, section 4.1). For a kernel 2×2 on an image 3×3,
#
# $$ C = \begin{pmatrix}
# w_{00} & w_{01} & 0 & w_{10} & w_{11} & 0 & 0 & 0 & 0 \\
# 0 & w_{00} & w_{01} & 0 & w_{10} & w_{11} & 0 & 0 & 0 \\
# 0 & 0 & 0 & w_{00} & w_{01} & 0 & w_{10} & w_{11} & 0 \\
# 0 & 0 & 0 & 0 & w_{00} & w_{01} & 0 & w_{10} & w_{11}
# \end{pmatrix} $$
#
# ![Left: the kernel lies on four pixels of an image of 3×3 and gives the first output pixel, z0 = w00 x0 + w01 x1 + w10
# x3 + w11 x4. Right: the same as the first row of a matrix of 4×9, times the column of all nine
# pixels.](attachment:unrolled.png)
#
# Each row is one output pixel, each column one pixel of the image. A dense layer from 9 to 4 would have 36 free
# weights; this one has 4. A convolutional layer is a dense layer with most weights set to zero and the others shared.
#
# ### 4.2 Task 7: `conv_matrix` (3 points)
#
# Build $C$ for one channel, without padding, with the same stride along both axes.
#
# - `kernel`: array of floats of shape `(kh, kw)`, at most as large as the image
# - `height`, `width`: the size of the image in pixels
# - `stride`: $s$
# - returns an array of shape `(o_h * o_w, height * width)`, with `C @ image.ravel()` equal to the map, unrolled row
#   after row
#
# <details><summary>Hint 1</summary>
#
# Row 0 belongs to the top left window. Draw it as an image: zeros, with the kernel in the top left corner. Unroll that
# image, and you have the row.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The other rows are the same with the kernel moved to the window of their output pixel. Loop over the windows from left
# to right, then from top to bottom.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The windows start at the rows `range(0, height - kh + 1, stride)`; the columns go the same way. For each window:
# `np.zeros((height, width))`, write the kernel into the window, `.ravel()`, append.
#
# </details>
#
# %% solution="conv-matrix"
def conv_matrix(kernel, height, width, stride=1):
    """The matrix C of a convolution of one channel: C @ image.ravel() is the map, unrolled."""
    ### BEGIN SOLUTION: Return the matrix, one row for each output pixel and one column for each pixel of the image.
    kh, kw = kernel.shape
    rows = []
    for i in range(0, height - kh + 1, stride):
        for j in range(0, width - kw + 1, stride):
            row = np.zeros((height, width))
            row[i : i + kh, j : j + kw] = kernel
            rows.append(row.ravel())
    return np.array(rows)
    ### END SOLUTION


# %% test="conv-matrix" points=3
kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
C = conv_matrix(kernel, 3, 3)
expected = [
    [1.0, 2, 0, 3, 4, 0, 0, 0, 0],
    [0, 1, 2, 0, 3, 4, 0, 0, 0],
    [0, 0, 0, 1, 2, 0, 3, 4, 0],
    [0, 0, 0, 0, 1, 2, 0, 3, 4],
]
expect(C, expected, "conv_matrix(kernel, 3, 3)", "each row has the kernel at one window")
expect(np.asarray(C) @ np.arange(9.0), [27.0, 37, 57, 67], "C @ [0, 1, ..., 8]")
expected = [[1.0, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0], [0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0]]
expect(conv_matrix(kernel, 3, 4, 2), expected, "conv_matrix(kernel, 3, 4, 2)", "two windows, side by side")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_matrix(conv_matrix)
### END HIDDEN TESTS

# %% [markdown]
# Your `conv_matrix` as a picture, for a kernel 3×3 on an image of 6×7 pixels, with stride 1 and with stride 2. White
# means zero. Look for the same three short dashes in every row, one for each row of the kernel. From one row to the
# next they move by the stride. Where a new row of the map begins, they move further: by 3 pixels with stride 1, by 10
# with stride 2.
#
# %%
taps = np.arange(1.0, 10.0).reshape(3, 3)
fig, axes = plt.subplots(2, 1, figsize=(7, 5), layout="constrained", height_ratios=[3, 1.3])
for axis, stride in zip(axes, (1, 2), strict=True):
    C = np.asarray(conv_matrix(taps, 6, 7, stride))
    drawn = axis.imshow(np.where(C == 0, np.nan, C), cmap="viridis", aspect="auto", interpolation="nearest")
    axis.set(title=f"stride {stride}: {C.shape[0]} × {C.shape[1]}", xlabel="pixel of the image", ylabel="output pixel")
    axis.set_yticks(range(0, C.shape[0], 2))
fig.colorbar(drawn, ax=axes, label="weight")
show_figure(
    "Your conv_matrix as two images, output pixel against pixel of the image: stride 1 above, stride 2 below. Zeros "
    "are white, weights from 1 to 9 are coloured. Look for three short dashes in every row, which move to the right "
    "from row to row."
)

# %% [markdown]
# ### 4.3 The transpose
#
# $C$ leads from the image to the map. Its transpose $C^T$ leads from the map back to the image. That is the *transposed
# convolution* (Dumoulin & Visin 2016, section 4.2). Backpropagation uses it in every convolutional layer: the gradient
# with respect to the input is $C^T$ times the gradient with respect to the output. Networks that make images, such as
# autoencoders and U-Nets, use it to go up in size.
#
# It is not an inverse. $C^T C x$ has the shape of $x$, but not its values. The name "deconvolution" is misleading.
#
# What makes it the transpose is one property: for every image $x$ and every $y$ of the shape of a map,
#
# $$ \langle C x, \, y \rangle = \langle x, \, C^T y \rangle , $$
#
# where the brackets are the dot product.
#
# ### 4.4 Task 8: `transposed_conv2d` (2 points)
#
# Return $C^T y$ as an image, for one channel.
#
# - `maps`: $y$, one map, an array of shape `(o_h, o_w)`
# - `kernel`: array of shape `(kh, kw)`. Both may hold floats or whole numbers, also one floats and the other whole ones
# - `height`, `width`: the size of the image to return. It is needed, because with a stride several image sizes lead to
#   the same $o$
# - `stride`: $s$, the same along both axes
# - returns an array of shape `(height, width)`; pixels that no window has seen are 0
#
# For example, the map `[[1, 10]]` with the kernel `[[1, 2, 3]]` and stride 2 gives, on an image 1×6,
# `[[1, 2, 3 + 10, 20, 30, 0]]`.
#
# <details><summary>Hint 1</summary>
#
# Two ways lead there: the transpose of your matrix from the last task, or a direct one. The direct one: a convolution
# gathers a window into one number. Its transpose does the reverse.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With the matrix: unroll the map, multiply, and reshape to `(height, width)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Without: begin with an image of zeros. For each pixel of the map, add the kernel, times the value of that pixel, to
# the window that the pixel saw. Windows overlap, so add, do not assign.
#
# </details>
#
# %% solution="conv-transposed"
def transposed_conv2d(maps, kernel, height, width, stride=1):
    """The transposed convolution of a map (o_h, o_w): an image (height, width)."""
    ### BEGIN SOLUTION: Return the image that the transposed matrix makes of the map.
    kh, kw = kernel.shape
    image = np.zeros((height, width))
    for (i, j), value in np.ndenumerate(maps):
        image[i * stride : i * stride + kh, j * stride : j * stride + kw] += value * kernel
    return image
    ### END SOLUTION


# %% test="conv-transposed" points=2
got = transposed_conv2d(np.array([[1.0, 10.0]]), np.array([[1.0, 2.0, 3.0]]), 1, 6, 2)
expect(got, [[1.0, 2, 13, 20, 30, 0]], "transposed_conv2d of the example", "two copies of the kernel, 2 apart, add up")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_transposed(transposed_conv2d)
### END HIDDEN TESTS

# %% [markdown]
# Two experiments with your `transposed_conv2d`.
#
# Left and middle: a map of ones goes up with a kernel of ones. Each pixel shows how many windows cover it. With a
# kernel of 3 and a stride of 2 some pixels get more than their neighbours, a checkerboard. With a kernel of 4 and a
# stride of 2 the middle is even. The rule: the overlap is uneven when the stride does not divide the size of the kernel
# (Odena, Dumoulin & Olah 2016, Distill, doi:10.23915/distill.00003).
#
# Right: the galaxy, averaged over 4×4 pixels with a stride of 2, and taken back up with the transpose. Away from the
# edges each pixel is covered by 4 windows with the weight 1/16 each, so the transpose makes everything 4 times fainter.
# The plot multiplies by 4 to undo this. The shape of the array is back, the values are not: the galaxy had its peak at
# 4.3, and now it is at 2.2. What the averages have smoothed stays smooth.
#
# %%
fig, axes = plt.subplots(1, 3, figsize=(9, 3), layout="constrained")
for axis, width in zip(axes, (3, 4), strict=False):
    side = 2 * 5 + width
    overlap = np.asarray(transposed_conv2d(np.ones((6, 6)), np.ones((width, width)), side, side, 2))
    drawn = show(axis, overlap, f"kernel {width}, stride 2", cmap=plt.get_cmap("viridis", 4), vmin=0.5, vmax=4.5)
    fig.colorbar(drawn, ax=axis, label="windows", ticks=[1, 2, 3, 4], shrink=0.75)
light = galaxy(size=32)
mean_of_16 = np.full((4, 4), 1 / 16)
small = tf.nn.conv2d(light[None, :, :, None], mean_of_16[:, :, None, None], 2, "VALID").numpy()[0, :, :, 0]
back = 4 * np.asarray(transposed_conv2d(small, mean_of_16, 32, 32, 2))
drawn = show(axes[2], back, f"32 × 32 → {small.shape[0]} × {small.shape[1]} → {back.shape[0]} × {back.shape[1]}")
fig.colorbar(drawn, ax=axes[2], label="brightness [$I_e$]", shrink=0.75)
show_figure(
    "Three images with axes in pixels. Left and middle: the number of windows that cover each pixel, for kernels of 3 "
    "and 4 with stride 2, by your transposed_conv2d. Right: the galaxy, averaged and taken back to 32 × 32 pixels, in "
    "units of I_e."
)

# %% [markdown]
# ### 4.5 The sizes that Keras chooses
#
# Going up, the size is ambiguous: convolutions of 5 and of 6 pixels with $k = 3$, $s = 2$ both give 2 without padding.
# `Conv2DTranspose` in Keras does not know from how many pixels you came. You choose among the possible sizes with the
# argument `output_padding`, a number $a$ from 0 to $s - 1$: so many pixels more. If you give none, Keras chooses.
#
# Your `transposed_conv2d` puts down one copy of the kernel for each of the $i'$ pixels of the input, a stride apart.
# The *span* of the copies goes from the start of the first to the end of the last.
#
# | padding | `output_padding` | the size is |
# |---|---|---|
# | `valid` | $a$ | the span of the copies, and $a$ pixels more |
# | `valid` | `None` | the span of the copies; a kernel with $k < s$ counts as if it were $s$ pixels long |
# | `same` | $a$ | the span of the copies, less $\lfloor k/2 \rfloor$ at both ends, and $a$ pixels more |
# | `same` | `None` | the size of the input, times the stride |
#
# (`keras/src/backend/common/backend_utils.py`, Keras 3.15.)
#
# **By hand first.** Four pixels go up with a kernel of 3 and a stride of 2, `valid`. Where do the four copies start,
# and how many pixels do they span? What changes with `same` and $a = 0$? And with a kernel
# of 2 and a stride of 3, `valid` and `None`?
#
# <details><summary>Check</summary>
#
# The copies start at 0, 2, 4 and 6, and the last one ends at 8: 9 pixels. With `same`, one pixel is cut off at both
# ends: 7. With the stride of 3, the copies start at 0, 3, 6 and 9. The last one counts 3 pixels, so there are 12.
#
# </details>
#
# You will not be asked about one combination, an even kernel with `same` and `output_padding=0`. There
# `Conv2DTranspose` stops with an error from two input pixels on.
#
# ### 4.6 Task 9: `transposed_size` (3 points)
#
# Return the size that `Conv2DTranspose` gives, along one axis.
#
# - `size`: $i'$, `kernel`: $k$, `stride`: $s$
# - `padding`: `"valid"` or `"same"`
# - `output_padding`: `None` or a whole number from 0 to $s - 1$
# - returns a whole number
#
# For example, `transposed_size(4, 3, 2)` is 9, `transposed_size(4, 3, 2, "same")` is 8, and
# `transposed_size(4, 3, 2, "same", 0)` is 7.
#
# <details><summary>Hint 1</summary>
#
# There are four cases, the four rows of the table. Which two facts about the arguments tell them apart? The last copy
# starts $s(i' - 1)$ pixels after the first.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Ask `output_padding is None`. Do not write `if output_padding`: 0 counts as false, and 0 is a choice.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# You can check any case:
# `tfkl.Conv2DTranspose(1, 3, strides=2, padding="same", output_padding=0)(tf.zeros((1, 4, 4, 1))).shape`.
#
# </details>
#
# %% solution="conv-upsize"
def transposed_size(size, kernel, stride, padding="valid", output_padding=None):
    """Number of output pixels of Keras' Conv2DTranspose, along one axis of `size` pixels."""
    ### BEGIN SOLUTION: Return the size that Keras gives, with or without output_padding.
    if output_padding is None:
        if padding == "same":
            return size * stride
        return (size - 1) * stride + max(kernel, stride)
    crop = kernel // 2 if padding == "same" else 0
    return (size - 1) * stride + kernel - 2 * crop + output_padding
    ### END SOLUTION


# %% [markdown]
# The first test leaves `output_padding` at `None`, the second gives it.
#
# %% test="conv-upsize" points=2
expect(transposed_size(4, 3, 2), 9, "transposed_size(4, 3, 2)", "four windows of 3 pixels, 2 apart")
expect(transposed_size(4, 2, 3), 12, "transposed_size(4, 2, 3)", "the last copy counts as if it were 3 pixels long")
expect(transposed_size(4, 3, 2, "same"), 8, "transposed_size(4, 3, 2, 'same')", "twice the size")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_transposed_size(transposed_size)
### END HIDDEN TESTS

# %% test="conv-upsize" points=1
got = transposed_size(4, 3, 2, "same", 0)
expect(got, 7, "transposed_size(4, 3, 2, 'same', 0)", "9 pixels less 1 at both ends, and 0 more")
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_output_padding(transposed_size)
### END HIDDEN TESTS

# %% [markdown]
# As formulas, with the input size $i'$, the sizes are
#
# | padding | $p$ | size, given `output_padding` $= a$ | size, `output_padding=None` |
# |---|---|---|---|
# | `valid` | 0 | $s(i' - 1) + k + a$ | $s(i' - 1) + \max(k, s)$ |
# | `same` | $\lfloor k/2 \rfloor$ | $s(i' - 1) + k - 2\lfloor k/2 \rfloor + a$ | $s\, i'$ |
#
# The third column is $s(i' - 1) + k - 2p + a$, as in the paper (Dumoulin & Visin, relationship 14). There
# $a = (i + 2p - k) \bmod s$ follows from the size $i$ of the image that you started from. So where do the paper and
# Keras differ?
#
# - In the default. Keras takes the same $a$ every time: $\max(s - k, 0)$ for `valid`, and $s - (k \bmod 2)$ for `same`.
#   The latter makes `Conv2DTranspose` with `same` lead back to $s\,i'$, the largest image that `Conv2D` with `same`
#   takes to $i'$. For an even kernel this default is $a = s$, while in the paper, and with `output_padding`, $a$ is at
#   most $s - 1$.
# - In the place of the zeros. The paper pads on both sides alike, TensorFlow as in section 2. For `same`, the $p$ above
#   is only a number in the formula of the size. The sizes agree, the values can be shifted by a pixel.
#
# The shift by a pixel, in numbers. The map (1, 2, 3) goes up with the kernel (1, 10, 100), $s = 2$ and `same`: from 3
# to 6 pixels. Without any padding it would be 7 pixels long. Keras is the transpose of TensorFlow's `same`, which for 6
# pixels has its only zero *after* the image (your `same_padding(6, 3, 2)`), so it drops the last pixel. Dumoulin &
# Visin have $p = 1$ and $a = 1$: they drop the first.
#
# %%
taps = np.array([1.0, 10.0, 100.0]).reshape(3, 1, 1, 1)
numbers = np.array([1.0, 2.0, 3.0], dtype=np.float32).reshape(1, 3, 1, 1)
layer = tfkl.Conv2DTranspose(1, (3, 1), strides=(2, 1), padding="same", use_bias=False)
layer.build(numbers.shape)
layer.set_weights([taps])
everything = np.zeros(7)
for first, value in enumerate(numbers.ravel()):
    everything[2 * first : 2 * first + 3] += value * taps.ravel()
print("no padding      ", everything)
print("Keras, same     ", layer(numbers).numpy().ravel())
print("p = 1 and a = 1 ", everything[1:])

# %% [markdown]
# ## 5 When the galaxy moves
#
# ### 5.1 Equivariance
#
# Let $T$ move an image by a whole number of pixels, and $F$ be a convolution with stride 1. Away from the edges,
#
# $$ F(T x) = T F(x) : $$
#
# move the galaxy, and its feature map moves with it. This is *equivariance* under translation (Goodfellow, Bengio &
# Courville 2016, section 9.2). It is often called invariance. That would be $F(Tx) = F(x)$, an answer that does not
# change at all. It is what we want of "is there a lens?", but a feature map does not have it.
#
# Two things break it: the edges of the image, and strides, those of convolutions and those of pools. You will measure
# the first now and the second after that.
#
# `translate` is given: what leaves the image is lost, and zeros enter at the other side.
#
# %%
def translate(image, dy, dx):
    """Moves a 2D image by dy pixels down and dx pixels to the right (negative: up, left); zeros enter."""
    height, width = image.shape
    moved = np.zeros_like(image)
    if abs(dy) < height and abs(dx) < width:
        moved[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = image[
            max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
        ]
    return moved


# %% [markdown]
# ### 5.2 Task 10: `equivariance_error` (2 points)
#
# Measure by how much $F(Tx)$ and $T F(x)$ differ, relative to the map:
#
# $$ e = \frac{\max |F(T x) - T F(x)|}{\max |F(x)|} $$
#
# where $F$ is a convolution with stride 1 and `same` padding, and the maxima are over all pixels. $F(x)$ is not zero
# everywhere.
#
# - `image`: array of floats of shape `(height, width)`
# - `kernel`: array of floats of the same precision, of shape `(kh, kw)`, both odd. It may be larger than the image
# - `shift`: a pair of whole numbers `(dy, dx)`, positive, negative or 0. They may be larger than the image
# - returns one number
#
# Use `translate` for $T$. For $F$ you may use `tf.nn.conv2d` (it takes floats, not whole numbers). For one bright pixel
# far from all edges, $e = 0$. For one bright pixel at the edge and a kernel of 3×3 ones, moved away from the edge by
# one pixel, $e = 1$: a part of the map that had been cut off is back.
#
# <details><summary>Hint 1</summary>
#
# Write $F$ first, as a small function from a 2D array to a 2D array. `tf.nn.conv2d` wants images of shape
# `(1, height, width, 1)` and a kernel of shape `(kh, kw, 1, 1)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.nn.conv2d(image[None, :, :, None], kernel[:, :, None, None], strides=1, padding="SAME")[0, :, :, 0]` is a tensor;
# `.numpy()` makes it an array that `translate` can take.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Three arrays are all you need: $F(x)$, the translated $F(x)$, and $F$ of the translated image. Take the absolute value
# before the maximum.
#
# </details>
#
# %% solution="conv-error"
def equivariance_error(image, kernel, shift):
    """Largest difference between F(T x) and T F(x), relative to the largest value of F(x), for a 'same' convolution."""
    ### BEGIN SOLUTION: Return the largest absolute difference divided by the largest absolute value of the map.
    taps = kernel[:, :, None, None]

    def response(picture):
        maps = tf.nn.conv2d(picture[None, :, :, None], taps, strides=1, padding="SAME")
        return maps.numpy().reshape(picture.shape)

    before = response(image)
    difference = response(translate(image, *shift)) - translate(before, *shift)
    return np.max(np.abs(difference)) / np.max(np.abs(before))
    ### END SOLUTION


# %% test="conv-error" points=2
box, middle, edge = np.ones((3, 3)), np.zeros((9, 9)), np.zeros((9, 9))
middle[4, 4] = edge[0, 4] = 2.0
got = equivariance_error(middle, box, (1, 2))
expect(got, 0.0, "equivariance_error of a bright pixel in the middle", "no edge is near", atol=1e-5)
got = equivariance_error(edge, box, (1, 0))
expect(got, 1.0, "equivariance_error of a bright pixel at the upper edge, moved down,", atol=1e-4)
got = equivariance_error(edge, 3 * box, (1, 0))
why = "a row of 6 is back, and the map had the maximum 6"
expect(got, 1.0, "equivariance_error of the same with weights of 3", why, atol=1e-4)
mixed = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [-2.0, -2.0, -2.0]])
why = "a row of -4 is back, and the map had the maximum 2. Signs do not count."
got = equivariance_error(edge, mixed, (1, 0))
expect(got, 2.0, "equivariance_error of the same with negative weights", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_error(equivariance_error)
### END HIDDEN TESTS

# %% [markdown]
# Now strides. The galaxy moves by 6 pixels to the right, with `translate`. Above, the Laplacian of section 1, with
# stride 1: its map moves by 6 pixels, and the difference is zero. Below, the same kernel with stride 4. Its
# map would have to move by one and a half pixels. It cannot, and looks different. The last panel of a row shows what is
# left when the old map is moved too: by 6 pixels above, by 2 below (with 1 more is left).
#
# All panels show the middle half of the stamp, each in its own pixels: this leaves out the edges, where the difference
# is not zero. The maps and the difference of a row share one scale; red is positive, blue is negative.
#
# %%
light = galaxy()
moved = translate(light, 0, 6)
fig, axes = plt.subplots(2, 4, figsize=(10, 5), layout="constrained")
for line, stride, step in zip(axes, (1, 4), (6, 2), strict=True):
    both = np.stack([light, moved])[:, :, :, None]
    one, two = tf.nn.conv2d(both, laplacian[:, :, None, None], stride, "SAME").numpy()[:, :, :, 0]
    colours = signed(one)
    show(line[0], moved, "the galaxy, moved by 6 pixels")
    show(line[1], one, f"stride {stride}: map before", **colours)
    show(line[2], two, f"stride {stride}: map after", **colours)
    drawn = show(line[3], two - translate(one, 0, step), f"after, minus before moved by {step}", **colours)
    fig.colorbar(drawn, ax=line[3], label="value [$I_e$]", shrink=0.75)
    for axis in line:
        side = 64 if axis is line[0] else 64 // stride
        first, last = side // 4 - 0.5, 3 * side // 4 - 0.5  # pixel edges lie at half-integers
        axis.set(xlim=(first, last), ylim=(last, first))
show_figure(
    "Two rows of four images with axes in pixels: stride 1 above, stride 4 below. In each row the galaxy moved by 6 "
    "pixels, the map before, the map after, and what is left when the map before is moved too. With stride 1 nothing "
    "is left, with stride 4 some red and blue pixels are."
)

# %% [markdown]
# ### 5.3 Task 11: `equivariant_shifts` (2 points)
#
# A stack of convolutions with strides $s_1, s_2, \ldots$ looks at an image that is so large that the edges do not
# matter. Move the image by $t$ pixels. For which $t$ is the new feature map a copy of the old one, moved by a whole
# number of *its* pixels, whatever the image and the kernels?
#
# This is weaker than equivariance for every $t$, and it is what strided networks have (Zhang 2019, arXiv:1904.11486).
# It is one reason why a classification can change when an image moves by a single pixel (Azulay & Weiss 2018,
# arXiv:1805.12177).
#
# - `strides`: a list with at least one stride, one for each layer, the same along both axes; pooling layers are listed
#   with theirs
# - `largest`: a whole number from 1 on
# - returns the list of all such $t$ from 1 to `largest` (included), in any order. If there are none, the list is empty
#
# For example, `equivariant_shifts([2], 6)` is `[2, 4, 6]`.
#
# <details><summary>Hint 1</summary>
#
# Output pixel $m$ of one layer starts at input pixel $m s$. By how much must the image move so that its window moves to
# where another output pixel starts?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For a stack, the starts of two neighbouring output pixels are one *jump* apart, in pixels of the image. See section 3.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `range(start, stop, step)` counts in steps. It stops before `stop`.
#
# </details>
#
# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    """All shifts from 1 to `largest` pixels that move the feature map of a strided stack as a whole."""
    ### BEGIN SOLUTION: Return the list of these shifts.
    jump = np.prod(strides)
    return list(range(jump, largest + 1, jump))
    ### END SOLUTION


# %% test="conv-shifts" points=2
for strides, largest, expected, why in (
    ([2], 6, [2, 4, 6], ""),
    ([1, 1, 1], 3, [1, 2, 3], "without strides every shift will do"),
    ([2, 3], 12, [6, 12], "output pixels start 6 pixels of the image apart"),
):
    got = equivariant_shifts(strides, largest)
    got = got if got is None else np.sort(list(got) if isinstance(got, set) else got, axis=None)
    expect(got, expected, f"equivariant_shifts({strides}, {largest})", why)
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_shifts(equivariant_shifts)
### END HIDDEN TESTS

# %% [markdown]
# The galaxy again, shift by shift, now without edges: the image is periodic, so what leaves it at the right comes back
# at the left (`np.roll`), and the convolution sees it so, too. For each shift of the image, the plot shows the smallest
# difference that is left when the old map is moved by any whole number of its pixels. Compare the shifts at which a
# line is at zero with your answer. The line of stride 1 is at zero everywhere.
#
# %%
fig, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
shifts = np.arange(1, 13)
batch = np.stack([np.roll(light, shift, axis=1) for shift in [0, *shifts]])
batch = np.pad(batch, ((0, 0), (1, 1), (1, 1)), mode="wrap")[:, :, :, None]
for stride, style, marker in ((1, "C0-o", 10), (2, "C1--s", 6), (4, "C2:^", 6)):
    first, *others = tf.nn.conv2d(batch, laplacian[:, :, None, None], stride, "VALID").numpy()[:, :, :, 0]
    left = [
        min(np.abs(later - np.roll(first, step, axis=1)).max() for step in range(first.shape[1])) / np.abs(first).max()
        for later in others
    ]
    axis.plot(shifts, left, style, ms=marker, mfc="none" if stride == 1 else None, label=f"stride {stride}")
axis.set(xlabel="shift of the image [pixel]", ylabel="difference / largest value", xticks=shifts)
axis.set_title("Which shifts move the map as a whole?")
axis.set_ylim(-0.08, 1.3)
axis.legend(ncols=3, loc="upper center")
show_figure(
    "Smallest difference that is left when the old map is moved by whole pixels, in units of its largest value, "
    "against the shift of the image from 1 to 12 pixels. Lines for strides 1, 2 and 4; that of stride 1 is at zero "
    "everywhere."
)

# %% [markdown]
# ## 6 A design of your own
#
# Now the other way round: the shapes are given, and you find the layers. An encoder for galaxies takes stamps of 64×64
# pixels in 3 bands, and turns them into a map of 8×8 pixels with 16 channels.
#
# ### 6.1 Task 12: `build_encoder` (3 points)
#
# Return a Keras model. There are many right answers, and every model will pass that has these properties:
#
# 1. it takes images of shape `(None, 64, 64, 3)`;
# 2. it returns maps of shape `(None, 8, 8, 16)`;
# 3. it has at most 5000 parameters by `count_params()`, which counts those too that are not trained. A `Lambda` layer
#    may compute with TensorFlow, but use no variable and no other model;
# 4. the receptive field of output pixel (4, 4) is at least 24 and at most 40 pixels, along both axes: large enough for
#    a galaxy, small enough to say where it is;
# 5. it is not linear in the image. Several linear layers are still one linear map;
# 6. it gives an image the same answer every time, `model(images)` as well as `model.predict(images)`, whatever else is
#    in its batch;
# 7. it could learn: it has trainable parameters, and gradients pass through every layer.
#
# You need not train it. Use any layers you like. The fourth property is measured on one side of the image at a time:
# ever more rows or columns are replaced by noise, until output pixel (4, 4) changes. A model that looks at the whole
# image at once does not have it. The map below the test shows you the field of your model.
#
# How the weights start is your choice, zeros included: the tests look at your model after random numbers were put in
# their place. Give the model its input shape, with `tfk.Input((64, 64, 3))` for example, and build a new one at each
# call. A function that puts such numbers in, `with_random_weights`, stands below the hints.
#
# <details><summary>Hint 1</summary>
#
# From 64 to 8 is a factor of 8: strides, or pools, of 2 three times. With `same` the sizes are 32, 16, 8.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Put your plan through `receptive_field` and `layer_summary` before you build it. Three convolutions 3×3 with stride 2
# see 15 pixels, which is too little. What else makes the field grow?
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Too many parameters? The last layer has to have 16 filters if it is a convolution. Those before it need not: few
# channels cost few weights. And `activation="relu"` makes a convolution non-linear.
#
# </details>
#
# %%
def with_random_weights(network):
    """Puts random numbers in the place of a network's trainable weights, so that it does not matter how they start."""
    rng = np.random.default_rng(6)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(0, 0.3, size=weight.shape))
    return network


# %% solution="conv-design"
def build_encoder():
    """A Keras model from (None, 64, 64, 3) to (None, 8, 8, 16) with the six properties above."""
    ### BEGIN SOLUTION: Build and return the model.
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (6, 8, 16):
        model.add(tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))
    return model
    ### END SOLUTION


# %% [markdown]
# The test that you see looks at properties 1, 2, 3 and 5, the hidden test at all six.
#
# %% test="conv-design" points=3
model = build_encoder()
given, returned = getattr(model, "input_shape", None), getattr(model, "output_shape", None)
assert "64, 64, 3)" in str(given), f"The model takes {given}, expected (None, 64, 64, 3). Does it begin with tfk.Input?"
assert "(None, 8, 8, 16)" in str(returned), f"The model returns {returned}, expected (None, 8, 8, 16)."
parameters = model.count_params()
assert parameters <= 5000, f"The model has {parameters} parameters, at most 5000 are allowed."
model, bends = with_random_weights(model), []
for size in (1, 100):
    pictures = size * tf.random.stateless_normal((2, 64, 64, 3), seed=(3, 4))
    pictures = tf.stack([pictures[0], pictures[1], pictures[0] + pictures[1], 0 * pictures[0]])
    one, two, both, none = np.asarray(model(pictures))
    bends.append(np.max(np.abs(one + two - both - none)) / max(np.max(np.abs(both)), 1e-30))
assert max(bends) > 1e-3, (
    "The model is linear: its answer to the sum of two images is the sum of its answers."
    " What makes a layer non-linear?"
)
### BEGIN HIDDEN TESTS
from graders.checks import convolutions as checks

checks.check_design(build_encoder)
### END HIDDEN TESTS

# %% [markdown]
# What does your output pixel (4, 4) see? The map below adds up the size of its gradients over 16 images of noise. The
# coloured part is its field. Is it between 24 and 40 pixels wide? With `same` it may lie a little to the lower right,
# because the odd zeros come after the image.
#
# %%
encoder = with_random_weights(build_encoder())
noise = tf.random.stateless_normal((16, 64, 64, 3), seed=(1, 2))
with tf.GradientTape() as tape:
    tape.watch(noise)
    pixel = tf.reduce_sum(tf.square(encoder(noise)[:, 4, 4]))
strength = tf.reduce_sum(tf.abs(tape.gradient(pixel, noise)), axis=(0, 3)).numpy()
rows, columns = np.nonzero(strength.max(axis=1))[0], np.nonzero(strength.max(axis=0))[0]
high = rows[-1] - rows[0] + 1 if rows.size else 0
wide = columns[-1] - columns[0] + 1 if columns.size else 0
fig, axis = plt.subplots(figsize=(5, 4), layout="constrained")
title = f"the field of output pixel (4, 4): {high} high, {wide} wide"
drawn = show(axis, np.where(strength > 0, strength, np.nan), title)
axis.set(xlim=(-0.5, 63.5), ylim=(63.5, -0.5))
fig.colorbar(drawn, label="sum of |gradient|")
show_figure(
    "Image of 64 × 64 pixels: the sum of the sizes of the gradients of your output pixel (4, 4), over the bands and "
    f"16 images of noise, white where it is zero. The coloured part, its field, is {high} high and {wide} wide."
)

# %% [markdown]
# ## 7 What you have learnt
#
# - A convolution is a dense layer with shared weights and small windows. Deep learning does not flip the kernel.
# - Sizes: $\lfloor (i - k)/s \rfloor + 1$ for `valid` (a dilated kernel counts with its span $\hat{k}$),
#   $\lceil i/s \rceil$ for `same`. When the number of zeros is odd, TensorFlow puts the odd one after the image.
# - Each layer adds $(k - 1)$ times the jump before it to the receptive field.
# - Unrolled, a convolution is a sparse matrix $C$. The transposed convolution is $C^T$. It brings back the shape, not
#   the values.
# - Keras chooses one of several possible sizes when going up. `output_padding` chooses another.
# - A convolution with stride 1 is equivariant under translation away from the edges. A strided stack follows shifts by
#   multiples of its jump, and in general no others.
#
# Last, a question in words.
#
# %% [markdown] answer="conv-why" points=2
# ### 7.1 Question 1: is a CNN translation invariant? (2 points, by hand)
#
# You train a CNN to find strong lenses. It has convolutions with stride 1 and `same` padding, three max pools 2×2 with
# stride 2, a flatten layer and a dense layer with one output. A colleague says: "A CNN is translation invariant, so you
# can cut the stamps out anywhere around the candidate."
#
# In a few sentences: which parts of this network are equivariant, and for which shifts? Is its answer invariant? (1
# point.) And name one thing that you could change, in the data or in the network, to make the answer depend less on
# where the candidate is. (1 point.)
#
# === BEGIN MARK SCHEME ===
# 1 point for the diagnosis: convolutions with stride 1 are equivariant (not invariant) away from the edges; the pools
# keep that only for shifts by multiples of 8 pixels (2·2·2); `same` padding breaks it at the edges; flatten only
# reorders, and the dense layer after it has a weight for every position, so the answer is not invariant. At least two
# of these, none of them wrong.
#
# 1 point for a remedy that works: augmentation with random shifts; a global average (or maximum) pool in place of
# flatten, which turns equivariance into invariance; blurred (anti-aliased) pooling; or recentring all stamps by the
# same rule, at training and in use. More data without shifts, or a deeper network, is not enough.
# === END MARK SCHEME ===
