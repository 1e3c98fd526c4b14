# Parameter counting. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Counting parameters
#
# A network learns by changing its parameters, the weights and biases of its layers.
# Their number sets the memory that they take.
# It also bears on how much data the training needs, and on how easily the network overfits.
# In this notebook you count them by hand, before Keras does.
#
# **What you will learn**
#
# - to count the parameters of dense, convolutional and batch-normalisation layers, and of whole networks;
# - which of them training changes, and which layers have none;
# - why an image is a poor input for a fully connected network;
# - to design a network for a given number of parameters;
# - to estimate the memory that its weights and its activations take.
#
# **Time**: about 75 minutes. There are 10 tasks, worth 25 points, and one written question, worth 2.
#
# %% include="setup"
# %% include="expect"
# %% [markdown]
# ## 1 One layer of neurons
#
# A neuron takes several inputs and gives one output, $z = w \cdot x + b$.
# It has one weight for each input, and one bias.
# A linear layer is a set of neurons that share the same input; Keras calls it `Dense`.
#
# ![Left: one neuron. Three inputs come in, each by an arrow with a weight, and one bias; their sum z goes out.
# Right: a layer of four neurons on the same three inputs. The three arrows and the bias of the first neuron are
# in colour.](attachment:neuron.png)
#
# **By hand first.** Every arrow into a neuron is a number that the network stores.
# How many arrows point at the neuron on the left, the bias included? How many at all four neurons on the right?
# (Of their biases only the first is drawn.)
#
# <details><summary>Check</summary>
#
# Three weights and one bias, so 4 arrows at each neuron. The layer has $4 \times 4 = 16$.
# It is the first layer of the lecture's network.
# </details>
#
# ### 1.1 Task 1: a dense layer (2 points)
#
# Write `dense_parameters(n_in, n_out)`. Both arguments are whole numbers, at least 1.
# Return the number of parameters of `Dense(n_out)` on `n_in` inputs.
# For example, `dense_parameters(3, 4)` is 16.
#
# <details><summary>Hint 1</summary>
#
# In the picture, add a fourth input. How many arrows more point at each neuron? Now add a fifth neuron.
# </details>
#
# <details><summary>Hint 2</summary>
#
# How many numbers does one neuron store? How many neurons are there?
# </details>
#
# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    """Number of parameters of a Dense layer with n_out neurons on n_in inputs."""
    ### BEGIN SOLUTION: Return the number of weights plus the number of biases.
    return (n_in + 1) * n_out
    ### END SOLUTION


# %% test="parameters-dense" points=2
expect(dense_parameters(3, 4), 16, "dense_parameters(3, 4)", "3 weights and 1 bias for each neuron")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_dense(dense_parameters)
### END HIDDEN TESTS
# %% [markdown]
# Write $n_\mathrm{in}$ for the number of inputs and $n_\mathrm{out}$ for the number of neurons.
# The weights form a matrix of $n_\mathrm{in} \times n_\mathrm{out}$ numbers,
# and the biases a vector of $n_\mathrm{out}$ numbers. So you have written
#
# $$N_\mathrm{dense} = n_\mathrm{in}\, n_\mathrm{out} + n_\mathrm{out} = (n_\mathrm{in} + 1)\, n_\mathrm{out}$$
#
# (lecture, section 1).
#
# %% [markdown]
# ## 2 A network of layers
#
# A multi-layer perceptron (MLP) is a chain of dense layers. The outputs of one layer are the inputs of the next.
# The sizes of the layers, from the input to the output, describe it: the lecture's network has the sizes 3, 4, 4, 1.
# All dense layers but the last are called hidden layers: here two, of 4 neurons each.
#
# Between the layers sit activation functions, $z \to g(z) = y$.
# They make the network non-linear. The usual ones, such as ReLU, have nothing to learn.
# (One exception that you may meet elsewhere is PReLU, which learns slopes. It does not occur in this notebook.)
# It makes no difference for the count whether an activation function is an argument of a layer or a layer of its own.
# Here is the lecture's network, with one as an argument and one as a layer. Look at the last column.
#
# %%
lecture_mlp = tfk.Sequential(
    [
        tfk.Input(shape=(3,)),
        tfkl.Dense(4, activation="relu"),
        tfkl.Dense(4),
        tfkl.Activation("relu"),
        tfkl.Dense(1),
    ]
)
lecture_mlp.summary()

# %% [markdown]
# `None` in an output shape stands for the batch: the network takes any number of examples at once.
# The count does not depend on it.
# The network has three dense layers. Keras prints four rows, because `Activation` has one of its own.
#
# **By hand first.** A network has the sizes 2, 5, 1. How many dense layers is that? How many parameters has each?
#
# <details><summary>Check</summary>
#
# Two layers, because the input is no layer. The first has 5 neurons on 2 inputs, 15 parameters;
# the second has 1 neuron on 5 inputs, 6 parameters. That is 21 in all.
# </details>
#
# ### 2.1 Task 2: a multi-layer perceptron (2 points)
#
# Write `mlp_parameters(sizes)`. `sizes` is a list of at least two whole numbers, from the input to the output,
# each at least 1.
# Return two things: a list with the number of parameters of each dense layer, and their total.
# For example, `mlp_parameters([3, 4, 4, 1])` is `([16, 20, 5], 41)`.
#
# <details><summary>Hint 1</summary>
#
# Each layer needs two numbers from the list: its own size, and the one before it.
# </details>
#
# <details><summary>Hint 2</summary>
#
# `zip(sizes[:-1], sizes[1:])` gives the pairs of neighbours.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Collect the counts in a list, one for each pair, and return that list and its `sum`.
# </details>
#
# %% solution="parameters-mlp"
def mlp_parameters(sizes):
    """Parameters of each Dense layer of an MLP (a list), and their total (a number); sizes = [n_0, n_1, ..., n_L]."""
    ### BEGIN SOLUTION: Return a list with the count of each layer, and the sum of that list.
    per_layer = [(sizes[i] + 1) * sizes[i + 1] for i in range(len(sizes) - 1)]
    return per_layer, sum(per_layer)
    ### END SOLUTION


# %% test="parameters-mlp" points=2
expected = {"the list": [16, 20, 5], "the total": 41}
expect(mlp_parameters([3, 4, 4, 1]), expected, "mlp_parameters([3, 4, 4, 1])", "16 + 20 + 5 = 41")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_mlp(mlp_parameters)
### END HIDDEN TESTS
# %% [markdown]
# For the sizes $n_0, n_1, \dots, n_L$ this is
#
# $$N_\mathrm{MLP} = \sum_{\ell=1}^{L} (n_{\ell-1} + 1)\, n_\ell$$
#
# (the formula of section 1 for each layer; lecture, section 1: $16 + 20 + 5 = 41$).
#
# %% [markdown]
# ## 3 Trainable and non-trainable
#
# The optimiser changes the **trainable** parameters, by their gradients.
# A layer may also store numbers that the optimiser leaves alone: **non-trainable** parameters.
# They are saved with the network. `count_params()`, by which a Keras layer or model counts its parameters,
# includes them.
#
# Batch normalisation has both. For each channel it subtracts the mean, divides by the standard deviation,
# and then lets the network choose a new scale $\gamma$ and a new shift $\beta$:
#
# $$\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad y = \gamma\, \hat{x} + \beta$$
#
# (Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1.) During training, $\mu$ and $\sigma^2$ are those of the batch.
# Meanwhile the layer keeps a moving average of each, which it uses in evaluation.
# $\epsilon$ is a small constant that prevents a division by zero. It is fixed, and no parameter.
#
# - $\gamma$ and $\beta$ are trainable.
# - The moving mean and the moving variance are non-trainable: they follow the data, not a gradient.
#
# In Keras the channels are the last axis of the input. An image of $32 \times 32$ pixels in 3 bands has 3 channels,
# and all pixels of a channel share its four numbers. In a list of features, each feature is a channel.
#
# Dropout has no parameters at all. Its rate is chosen by you and stays as it is.
#
# You can also make a layer non-trainable yourself, with `layer.trainable = False`.
# This is how a pretrained network is frozen. Its parameters then count as non-trainable; their number stays the same.
#
# ### 3.1 Task 3: batch normalisation (2 points)
#
# Write `batch_norm_parameters(input_shape)`. `input_shape` is a tuple without the batch axis,
# such as `(32, 32, 3)` for images or `(16,)` for features.
# Return two numbers: the trainable and the non-trainable parameters of `BatchNormalization()` on such an input.
# For example, `batch_norm_parameters((5,))` is `(10, 10)`.
#
# <details><summary>Hint 1</summary>
#
# Which axis of `input_shape` counts? Does a larger image need more parameters?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Count the symbols: which of $\gamma$, $\beta$, the moving mean and the moving variance does the optimiser change?
# </details>
#
# %% solution="parameters-batchnorm"
def batch_norm_parameters(input_shape):
    """Trainable and non-trainable parameters (two numbers) of BatchNormalization on an input_shape without batch."""
    ### BEGIN SOLUTION: Return the number of trainable and the number of non-trainable parameters.
    channels = input_shape[-1]
    return 2 * channels, 2 * channels
    ### END SOLUTION


# %% test="parameters-batchnorm" points=2
expected = {"the trainable count": 10, "the non-trainable count": 10}
expect(batch_norm_parameters((5,)), expected, "batch_norm_parameters((5,))", "two for each feature")
expected = {"the trainable count": 4, "the non-trainable count": 4}
expect(batch_norm_parameters((8, 6, 2)), expected, "batch_norm_parameters((8, 6, 2))", "two for each channel")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_batch_norm(batch_norm_parameters)
### END HIDDEN TESTS
# %% [markdown]
# ## 4 Convolutional layers
#
# ### 4.1 Task 4: a convolution (2 points)
#
# A convolutional layer slides small kernels over the image. The lecture describes it in steps:
# each input channel is convolved with a kernel of its own, the results are summed over the channels,
# this is repeated for each filter, and the results of all filters are stacked as the output channels.
#
# Each filter has one bias, which is added to the sum.
# A $3 \times 3$ convolution of one filter on an image of one channel has $9 + 1 = 10$ parameters, as in the lecture.
#
# **By hand first.** The image has three channels, red, green and blue, and the kernels are $3 \times 3$.
# How many kernels does one filter have, and how many parameters? How many parameters do 15 filters have?
# Does it matter how large the image is?
#
# <details><summary>Check</summary>
#
# One kernel **for each input channel**: 3 kernels of 9 weights, and one bias, so 28.
# Fifteen filters have 420. The size of the image does not matter:
# the same kernels are used at every position. So the strides, by which the kernel moves on, and the padding,
# zeros around the image, do not matter either.
# </details>
#
# In `Conv2D(15, (3, 3))` the first argument is the number of filters, and the second the kernel size.
#
# With `use_bias=False` the biases are left out.
# One reason to do so: a batch normalisation that comes directly after the convolution subtracts the mean,
# and the bias with it (Ioffe & Szegedy 2015, section 3.2).
#
# Write `conv_parameters(kernel_size, channels_in, filters, use_bias=True)`.
# `kernel_size` is a pair $(k_h, k_w)$; the two may differ.
# All numbers, here and in the next two tasks, are whole and at least 1. Return the number of parameters.
# For example, `conv_parameters((3, 3), 1, 1)` is 10, and 9 with `use_bias=False`.
#
# <details><summary>Hint 1</summary>
#
# First count one filter: its kernels, then its bias. Only then multiply by the number of filters.
# </details>
#
# <details><summary>Hint 2</summary>
#
# A kernel has `kernel_size[0] * kernel_size[1]` weights. How many kernels does a filter have?
# </details>
#
# %% solution="parameters-conv"
def conv_parameters(kernel_size, channels_in, filters, use_bias=True):
    """Number of parameters of Conv2D(filters, kernel_size) on an image of channels_in channels."""
    ### BEGIN SOLUTION: Return the number of kernel weights plus the number of biases, if there are any.
    height, width = kernel_size
    return (height * width * channels_in + (1 if use_bias else 0)) * filters
    ### END SOLUTION


# %% test="parameters-conv" points=2
expect(conv_parameters((3, 3), 1, 1), 10, "conv_parameters((3, 3), 1, 1)", "9 weights and 1 bias")
got = conv_parameters((3, 3), 1, 1, use_bias=False)
expect(got, 9, "conv_parameters((3, 3), 1, 1, use_bias=False)", "only the weights are left")
expect(conv_parameters((3, 3), 3, 15), 420, "conv_parameters((3, 3), 3, 15)", "15 filters of 27 + 1")
expect(conv_parameters((3, 5), 2, 4), 124, "conv_parameters((3, 5), 2, 4)", "each kernel has 15 weights")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_conv(conv_parameters)
### END HIDDEN TESTS
# %% [markdown]
# With kernels of $k_h \times k_w$ weights, $c_\mathrm{in}$ input channels and $c_\mathrm{out}$ filters, this is
#
# $$N_\mathrm{conv} = (k_h\, k_w\, c_\mathrm{in} + 1)\, c_\mathrm{out}$$
#
# (lecture, section 2; the shape of the set of kernels is in Dumoulin & Visin 2016, arXiv:1603.07285, section 1.1).
# Keras stores the kernels as an array of shape $(k_h, k_w, c_\mathrm{in}, c_\mathrm{out})$.
#
# %% [markdown]
# ### 4.2 Task 5: a grouped convolution (2 points)
#
# In an ordinary convolution every filter sees every input channel.
# A grouped convolution divides the input channels into $G$ groups of equal size, and the filters likewise.
# A filter sees the channels of its own group and no others. So the numbers of channels and of filters must both be
# multiples of $G$. In Keras this is the argument `groups` of `Conv2D`.
# (For its use see Krizhevsky et al. 2012, NeurIPS 25, and Xie et al. 2017, arXiv:1611.05431.)
#
# **By hand first.** There are 6 channels and 4 filters of $3 \times 3$, in 2 groups.
# How many channels does one filter see? How many parameters do the 4 filters have?
#
# <details><summary>Check</summary>
#
# Three channels, so a filter has $3 \times 9$ weights and one bias, 28. Four filters have 112.
# Without groups they would have $4 \times (6 \times 9 + 1) = 220$.
# </details>
#
# Write `grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True)`.
# Return the number of parameters as a whole number.
# For example, 4 filters of $3 \times 3$ on 6 channels in 2 groups have $(9 \times 3 + 1) \times 4 = 112$ parameters.
#
# <details><summary>Hint 1</summary>
#
# How many input channels does one filter see?
# </details>
#
# <details><summary>Hint 2</summary>
#
# Start from task 4. Only one of its numbers changes, and `//` keeps it whole.
# </details>
#
# %% solution="parameters-grouped"
def grouped_parameters(kernel_size, channels_in, filters, groups, use_bias=True):
    """Number of parameters of Conv2D(filters, kernel_size, groups=groups) on channels_in channels."""
    ### BEGIN SOLUTION: Return the count of a convolution whose filters see only the channels of their group.
    height, width = kernel_size
    return (height * width * (channels_in // groups) + (1 if use_bias else 0)) * filters
    ### END SOLUTION


# %% test="parameters-grouped" points=2
got = grouped_parameters((3, 3), 6, 4, 2)
expect(got, 112, "grouped_parameters((3, 3), 6, 4, 2)", "each filter sees 3 channels")
got = grouped_parameters((3, 3), 6, 4, 2, use_bias=False)
expect(got, 108, "grouped_parameters((3, 3), 6, 4, 2, use_bias=False)", "no biases")
got = grouped_parameters((3, 5), 6, 4, 2)
expect(got, 184, "grouped_parameters((3, 5), 6, 4, 2)", "each kernel has 15 weights")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_grouped(grouped_parameters)
### END HIDDEN TESTS
# %% [markdown]
# As a formula,
#
# $$N_\mathrm{grouped} = \left(k_h\, k_w\, \frac{c_\mathrm{in}}{G} + 1\right) c_\mathrm{out}$$
#
# (that of 4.1, with $c_\mathrm{in}/G$ channels for each filter).
# There are fewer weights by a factor $G$, and as many biases as before.
#
# %% [markdown]
# ### 4.3 Task 6: a depthwise convolution (2 points)
#
# A depthwise convolution treats each input channel by itself and never sums over channels.
# Each channel is convolved with $m$ kernels of its own, where $m$ is the `depth_multiplier`, usually 1.
# Each kernel makes one channel of the output, and each channel of the output has one bias.
# In Keras this is `DepthwiseConv2D`.
#
# **By hand first.** There are 4 channels, kernels of $3 \times 3$, and $m = 2$.
# How many channels does the output have? How many parameters is that?
#
# <details><summary>Check</summary>
#
# Eight channels, each with a kernel of 9 weights and one bias: 80 parameters. With $m = 1$ there are half as many.
# </details>
#
# Write `depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True)`.
# Return the number of parameters of `DepthwiseConv2D`.
# For example, `depthwise_parameters((3, 3), 4)` is 40, and `depthwise_parameters((3, 3), 4, 2)` is 80.
#
# <details><summary>Hint 1</summary>
#
# There is one kernel for each output channel. How many output channels are there?
# </details>
#
# <details><summary>Hint 2</summary>
#
# First count one output channel: its weights, and its bias or none.
# </details>
#
# %% solution="parameters-depthwise"
def depthwise_parameters(kernel_size, channels_in, depth_multiplier=1, use_bias=True):
    """Number of parameters of DepthwiseConv2D(kernel_size, depth_multiplier=...) on channels_in channels."""
    ### BEGIN SOLUTION: Return the number of kernel weights plus the number of biases, if there are any.
    height, width = kernel_size
    return (height * width + (1 if use_bias else 0)) * channels_in * depth_multiplier
    ### END SOLUTION


# %% test="parameters-depthwise" points=2
got = depthwise_parameters((3, 3), 4)
expect(got, 40, "depthwise_parameters((3, 3), 4)", "9 weights and 1 bias for each channel")
got = depthwise_parameters((3, 3), 4, 2)
expect(got, 80, "depthwise_parameters((3, 3), 4, 2)", "2 kernels and 2 biases for each channel")
got = depthwise_parameters((3, 5), 4, 2, use_bias=False)
expect(got, 120, "depthwise_parameters((3, 5), 4, 2, use_bias=False)", "8 kernels of 15 weights")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_depthwise(depthwise_parameters)
### END HIDDEN TESTS
# %% [markdown]
# As a formula,
#
# $$N_\mathrm{depthwise} = (k_h\, k_w + 1)\, c_\mathrm{in}\, m$$
#
# (Howard et al. 2017, arXiv:1704.04861, section 3.1, who have $m = 1$ and no biases).
# It is the grouped convolution with as many groups as channels, $G = c_\mathrm{in}$, and $c_\mathrm{in}\, m$ filters.
# Because the channels do not mix, a $1 \times 1$ convolution usually follows.
# The two together are called a depthwise separable convolution (Chollet 2017, arXiv:1610.02357).
#
# %% [markdown]
# ### 4.4 Keras counts
#
# You have counted by hand. Now let Keras count the same layers. The two columns should agree in every row.
# A layer gets its weights when it learns the shape of its input, here by `build`.
#
# %%
rows = [
    ("Dense", lambda: dense_parameters(7, 5), tfkl.Dense(5), (7,)),
    ("BatchNormalization", lambda: sum(batch_norm_parameters((8, 6, 2))), tfkl.BatchNormalization(), (8, 6, 2)),
    ("Conv2D", lambda: conv_parameters((3, 5), 6, 4), tfkl.Conv2D(4, (3, 5)), (8, 8, 6)),
    ("Conv2D, 2 groups", lambda: grouped_parameters((3, 5), 6, 4, 2), tfkl.Conv2D(4, (3, 5), groups=2), (8, 8, 6)),
    ("DepthwiseConv2D", lambda: depthwise_parameters((3, 5), 6), tfkl.DepthwiseConv2D((3, 5)), (8, 8, 6)),
]
print(f"{'layer':20} {'you':>6} {'Keras':>6}")
for name, yours, layer, input_shape in rows:
    layer.build((None, *input_shape))
    print(f"{name:20} {int(yours()):6} {layer.count_params():6}")

# %% [markdown]
# Next compare the kinds of convolution, from $c$ channels to $c$ channels, with your functions of tasks 4 to 6.
# At 64 channels, the dotted line, the ordinary convolution has 36,928 parameters and the separable one 4,800.
# The ratio of the two is
#
# $$\frac{9 c^2 + c}{c^2 + 11 c}$$
#
# which is 7.7 there, and approaches $k_h k_w = 9$ for large $c$, where the terms in $c^2$ decide.
# Four groups make the ordinary convolution nearly 4 times cheaper, at any number of channels.
# At 8 channels, where the plot begins, the grouped and the separable convolution have 152 parameters each.
#
# %%
channels = np.arange(8, 257, 8)
ordinary = [conv_parameters((3, 3), int(c), int(c)) for c in channels]
grouped = [grouped_parameters((3, 3), int(c), int(c), 4) for c in channels]
separable = [depthwise_parameters((3, 3), int(c)) + conv_parameters((1, 1), int(c), int(c)) for c in channels]

fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.plot(channels, ordinary, "C0-", label="ordinary 3×3")
ax.plot(channels, grouped, "C1--", label="3×3 in 4 groups")
ax.plot(channels, separable, "C2-.", label="depthwise 3×3, then 1×1")
ax.axvline(64, color="grey", linestyle=":")
ax.set(xlabel="channels $c$, in and out", ylabel="parameters", title="Kinds of convolution, $c$ to $c$ channels")
ax.set(xscale="log", yscale="log")
ax.set_xticks([8, 16, 32, 64, 128, 256], [8, 16, 32, 64, 128, 256])
ax.minorticks_off()
ax.legend()
show_figure(
    "Parameters against channels c, in and out, from 8 to 256, both axes logarithmic. Three lines by your functions: "
    "the ordinary 3×3 convolution, the 3×3 in 4 groups, and the depthwise 3×3 followed by the 1×1. A dotted line "
    "marks 64 channels."
)

# %% [markdown]
# ## 5 A whole network
#
# ### 5.1 Layers without parameters
#
# Keras counts 0 parameters for each of these layers:
#
# | layer | what it does | shape after `(height, width, channels)` |
# |---|---|---|
# | `Activation` | applies its function to each value | the same |
# | `Dropout` | sets a random part of the values to 0 during training | the same |
# | `MaxPool2D`, `AvgPool2D` | the maximum or mean of each `p` × `p` square | `(height // p, width // p, channels)` |
# | `Flatten` | writes the image as one long list | `(height * width * channels,)` |
# | `GlobalAveragePooling2D` | takes the mean of each channel | `(channels,)` |
#
# The default padding of pooling is `valid`: nothing is added around the image.
# An incomplete square at the edge is then left out; hence the `//`.
# In its summaries Keras writes the pooling layers as `MaxPooling2D` and `AveragePooling2D`.
# These layers still matter for the count, because they change the shape that the next layer sees.
# Batch normalisation keeps the shape, too.
#
# ### 5.2 The shape after a convolution
#
# The channels of the output are the filters. The height and the width follow from the input size $i$,
# the kernel size $k$ and the stride $s$, separately for each axis.
# With `valid` the kernel stays inside the image. With `same`, zeros around it keep the size where the stride is 1:
#
# $$o_\mathrm{valid} = \left\lfloor \frac{i - k}{s} \right\rfloor + 1, \qquad
# o_\mathrm{same} = \left\lceil \frac{i}{s} \right\rceil$$
#
# (Dumoulin & Visin 2016, section 2, without padding; for `same`, the convention of TensorFlow.)
# The notebook on convolutions derives them. Here the next cell gives you a function that you may use.
#
# %%
def output_size(size, kernel_size, strides, padding):
    """Height (or width) after a convolution, from the height (or width) before it; padding is 'valid' or 'same'."""
    if padding == "same":
        return -(-size // strides)  # rounds up
    return (size - kernel_size) // strides + 1


print(output_size(32, 3, 1, "valid"), output_size(30, 3, 2, "valid"), output_size(14, 3, 1, "valid"))

# %% [markdown]
# These three numbers are the sizes in the lecture's convolutional stack, which takes images of $32 \times 32$ pixels
# in 3 bands. Count along:
#
# | layer | output shape | parameters |
# |---|---|---|
# | input | (32, 32, 3) | |
# | `Conv2D(15, (3, 3))` | (30, 30, 15) | $(9 \times 3 + 1) \times 15 = 420$ |
# | `Conv2D(16, (3, 3), strides=2)` | (14, 14, 16) | $(9 \times 15 + 1) \times 16 = 2176$ |
# | `Conv2D(32, (3, 3))` | (12, 12, 32) | $(9 \times 16 + 1) \times 32 = 4640$ |
# | total | | 7236 |
#
# The 15 filters of the first layer are the 15 input channels of the second. This is the step most often missed.
#
# ### 5.3 Task 7: a stack of layers (4 points)
#
# From here on a network is a list of layers, and each layer a dictionary.
# The entry `"layer"` is the name of its class in Keras, and the others are its arguments:
#
#     {"layer": "Conv2D", "filters": 15, "kernel_size": (3, 3), "strides": 1, "padding": "valid", "use_bias": True}
#     {"layer": "Dense", "units": 10}
#     {"layer": "BatchNormalization"}
#     {"layer": "Activation", "activation": "relu"}
#     {"layer": "Dropout", "rate": 0.5}
#     {"layer": "MaxPool2D", "pool_size": 2}
#     {"layer": "AvgPool2D", "pool_size": 2}
#     {"layer": "Flatten"}
#     {"layer": "GlobalAveragePooling2D"}
#
# These are all the kinds of layer that occur, always with exactly these entries.
# `strides` and `pool_size` are single numbers, `kernel_size` is a pair.
# `Dense` has biases, and its input is always a list of values, never an image.
# The input of `Conv2D`, of pooling, of `Flatten` and of `GlobalAveragePooling2D` is always an image,
# and no kernel or pool is larger than the image that it gets.
# Anything not mentioned is Keras's default, so pooling steps by `pool_size`.
#
# Write `stack_parameters(input_shape, layers)`. `input_shape` is a tuple without the batch axis:
# `(height, width, channels)` for images, or `(n,)` for features.
# `layers` is a list of at least one dictionary as above, first layer first.
#
# Return a list with one pair `(trainable, non_trainable)` for each layer, in the same order.
# A layer without parameters gives `(0, 0)`. For example, on images of shape `(32, 32, 3)`,
# a convolution of 15 filters of $3 \times 3$, then an `Activation`, then batch normalisation give
# `[(420, 0), (0, 0), (30, 30)]`.
#
# There are two tests. The first has no batch normalisation and no `Flatten`,
# so that you need to follow only the channels. The second has everything.
#
# <details><summary>Hint 1</summary>
#
# Go through the layers with a `for` loop. Carry along the shape of what reaches the layer, and change it at each layer.
# Start with `shape = input_shape`.
# </details>
#
# <details><summary>Hint 2</summary>
#
# For each kind of layer, ask two questions. How many parameters does it have on this shape? What is the shape after it?
# Write one `if layer["layer"] == ...` for each kind that has parameters or changes the shape.
# </details>
#
# <details><summary>Hint 3</summary>
#
# After a convolution the shape is a height, a width and `layer["filters"]`. For the height, call
# `output_size(shape[0], layer["kernel_size"][0], layer["strides"], layer["padding"])`.
# For the width, put 1 in place of both zeros.
# The table above has the shapes after pooling, `Flatten` and `GlobalAveragePooling2D`.
# After a dense layer the shape is `(layer["units"],)`.
# </details>
#
# %% solution="parameters-stack"
def stack_parameters(input_shape, layers):
    """A list of pairs (trainable, non_trainable), one for each layer; the shape excludes the batch axis."""
    ### BEGIN SOLUTION: Follow the shape through the layers and return the pair of counts of each.
    shape = input_shape
    counts = []
    for layer in layers:
        name = layer["layer"]
        trainable = non_trainable = 0
        if name == "Conv2D":
            height, width = layer["kernel_size"]
            trainable = (height * width * shape[2] + (1 if layer["use_bias"] else 0)) * layer["filters"]
            shape = (
                output_size(shape[0], height, layer["strides"], layer["padding"]),
                output_size(shape[1], width, layer["strides"], layer["padding"]),
                layer["filters"],
            )
        elif name == "Dense":
            (n_in,) = shape
            trainable = (n_in + 1) * layer["units"]
            shape = (layer["units"],)
        elif name == "BatchNormalization":
            trainable = non_trainable = 2 * shape[-1]
        elif name in ("MaxPool2D", "AvgPool2D"):
            shape = (shape[0] // layer["pool_size"], shape[1] // layer["pool_size"], shape[2])
        elif name == "Flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif name == "GlobalAveragePooling2D":
            shape = (shape[2],)
        counts.append((trainable, non_trainable))
    return counts
    ### END SOLUTION


# %% test="parameters-stack" points=2
lecture_layers = [
    {"layer": "Conv2D", "filters": 15, "kernel_size": (3, 3), "strides": 1, "padding": "valid", "use_bias": True},
    {"layer": "Activation", "activation": "relu"},
    {"layer": "Conv2D", "filters": 16, "kernel_size": (3, 3), "strides": 2, "padding": "valid", "use_bias": True},
    {"layer": "Activation", "activation": "relu"},
    {"layer": "Conv2D", "filters": 32, "kernel_size": (3, 3), "strides": 1, "padding": "valid", "use_bias": True},
]
expect(
    stack_parameters((32, 32, 3), lecture_layers),
    {"conv 1": [420, 0], "relu 1": [0, 0], "conv 2": [2176, 0], "relu 2": [0, 0], "conv 3": [4640, 0]},
    "the list of pairs from stack_parameters((32, 32, 3), lecture_layers)",
    "one pair for each layer, Activation included",
)
pooled_layers = [
    {"layer": "Conv2D", "filters": 4, "kernel_size": (3, 5), "strides": 1, "padding": "valid", "use_bias": True},
    {"layer": "AvgPool2D", "pool_size": 2},
    {"layer": "Dropout", "rate": 0.5},
    {"layer": "GlobalAveragePooling2D"},
    {"layer": "Dense", "units": 2},
]
expect(
    stack_parameters((12, 10, 2), pooled_layers),
    {"conv": [124, 0], "pooling": [0, 0], "dropout": [0, 0], "global pooling": [0, 0], "dense": [10, 0]},
    "the list of pairs from stack_parameters((12, 10, 2), pooled_layers)",
    "a filter has 3 * 5 * 2 weights, and the dense layer sees 4 numbers",
)
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_plain_stack(stack_parameters)
### END HIDDEN TESTS
# %% test="parameters-stack" points=2
small_layers = [
    {"layer": "Conv2D", "filters": 4, "kernel_size": (3, 3), "strides": 2, "padding": "same", "use_bias": False},
    {"layer": "BatchNormalization"},
    {"layer": "Conv2D", "filters": 3, "kernel_size": (1, 4), "strides": 1, "padding": "valid", "use_bias": True},
    {"layer": "MaxPool2D", "pool_size": 2},
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 2},
]
expect(
    stack_parameters((9, 14, 1), small_layers),
    {"conv 1": [36, 0], "norm": [8, 8], "conv 2": [51, 0], "pool": [0, 0], "flatten": [0, 0], "dense": [26, 0]},
    "the list of pairs from stack_parameters((9, 14, 1), small_layers)",
    "the shapes after the layers are (5, 7, 4), (5, 7, 4), (5, 4, 3), (2, 2, 3), (12,) and (2,)",
)
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_full_stack(stack_parameters)
### END HIDDEN TESTS
# %% [markdown]
# Where do the parameters of a network sit? Take the lecture's stack and let it sort images into 10 classes:
# flatten the last output, and add a dense layer of 10 neurons. The plot shows what your function of task 7 counts.
#
# %%
classifier = [
    {"layer": "Conv2D", "filters": 15, "kernel_size": (3, 3), "strides": 1, "padding": "valid", "use_bias": True},
    {"layer": "Conv2D", "filters": 16, "kernel_size": (3, 3), "strides": 2, "padding": "valid", "use_bias": True},
    {"layer": "Conv2D", "filters": 32, "kernel_size": (3, 3), "strides": 1, "padding": "valid", "use_bias": True},
    {"layer": "Flatten"},
    {"layer": "Dense", "units": 10},
]
counts = [int(trainable + non_trainable) for trainable, non_trainable in stack_parameters((32, 32, 3), classifier)]

fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
bars = ax.bar(range(5), counts, color="C0", edgecolor="black")
ax.bar_label(bars, labels=[f"{count:,}" for count in counts])
names = ["Conv2D\n15 filters", "Conv2D\n16 filters", "Conv2D\n32 filters", "Flatten", "Dense\n10 neurons"]
ax.set_xticks(range(5), names)
ax.set(xlabel="layer", ylabel="parameters", title="The lecture's stack with a dense end")
ax.set_ylim(0, 1.12 * max(counts))
ax.yaxis.set_major_formatter("{x:,.0f}")
show_figure(
    "Bars with the parameters that your function counts in the layers of the lecture's stack with a dense end: Conv2D "
    "with 15, 16 and 32 filters, Flatten, Dense with 10 neurons. They are "
    f"{', '.join(f'{count:,}' for count in counts)}."
)

# %% [markdown]
# The dense layer holds 46,090 of the 53,326 parameters, 86% of them, and it has only 10 outputs.
# With `GlobalAveragePooling2D` in place of `Flatten` it would need only $(32 + 1) \times 10 = 330$.
#
# ## 6 An image into a fully connected network
#
# The lecture asks: how do you feed an image to a fully connected network, and what issues does that create?
#
# A dense layer takes a list of numbers, so you flatten the image. Each pixel in each band becomes one input.
# The images of the strong-lens challenge (Metcalf et al. 2019, arXiv:1802.03609) have $101 \times 101$ pixels.
# A single hidden layer of 100 neurons on one band then has $(101^2 + 1) \times 100 = 1{,}020{,}200$ parameters.
# If the output is to be an image too, say one without noise, the layer needs as many outputs as pixels.
# A convolution of 16 filters of $3 \times 3$ has 160, whatever the size of the image.
#
# The plot uses your functions of tasks 1 and 4. A straight line in it is a power law,
# $N \propto \mathrm{side}^\alpha$. From side 8 to side 64, by which factor does $N$ grow on each line?
# What are the three exponents $\alpha$?
#
# <details><summary>Check</summary>
#
# The side grows by 8. $N$ grows by about $8^2 = 64$ for 100 neurons, one weight for each pixel and neuron;
# by about $8^4 = 4096$ for as many outputs as pixels; not at all for the convolution. So $\alpha$ is 2, 4 and 0.
# The biases make the first two slightly smaller.
# </details>
#
# %%
sides = [8, 12, 16, 24, 32, 48, 64, 101, 128]
dense_100 = [dense_parameters(side**2, 100) for side in sides]
dense_image = [dense_parameters(side**2, side**2) for side in sides[:7]]  # if Keras counts, 128 takes 1 GB
conv_16 = [conv_parameters((3, 3), 1, 16) for side in sides]

fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.loglog(sides[:7], dense_image, "C1s--", label="dense, as many outputs as pixels")
ax.loglog(sides, dense_100, "C0o-", label="dense, 100 neurons")
ax.loglog(sides, conv_16, "C2^-.", label="convolution, 16 filters of 3×3")
ax.set_xticks(sides, sides)
ax.minorticks_off()
ax.set(xlabel="side of the image [pixels]", ylabel="parameters of one layer", title="One layer on one band")
ax.legend(fontsize="small")
show_figure(
    "Parameters of one layer against the side of the image, from 8 to 128 pixels, both axes logarithmic. Three lines "
    "by your functions: a dense layer with as many outputs as pixels, which ends at 64 pixels, a dense layer of 100 "
    "neurons, and a convolution of 16 filters of 3×3."
)

# %% [markdown] answer="parameters-why-image" points=2
# ### 6.1 Question 1: what issues does it create? (2 points, by hand)
#
# Look at the plot and think of a galaxy that may lie anywhere in the image.
# Name **two** problems of feeding a flattened image to a dense layer, and say for each how a convolution avoids it.
# A problem may be a cost, or something that the layer does not know about images.
# Each problem gives 1 point if its remedy is with it. Two to four sentences are enough.
#
# === BEGIN MARK SCHEME ===
# One point for each problem **with** its remedy, at most two. Any two of these, or others that are right:
#
# - The number of parameters grows with the number of pixels (side² for a fixed number of neurons, side⁴ if the output
#   is an image too), which costs memory and data, and invites overfitting. A kernel is of fixed size.
# - What is learnt at one position is not known at another: the same galaxy, shifted, meets other weights.
#   A convolution uses the same kernel everywhere (translation equivariance).
# - The layer does not know which pixels are neighbours: any permutation of the pixels, with the weights permuted alike,
#   is the same network. A kernel looks at a neighbourhood.
# - The network is tied to one image size. The convolutional part takes any size.
#
# Half marks do not exist: a problem without its remedy, or "convolutions are better for images" alone, gets none.
# A claim that convolution makes the network *invariant* to shifts is not right, but does not lose the point if the
# sharing of weights is named.
# === END MARK SCHEME ===
# %% [markdown]
# ## 7 Design to a number
#
# So far the network was given and you counted. Now the count is given and you choose the network.
#
# ### 7.1 Task 8: the widest hidden layer (3 points)
#
# A network estimates the redshift of a galaxy from its magnitudes in 5 bands: 5 inputs, 1 output, one hidden layer
# of $h$ neurons. From section 2,
#
# $$N(h) = (n_\mathrm{in} + 1)\, h + (h + 1)\, n_\mathrm{out}$$
#
# and here $N(h) = 7h + 1$. With a budget of 1000 parameters you can afford $h = 142$, which makes 995.
# With $h = 143$ it would be 1002.
#
# Write `widest_hidden(n_in, n_out, budget)`. All three are whole numbers, at least 1.
# The budget is at most ten million. Return the largest $h$ for which the whole network,
# `Dense(h)` and `Dense(n_out)` with their biases, has **at most** `budget` parameters.
# If even one hidden neuron is too much, return 0.
#
# <details><summary>Hint 1</summary>
#
# Write $N(h)$ as something times $h$, plus something that does not depend on $h$.
# Or let the computer try $h = 1, 2, 3, \dots$ until the budget is exceeded.
# </details>
#
# <details><summary>Hint 2</summary>
#
# $N(h) = (n_\mathrm{in} + 1 + n_\mathrm{out})\, h + n_\mathrm{out}$.
# Solve $N(h) \le$ budget for $h$, and round down with `//`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# What does your formula give for a budget smaller than `n_out`? The answer must not be negative.
# </details>
#
# %% solution="parameters-width"
def widest_hidden(n_in, n_out, budget):
    """Largest number of hidden neurons so that the network n_in -> h -> n_out has at most budget parameters, or 0."""
    ### BEGIN SOLUTION: Return the largest width whose network still fits the budget, or 0 if none does.
    return max(0, (budget - n_out) // (n_in + 1 + n_out))
    ### END SOLUTION


# %% test="parameters-width" points=3
expect(widest_hidden(5, 1, 1000), 142, "widest_hidden(5, 1, 1000)", "142 make 995 parameters, 143 make 1002")
expect(widest_hidden(5, 1, 7), 0, "widest_hidden(5, 1, 7)", "one hidden neuron makes 8 parameters")
expect(widest_hidden(5, 10, 4), 0, "widest_hidden(5, 10, 4)", "one hidden neuron makes 26 parameters")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_width(widest_hidden)
### END HIDDEN TESTS
# %%
widths = np.arange(138, 148)
fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.plot(widths, 7 * widths + 1, "C0o", label="one hidden layer")
ax.axhline(1000, color="C1", linestyle="--", label="budget")
ax.axvline(widest_hidden(5, 1, 1000), color="grey", linestyle=":", label="your answer")
ax.set(xlabel="hidden neurons $h$", ylabel="parameters $N(h)$", title="5 inputs, 1 output: what the budget allows")
ax.legend()
show_figure(
    "Parameters N(h) of a network with 5 inputs and 1 output against its hidden neurons h: dots from 138 to 147 that "
    "rise by 7 each. A dashed horizontal line is the budget of 1,000, between the dots at 142 and 143. A dotted "
    "vertical line is your answer."
)

# %% [markdown]
# ### 7.2 Task 9: build a network to measure (3 points)
#
# Two hidden layers leave more freedom: different networks can have exactly the same number of parameters.
# With hidden layers of $h_1$ and $h_2$ neurons,
#
# $$N(h_1, h_2) = (n_\mathrm{in} + 1)\, h_1 + (h_1 + 1)\, h_2 + (h_2 + 1)\, n_\mathrm{out}$$
#
# Write `build_model(n_in, n_out, n_parameters)`. Return a Keras model, built but not trained, that
#
# - has the input shape `(None, n_in)` and the output shape `(None, n_out)`;
# - has exactly `n_parameters` parameters in all;
# - has trainable parameters and no others.
#
# Dense layers and activation functions are enough. Other layers are allowed if Keras counts all that they learn,
# and if, outside of training, none acts differently from call to call, as noise that is always on would,
# or mixes the examples of a batch, as a mean over the batch would.
#
# The rest is your choice: number and width of layers, biases or not, activation functions, sequential or functional.
# Every network with these properties is right. You need not compile it. Build a new model at each call.
# You will be given only numbers that two hidden dense layers of 1 to 20 neurons each, with biases, can reach.
# So you need not handle the case that there is no answer.
# For example, the lecture's network is an answer to `build_model(3, 1, 41)`. It is one of four with two hidden layers
# and biases: their $(h_1, h_2)$ are (1, 12), (2, 8), (4, 4) and (6, 2).
#
# <details><summary>Hint 1</summary>
#
# Let the computer search. Two loops, over $h_1$ and $h_2$ from 1 to 20, are 400 cases.
# </details>
#
# <details><summary>Hint 2</summary>
#
# In the inner loop compute $N(h_1, h_2)$ by the formula, which is much faster than building a model for each pair.
# Build the model when the number is right, and return it.
# </details>
#
# <details><summary>Hint 3</summary>
#
# Start the model with `tfk.Input(shape=(n_in,))`. Without it, Keras cannot know how many weights the first layer has.
# `range(1, 21)` ends at 20.
# </details>
#
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    """A Keras model from n_in features to n_out outputs with exactly n_parameters parameters, all of them trainable."""
    ### BEGIN SOLUTION: Return a Keras model with these shapes and exactly that many parameters.
    for first in range(1, 21):
        second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
        if left_over == 0:
            break
    hidden = [tfkl.Dense(width, activation="relu") for width in (first, second)]
    return tfk.Sequential([tfk.Input(shape=(n_in,)), *hidden, tfkl.Dense(n_out)])
    ### END SOLUTION


# %% test="parameters-design" points=3
model = build_model(3, 1, 41)
assert hasattr(model, "count_params"), f"build_model(3, 1, 41) is {model}, expected a Keras model."
assert getattr(model, "built", False), "Return a built Keras model: start it with tfk.Input(shape=(n_in,))."
expect(model.count_params(), 41, "the number of parameters of build_model(3, 1, 41)")
expect(model.input_shape[1:], [3], "the input shape of build_model(3, 1, 41), without the batch,")
expect(model.output_shape[1:], [1], "the output shape of build_model(3, 1, 41), without the batch,")
assert not model.non_trainable_weights, "Your model has non-trainable parameters, expected all of them trainable."
model = build_model(2, 3, 55)
expect(model.count_params(), 55, "the number of parameters of build_model(2, 3, 55)", "4 and 5 hidden neurons do it")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_design(build_model)
### END HIDDEN TESTS
# %% [markdown]
# The map shows $N(h_1, h_2)$ for 5 inputs and 1 output. Its 400 networks have 202 different numbers of parameters.
# The dots are those with exactly 199. They are four, from 8 and 15 neurons to 19 and 4.
# No network of two hidden layers with biases has 200, however wide:
# here $N + 11 = (h_1 + 2)(h_2 + 6)$, and 211 is a prime number.
#
# %%
first, second = np.meshgrid(np.arange(1, 21), np.arange(1, 21), indexing="ij")
total = (5 + 1) * first + (first + 1) * second + (second + 1) * 1
exact = total == 199

fig, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
image = ax.pcolormesh(np.arange(1, 21), np.arange(1, 21), total.T, cmap="viridis")
ax.plot(first[exact], second[exact], "o", color="white", markeredgecolor="black", label="exactly 199")
fig.colorbar(image, label="parameters")
ax.set(xlabel="neurons $h_1$", ylabel="neurons $h_2$", title="Two hidden layers, 5 inputs, 1 output")
ax.set(xticks=range(2, 21, 2), yticks=range(2, 21, 2))
fig.legend(loc="outside right upper")
show_figure(
    "Colour map: parameters of a network with 5 inputs and 1 output against the neurons h₁ and h₂ of its two hidden "
    "layers, from 1 to 20 each. The number grows to the upper right. Dots mark exactly 199, at (8, 15), (12, 9), (13, "
    "8) and (19, 4)."
)

# %% [markdown]
# ## 8 Memory
#
# A computer stores each parameter as a number of fixed size, which the `dtype` of the network sets:
#
# | dtype | bytes per number |
# |---|---|
# | `"float16"`, `"bfloat16"` | 2 |
# | `"float32"`, the default of Keras | 4 |
# | `"float64"` | 8 |
#
# So the weights take
#
# $$M_\mathrm{weights} = N \times (\text{bytes per number})$$
#
# Here "weights" has the wider meaning that it has in Keras, whose `model.weights` are all $N$ parameters:
# weights, biases and moving averages.
#
# There is a second cost. Backpropagation needs the values inside the network: for one neuron
# $\partial z / \partial w = x$, so the input $x$ of each layer has to be kept until the backward pass comes to it.
# The input of a layer is the output of the layer before it. These outputs are called activations, too.
# They are kept for **every example of the batch**. As a simple measure, take the outputs of all layers:
#
# $$M_\mathrm{activations} = B \times (\text{bytes per number})
# \times \sum_{\text{layers}} \text{values in the output}$$
#
# for a batch of $B$ examples, where the sum runs over the layers and counts one example.
# The sum takes every layer that Keras prints in the summary, once.
# An `Activation` or a `Flatten` is such a layer. An activation function that is an argument of a layer is not,
# so here the two ways to write a network differ.
#
# This is a plain definition, made to be counted: it leaves out the input, also where Keras
# prints an `InputLayer`, and includes the last output.
# A real program shares and frees some of these arrays, and needs others.
# Training with Adam, for example, also stores a gradient and two moving averages for each trainable parameter.
#
# ### 8.1 Task 10: memory in bytes (3 points)
#
# Write `memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32")`:
#
# - `n_parameters`: all parameters of the network, trainable or not;
# - `output_shapes`: a list with the output shape of each layer, at least one, as Keras prints it, with `None` first
#   for the batch and at least one number after it. The input is not in the list: sum over all of it;
# - `batch_size`: the number of examples in a batch;
# - `dtype`: one of the four names in the table.
#
# Return two whole numbers, both in bytes: the memory of the weights, and the memory of the activations.
# They may be larger than $2^{31}$, where integers of 32 bits end; Python's own have no end.
# For example, take the lecture's MLP as section 2 printed it, with four rows, and a batch of 32:
# `memory_bytes(41, [(None, 4), (None, 4), (None, 4), (None, 1)], 32)` is `(164, 1664)`.
# Each of the two numbers has its own test.
#
# <details><summary>Hint 1</summary>
#
# Which of the two depends on the batch?
# </details>
#
# <details><summary>Hint 2</summary>
#
# The number of values in one output is the product of its shape without the `None`: `math.prod(shape[1:])`, after
# `import math`.
# </details>
#
# <details><summary>Hint 3</summary>
#
# A dictionary turns the name into bytes: `{"float16": 2, "bfloat16": 2, ...}[dtype]`.
# </details>
#
# %% solution="parameters-memory"
def memory_bytes(n_parameters, output_shapes, batch_size, dtype="float32"):
    """Bytes of the weights and bytes of the activations (two whole numbers); output_shapes start with None."""
    ### BEGIN SOLUTION: Return the bytes of the weights, and the bytes of all layers' outputs for one batch.
    size = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}[dtype]
    values = sum(np.prod(shape[1:]) for shape in output_shapes)
    return n_parameters * size, batch_size * values * size
    ### END SOLUTION


# %% test="parameters-memory" points=1
got = memory_bytes(41, [(None, 4), (None, 4), (None, 4), (None, 1)], 32)
expected = {"the memory of weights": 164, "the memory of activations": ...}
expect(got, expected, "memory_bytes(41, ...)", "41 numbers of 4 bytes")
got = memory_bytes(10, [(None, 4, 3, 2), (None, 5)], 2, "float64")
expected = {"the memory of weights": 80, "the memory of activations": ...}
expect(got, expected, "memory_bytes(10, ..., 'float64')", "10 numbers of 8 bytes")
got = memory_bytes(10**9, [(None, 1000, 1000, 64)], 32)
expected = {"the memory of weights": 4 * 10**9, "the memory of activations": ...}
expect(got, expected, "memory_bytes(10**9, ...)", "10**9 numbers of 4 bytes")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_weight_memory(memory_bytes)
### END HIDDEN TESTS
# %% test="parameters-memory" points=2
got = memory_bytes(41, [(None, 4), (None, 4), (None, 4), (None, 1)], 32)
expected = {"the memory of weights": ..., "the memory of activations": 1664}
expect(got, expected, "memory_bytes(41, ...)", "32 times 13 numbers of 4 bytes")
got = memory_bytes(10, [(None, 4, 3, 2), (None, 5)], 2, "float64")
expected = {"the memory of weights": ..., "the memory of activations": 464}
expect(got, expected, "memory_bytes(10, ..., 'float64')", "2 times 29 numbers of 8 bytes")
got = memory_bytes(10**9, [(None, 1000, 1000, 64)], 32)
expected = {"the memory of weights": ..., "the memory of activations": 8192 * 10**6}
expect(got, expected, "memory_bytes(10**9, ...)", "32 times 64 * 10**6 numbers of 4 bytes")
### BEGIN HIDDEN TESTS
from graders.checks import parameters as checks

checks.check_activation_memory(memory_bytes)
### END HIDDEN TESTS
# %% [markdown]
# Where does the memory go in the lecture's convolutional stack? The plot uses your function of task 10,
# for a batch of 32 images in float32. Here the activation functions are arguments: there are three layers in all.
#
# %%
lecture_counts = [420, 2176, 4640]
lecture_shapes = [(None, 30, 30, 15), (None, 14, 14, 16), (None, 12, 12, 32)]
pairs = [memory_bytes(count, [shape], 32) for count, shape in zip(lecture_counts, lecture_shapes, strict=True)]
kilobytes = np.array(pairs) / 1000

fig, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
weight_bars = ax.bar(np.arange(3) - 0.2, kilobytes[:, 0], 0.4, color="C0", label="weights")
output_bars = ax.bar(np.arange(3) + 0.2, kilobytes[:, 1], 0.4, color="C1", hatch="//", label="outputs (activations)")
for bars in (weight_bars, output_bars):
    ax.bar_label(bars, fmt="{:,.1f}")
ax.set_xticks(range(3), ["Conv2D\n15 filters", "Conv2D\n16 filters", "Conv2D\n32 filters"])
ax.set(xlabel="layer", ylabel="memory [kB]", title="The lecture's stack, a batch of 32", yscale="log")
ax.set_ylim(1, 20 * kilobytes.max())
ax.yaxis.set_major_formatter("{x:,.0f}")
ax.legend(ncols=2, loc="upper center")
show_figure(
    "Bars with the memory in kB, logarithmic, of the three convolutions of the lecture's stack, for 32 images. Each "
    "layer has a bar for its weights and a hatched one for its outputs, by your function. In kB the weights take "
    f"{', '.join(f'{value:.1f}' for value in kilobytes[:, 0])}, the outputs "
    f"{', '.join(f'{value:.1f}' for value in kilobytes[:, 1])}."
)
sums = np.sum(pairs, axis=0)
print(f"weights {sums[0]:,.0f} bytes, outputs {sums[1]:,.0f} bytes, {sums[1] / sums[0]:.0f} times as many")

# %% [markdown]
# The first layer has the fewest weights and the largest output. When a graphics card runs out of memory, a smaller
# batch helps: it shrinks the activations, and leaves the weights as they are.
#
# ## 9 What you have learnt
#
# | layer | trainable | non-trainable |
# |---|---|---|
# | `Dense` | $(n_\mathrm{in} + 1)\, n_\mathrm{out}$ | 0 |
# | `Conv2D` | $(k_h k_w\, c_\mathrm{in} + 1)\, c_\mathrm{out}$ | 0 |
# | `Conv2D` with `groups` | $(k_h k_w\, c_\mathrm{in}/G + 1)\, c_\mathrm{out}$ | 0 |
# | `DepthwiseConv2D` | $(k_h k_w + 1)\, c_\mathrm{in}\, m$ | 0 |
# | `BatchNormalization` | $2c$ | $2c$ |
# | `Activation`, `Dropout`, `Flatten`, `MaxPool2D`, `AvgPool2D`, `GlobalAveragePooling2D` | 0 | 0 |
#
# Without biases, the $+\,1$ is missing.
#
# - Dense layers on images are costly, and a convolution has the same number of weights for every image size.
# - The count follows the shapes: know the shape that reaches a layer, and you can count it.
# - The weights are not the only memory: for images, the activations of a batch often take more.
#
# **To close.** The lecture also shows a residual network, which takes images of shape $32 \times 32 \times 3$.
# Its layers are `Conv2D(32)`, `Conv2D(64)`, max pooling, two residual blocks of two `Conv2D(64)` each, `Conv2D(64)`,
# global average pooling, `Dense(256)`, dropout of 0.5, and `Dense(10)`.
# All kernels are $3 \times 3$, with biases, strides of 1 and `padding="same"`; the pooling is $2 \times 2$.
# In each residual block the input of the block is added to its output, value by value.
# How many parameters does it have? Count on paper, then open the answer.
#
# <details><summary>Answer</summary>
#
# The addition has no parameters. The convolutions have 896, 18,496 and then five times 36,928.
# The dense layers have 16,640 and 2,570. Together they make 223,242.
# </details>
