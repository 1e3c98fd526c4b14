# Backpropagation. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Backpropagation from scratch
#
# A framework computes gradients for you with one call. In this notebook you write everything behind that call:
# losses, derivatives, the backward pass, a test for gradients, and the optimisers. At the end, a network that you
# wrote in NumPy reads handwritten digits.
#
# **What you will learn**
#
# - to write a loss that stays finite for any output of a network;
# - to derive the gradient of a network by the chain rule, and to let the computer check your derivation;
# - to turn the derivation into a backward pass for many neurons and many examples at once;
# - to find out whether a gradient is right without trusting anybody;
# - to update weights by gradient descent, with momentum, and with Adam.
#
# **Time**: about 225 minutes. There are 18 tasks, worth 41 points, and one written question, worth 3.
# Sections 1 to 4 are half of it.
#
# %% include="setup"
# %% include="expect"
# %%
from itertools import pairwise

import sympy as sp
from sklearn.datasets import load_digits

# %% [markdown]
# ## 1 Activations and their derivatives
#
# ### 1.1 Task 1: three activations (2 points)
#
# A neuron computes $z = w x + b$ and gives $y = g(z)$. The activation $g$ makes the network non-linear. Three of
# those in the lecture are
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# \mathrm{relu}(z) = \max(0, z), \qquad
# \mathrm{softplus}(z) = \log\left(1 + e^{z}\right)$$
#
# (Goodfellow, Bengio & Courville, *Deep Learning*, 2016, sections 3.10 and 6.3.1). $\sigma$ is called the sigmoid.
#
# **Task.** Write `sigmoid(z)`, `relu(z)` and `softplus(z)`. `z` is a NumPy array of floats in double precision, with
# one axis or more. All arrays in this notebook are. It may have any shape; return an array of the same shape. The
# hidden part of the first test has $|z|$ up to 120, and any finite $z$ for `relu`.
#
# The second test tries $z = \pm 1000$, and its hidden part goes up to $|z| = 10{,}000$. There $e^{|z|}$ overflows:
# `np.exp(1000)` is `inf`. The right results are still ordinary numbers: $\mathrm{softplus}(1000)$ is 1000 to double
# precision, and $\sigma(-1000)$ is 0. Try $\pm 1000$: does one of your functions fail? A NumPy warning costs nothing.
#
# <details><summary>Hint 1</summary>
#
# `np.maximum(a, b)` takes the larger value element by element. `np.max` is something else.
#
# </details>
# <details><summary>Hint 2</summary>
#
# The exponential of a number below 0 never overflows. It can only become 0, which does no harm. So look for forms in
# which the exponent is never positive.
#
# </details>
# <details><summary>Hint 3</summary>
#
# For softplus, take $e^{z}$ out of the logarithm when $z > 0$: $\log(1 + e^{z}) = z + \log(1 + e^{-z})$. One formula
# for both signs uses $\max(z, 0)$ and $|z|$. `np.log1p(a)` is $\log(1 + a)$, precise for a tiny $a$ too. NumPy also has
# `np.logaddexp(a, b)`, which is $\log(e^a + e^b)$ without overflow.
#
# </details>

# %% solution="backprop-activations"
def sigmoid(z):
    """The sigmoid of every element of z, an array of any shape."""
    ### BEGIN SOLUTION: Return 1 / (1 + exp(-z)) for each element.
    small = np.exp(-np.abs(z))
    return np.where(z > 0, 1.0, small) / (1 + small)
    ### END SOLUTION


def relu(z):
    """max(0, z) for every element of z, an array of any shape."""
    ### BEGIN SOLUTION: Return z where it is positive and 0 elsewhere.
    return np.maximum(0.0, z)
    ### END SOLUTION


def softplus(z):
    """log(1 + exp(z)) for every element of z, an array of any shape."""
    ### BEGIN SOLUTION: Return log(1 + exp(z)) for each element, in a form that does not overflow.
    return np.logaddexp(0.0, z)
    ### END SOLUTION


# %% test="backprop-activations" points=1
example = np.array([[-2.0, 0.0], [1.0, 3.0]])
for name, function, expected in (
    ("sigmoid", sigmoid, [[0.119203, 0.5], [0.731059, 0.952574]]),
    ("relu", relu, [[0.0, 0.0], [1.0, 3.0]]),
    ("softplus", softplus, [[0.126928, 0.693147], [1.313262, 3.048587]]),
):
    expect(function(example.copy()), expected, f"{name}([[-2, 0], [1, 3]])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_activations(sigmoid, relu, softplus)
### END HIDDEN TESTS

# %% test="backprop-activations" points=1
far_out = np.array([-1000.0, 1000.0])
expect(sigmoid(far_out.copy()), [0.0, 1.0], "sigmoid([-1000, 1000])", atol=1e-8)
expect(softplus(far_out.copy()), [0.0, 1000.0], "softplus([-1000, 1000])", atol=1e-8)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_activations_far_out(sigmoid, softplus)
### END HIDDEN TESTS

# %% [markdown]
# ### 1.2 Task 2: their derivatives (2 points)
#
# Backpropagation needs $g'(z)$ for every activation.
#
# **By hand first.** Differentiate $\sigma(z) = \left(1 + e^{-z}\right)^{-1}$. What is its slope at $z = 0$, and what
# at $z = \ln 3$? There $e^{-z} = \tfrac13$.
#
# <details><summary>Check</summary>
#
# $\sigma'(z) = e^{-z} / \left(1 + e^{-z}\right)^2$. At $z = 0$ this is $\tfrac14$. At $z = \ln 3$ it is
# $\tfrac13 / \left(\tfrac43\right)^2 = \tfrac{3}{16}$. There $\sigma(z)$ itself is $\tfrac34$: how do you get the
# slope from this number alone?
#
# </details>
#
# For $\tanh z = \sinh z / \cosh z$, use the quotient rule with $\sinh' = \cosh$ and $\cosh' = \sinh$. The slope
# of ReLU is 0 for $z < 0$ and 1 for $z > 0$. At $z = 0$ it has none. Take 0 there, as TensorFlow does.
#
# **Task.** Write `sigmoid_prime(z)`, `tanh_prime(z)` and `relu_prime(z)`. `z` is the pre-activation, an
# array of any shape. In the tests $|z|$ goes up to 120, and `relu_prime` gets any finite $z$. Return an array of the
# same shape.
#
# <details><summary>Hint 1</summary>
#
# The argument is $z$. Some programs pass $y = g(z)$ instead, because it is at hand after the forward pass. Then the
# formulas look different.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `z > 0` is an array of `True` and `False`. `np.where(condition, a, b)` turns it into numbers.
#
# </details>
# <details><summary>Hint 3</summary>
#
# $\tfrac{3}{16} = \tfrac34 \cdot \tfrac14$: the slope of the sigmoid is $\sigma$ times what $\sigma$ lacks to 1. That
# of tanh is $(\cosh^2 z - \sinh^2 z)/\cosh^2 z$; divide each term.
#
# </details>

# %% solution="backprop-derivatives"
def sigmoid_prime(z):
    """The derivative of the sigmoid at every element of z, an array of any shape."""
    ### BEGIN SOLUTION: Return the derivative of the sigmoid at z.
    p = 1 / (1 + np.exp(-z))
    return p * (1 - p)
    ### END SOLUTION


def tanh_prime(z):
    """The derivative of tanh at every element of z, an array of any shape."""
    ### BEGIN SOLUTION: Return the derivative of tanh at z.
    return 1 - np.tanh(z) ** 2
    ### END SOLUTION


def relu_prime(z):
    """The derivative of ReLU at every element of z, an array of any shape; 0 where z is 0."""
    ### BEGIN SOLUTION: Return 1 where z is positive and 0 elsewhere.
    return np.where(z > 0, 1.0, 0.0)
    ### END SOLUTION


# %% test="backprop-derivatives" points=1
expect(sigmoid_prime(np.array([0.0, 2.0])), [0.25, 0.104994], "sigmoid_prime([0, 2])")
expect(tanh_prime(np.array([0.0, 2.0])), [1.0, 0.070651], "tanh_prime([0, 2])", atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_smooth_derivatives(sigmoid_prime, tanh_prime)
### END HIDDEN TESTS

# %% test="backprop-derivatives" points=1
expect(relu_prime(np.array([-2.0, 0.0, 3.0])), [0.0, 0.0, 1.0], "relu_prime([-2, 0, 3])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_relu_derivative(relu_prime)
### END HIDDEN TESTS

# %% [markdown]
# You have found
#
# $$\sigma'(z) = \sigma(z)\,\left(1 - \sigma(z)\right), \qquad \tanh'(z) = 1 - \tanh^2(z)$$
#
# (*Deep Learning*, section 3.10, for $\sigma$). Backpropagation likes these forms: the value of the activation, known
# from the way forward, is all they need.
#
# Look at your functions. The sigmoid is nearly flat at both ends: there its derivative almost vanishes. Its largest
# slope is 1/4, at $z = 0$. The slope of ReLU is 1 for every positive $z$, however large. The derivative of softplus
# is the sigmoid.

# %%
z_grid = np.linspace(-6, 6, 241)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
left.plot(z_grid, sigmoid(z_grid), "C0-", label="sigmoid")
left.plot(z_grid, relu(z_grid), "C1--", label="ReLU")
left.plot(z_grid, softplus(z_grid), "C2:", label="softplus")
left.plot(z_grid, np.tanh(z_grid), "C3-.", label="tanh")
left.set(xlabel="pre-activation z", ylabel="g(z)", title="Activations")
left.legend()
right.plot(z_grid, sigmoid_prime(z_grid), "C0-", label="sigmoid")
right.plot(z_grid, np.where(np.isclose(z_grid, 0), np.nan, relu_prime(z_grid)), "C1--", label="ReLU")  # a gap at 0
right.plot(z_grid, sigmoid(z_grid), "C2:", label="softplus")
right.plot(z_grid, tanh_prime(z_grid), "C3-.", label="tanh")
right.set(xlabel="pre-activation z", ylabel="g'(z)", title="Derivatives")
right.legend()
show_figure(
    "Two panels against the pre-activation z, from -6 to 6. Left: your sigmoid, ReLU and softplus, and tanh. Right: "
    "their derivatives by your functions; that of softplus is your sigmoid."
)

# %% [markdown]
# ## 2 Losses
#
# ### 2.1 Task 3: mean squared error (1 point)
#
# Training looks for weights with which the output $y_i$ of the network is close to the target $t_i$. (On the slide of
# the lecture, the target has the letter $y_i$, and the output is $f_w(x_i)$.) The loss for regression is the mean
# squared error,
#
# $$\mathrm{MSE} = \frac{1}{N} \sum_{i=1}^{N} (t_i - y_i)^2$$
#
# (lecture, section 1). In this section $N$ counts all values: an array of shape (6, 3) has $N = 18$. There is no factor
# 1/2, which some books add.
#
# **Task.** Write `mean_squared_error(t, y)` for two arrays of the same shape. Return one number.
# For example, targets (1, 0, 2) and outputs (0.5, 0.5, 1) give (0.25 + 0.25 + 1) / 3 = 0.5.
#
# <details><summary>Hint 1</summary>
#
# `np.mean` of an array of any shape gives the mean of all its values.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Subtract, square, take the mean, in this order. The square of a mean is not the mean of squares.
#
# </details>

# %% solution="backprop-mse"
def mean_squared_error(t, y):
    """The mean of (t - y)² over all values; t (targets) and y (outputs) are arrays of the same shape."""
    ### BEGIN SOLUTION: Return the mean of the squared differences.
    return np.mean((t - y) ** 2)
    ### END SOLUTION


# %% test="backprop-mse" points=1
got = mean_squared_error(np.array([1.0, 0.0, 2.0]), np.array([0.5, 0.5, 1.0]))
expect(got, 0.5, "mean_squared_error([1, 0, 2], [0.5, 0.5, 1])", "the mean of 0.25, 0.25 and 1")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_mse(mean_squared_error)
### END HIDDEN TESTS

# %% [markdown]
# ### 2.2 Task 4: binary cross-entropy (1 point)
#
# For a yes-or-no question, the target $t_i$ is 0 or 1 and the output $p_i$ is a probability. The loss is the binary
# cross-entropy,
#
# $$\mathrm{BCE} = -\frac{1}{N} \sum_{i=1}^{N} \left[\, t_i \log p_i + (1 - t_i) \log (1 - p_i) \,\right]$$
#
# (lecture, section 1, with brackets that the slide leaves out: the sum covers both terms). The logarithm is the natural
# one.
#
# **Task.** Write `binary_cross_entropy(t, p)` for two arrays of the same shape. All `p` are between 0 and 1,
# never exactly 0 or 1, but as close to them as $10^{-9}$. Do not clip them, as `tfk.losses.BinaryCrossentropy` does at
# $10^{-7}$. Return one number: the mean over all values. For example, $t = (1, 0)$ and $p = (0.8, 0.4)$
# give $-(\log 0.8 + \log 0.6)/2 = 0.36698$.
#
# <details><summary>Hint 1</summary>
#
# For $t = 1$ only the first term is left, for $t = 0$ only the second. You need no `if` for that.
#
# </details>
# <details><summary>Hint 2</summary>
#
# If your result is negative, the minus sign covers only one of the terms, or is missing.
#
# </details>

# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    """The mean binary cross-entropy of probabilities p, for targets t of 0 and 1 in an array of the same shape."""
    ### BEGIN SOLUTION: Return the mean of the cross-entropy over all values.
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    ### END SOLUTION


# %% test="backprop-bce" points=1
got = binary_cross_entropy(np.array([1.0, 0.0]), np.array([0.8, 0.4]))
expect(got, 0.3669846, "binary_cross_entropy([1, 0], [0.8, 0.4])", "the mean of -log 0.8 and -log 0.6")
got = binary_cross_entropy(np.array([1.0, 0.0]), np.array([1e-9, 0.4]))
expect(got, 10.617046, "binary_cross_entropy([1, 0], [1e-9, 0.4])", "the mean of -log 1e-9 and -log 0.6")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_bce(binary_cross_entropy)
### END HIDDEN TESTS

# %% [markdown]
# ### 2.3 Task 5: the same loss, from logits (3 points)
#
# A network that answers yes or no ends with a sigmoid: $p = \sigma(z)$. Its last pre-activation $z$ is called the
# logit. A confident network has a large $|z|$. Then $p$ is rounded: `1 / (1 + np.exp(-40.0))` is exactly `1.0` in
# double precision. If the target is 0, the formula above takes $\log 0$, and the loss is infinite although the right
# value is only 40.
#
# The cure is to put the sigmoid into the loss and to simplify on paper before you compute. Three facts help
# (*Deep Learning*, section 3.10):
#
# $$1 - \sigma(z) = \sigma(-z), \qquad \log \sigma(z) = -\mathrm{softplus}(-z), \qquad
# \mathrm{softplus}(z) - \mathrm{softplus}(-z) = z$$
#
# **By hand first.** What is the loss of one example with $t = 1$, as a softplus? With $t = 0$? Put in $z = 40$.
#
# <details><summary>Check</summary>
#
# For $t = 1$ it is $-\log \sigma(z) = \mathrm{softplus}(-z)$, about $4 \cdot 10^{-18}$. For $t = 0$ it is
# $-\log \sigma(-z) = \mathrm{softplus}(z)$, which is 40.
#
# </details>
#
# **Task.** Write `bce_from_logits(t, z)` for two arrays of the same shape: the mean binary cross-entropy over all
# values, with $p = \sigma(z)$. The hidden part of the first test has $|z|$ up to 12. The second test tries logits of 40
# and $\pm 1000$, and its hidden part others with $|z|$ between 20 and 10,000.
#
# <details><summary>Hint 1</summary>
#
# Do not compute $p$ at all. Once it is rounded to 1, the information is lost, and clipping it does not bring it back.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Both cases in one: $t\,\mathrm{softplus}(-z) + (1 - t)\,\mathrm{softplus}(z)$. Your `softplus` of task 1 does not
# overflow.
#
# </details>

# %% solution="backprop-logits"
def bce_from_logits(t, z):
    """The mean binary cross-entropy of logits z, for targets t of 0 and 1 in an array of the same shape."""
    ### BEGIN SOLUTION: Return the mean of the cross-entropy over all values, in a form that never overflows.
    return np.mean(np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z))))
    ### END SOLUTION


# %% test="backprop-logits" points=1
got = bce_from_logits(np.array([1.0, 0.0]), np.array([0.0, 0.0]))
expect(got, np.log(2), "bce_from_logits([1, 0], [0, 0])", "log 2")
got = bce_from_logits(np.array([1.0, 0.0, 1.0]), np.array([2.0, -1.0, -0.5]))
expect(got, 0.4714223, "bce_from_logits([1, 0, 1], [2, -1, -0.5])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_bce_from_logits(bce_from_logits)
### END HIDDEN TESTS

# %% test="backprop-logits" points=2
for truth, logit, far in ((0.0, 40.0, 40), (0.0, 1000.0, 1000), (1.0, -1000.0, 1000)):
    got = bce_from_logits(np.array([truth, 1.0]), np.array([logit, 0.0]))
    name = f"bce_from_logits([{truth:g}, 1], [{logit:g}, 0])"
    expect(got, (far + np.log(2)) / 2, name, f"({far} + log 2) / 2", rtol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_bce_far_out(bce_from_logits)
### END HIDDEN TESTS

# %% [markdown]
# With the third fact, the loss of one example is
#
# $$\ell = t\,\mathrm{softplus}(-z) + (1 - t)\,\mathrm{softplus}(z) = \mathrm{softplus}(z) - t z$$
#
# TensorFlow computes it as $\max(z, 0) - t z + \log\left(1 + e^{-|z|}\right)$
# (documentation of `tf.nn.sigmoid_cross_entropy_with_logits`), which is the same and cannot overflow.
#
# ### 2.4 Task 6: the first step backward (2 points)
#
# Backpropagation starts at the loss and asks how it changes with the last pre-activation. Take a last neuron with a
# sigmoid, $p = \sigma(z)$, and one example with target $t$. The derivative of its loss with respect to $z$ depends
# on the loss:
#
# $$\frac{\partial}{\partial z} \left(t - \sigma(z)\right)^2 \qquad \text{and} \qquad
# \frac{\partial}{\partial z} \left[-t \log \sigma(z) - (1 - t) \log\left(1 - \sigma(z)\right)\right]$$
#
# **Task.** Work both out on paper. Then write `mse_slope(t, z)` for the first and `bce_slope(t, z)` for the
# second. `t` (of 0 and 1) and `z` ($|z|$ up to 100) are arrays of the same shape, and so is the result: one
# derivative for each element, no mean. For example, at $z = 0$ and $t = 1$ they are $-0.25$ and $-0.5$.
#
# <details><summary>Hint 1</summary>
#
# $z$ changes $p$, and $p$ changes the loss. The chain rule multiplies the two:
# $\partial\ell/\partial z = \partial\ell/\partial p \cdot \sigma'(z)$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# For the cross-entropy, bring $-t/p + (1 - t)/(1 - p)$ to a common denominator. That denominator equals $\sigma'(z)$,
# the factor you multiply by, so the two cancel. You get the same from the form $\mathrm{softplus}(z) - tz$ of section
# 2.3, with $\mathrm{softplus}'(z) = \sigma(z)$.
#
# </details>

# %% solution="backprop-slopes"
def mse_slope(t, z):
    """The derivative of (t - sigmoid(z))² with respect to z, for each element of t and z (same shape)."""
    ### BEGIN SOLUTION: Return the derivative of the squared error with respect to z.
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - t) * p * (1 - p)
    ### END SOLUTION


def bce_slope(t, z):
    """The derivative of the binary cross-entropy of sigmoid(z) with respect to z, for each element of t and z."""
    ### BEGIN SOLUTION: Return the derivative of the cross-entropy with respect to z.
    return 1 / (1 + np.exp(-z)) - t
    ### END SOLUTION


# %% test="backprop-slopes" points=1
got = mse_slope(np.array([1.0, 0.0]), np.array([0.0, 2.0]))
expect(got, [-0.25, 0.184956], "mse_slope([1, 0], [0, 2])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_mse_slope(mse_slope)
### END HIDDEN TESTS

# %% test="backprop-slopes" points=1
got = bce_slope(np.array([1.0, 0.0]), np.array([0.0, 2.0]))
expect(got, [-0.5, 0.880797], "bce_slope([1, 0], [0, 2])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_bce_slope(bce_slope)
### END HIDDEN TESTS

# %% [markdown]
# The plot compares the two for a target of 1. In its left part the network is confident and wrong. Keep it in mind
# for the question in section 9.

# %%
target_one = np.ones_like(z_grid)
figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
axis.plot(z_grid, mse_slope(target_one, z_grid), "C0-", label="squared error")
axis.plot(z_grid, bce_slope(target_one, z_grid), "C1--", label="cross-entropy")
axis.set(xlabel="logit z", ylabel="∂ℓ/∂z", title="Slope of the loss for a sigmoid output, target t = 1")
axis.legend()
show_figure(
    "Slope of the loss, ∂ℓ/∂z, against the logit z, from -6 to 6, for a target of 1: a solid line for your squared "
    "error, a dashed one for your cross-entropy. Compare them at the left, where the network is confident and wrong."
)

# %% [markdown]
# ## 3 The chain rule, in symbols
#
# A loss $\ell$ depends on a weight through every step between them. The chain rule multiplies the derivatives of the
# steps. Backpropagation applies it from the loss backward and computes nothing twice (Rumelhart, Hinton & Williams
# 1986, *Nature* 323, 533).
#
# In this section you derive with pencil and paper and write the result as a SymPy expression. The cell below makes
# the symbols. `g` is *any* activation, `g_prime` its derivative $g'$, and `ell_prime` the derivative of the loss,
# which the lecture writes $\nabla\ell$. The loss itself is $\ell(y)$ for one neuron and $\ell(a_2)$ for two.
#
# The step of one neuron, $z = w x + b$, has three derivatives (lecture, section 1):
#
# $$\frac{\partial z}{\partial x} = w, \qquad \frac{\partial z}{\partial w} = x, \qquad
# \frac{\partial z}{\partial b} = 1$$
#
# Here is one neuron with numbers, for $x = 2$, $w = 0.5$, $b = -0.3$, $g = \tanh$ and $\ell(y) = (y - 1)^2$. Values run
# forward, to the right. Below each step stands its slope, with the same numbers. Multiply the three slopes: that is the
# derivative of the loss with respect to $w$. You should find about $-1.00$: if $w$ grows by a small $h$, the loss falls
# by about as much.
#
# ![A chain of three boxes, from the left: z = w x + b is 0.7, y = tanh z is 0.604, the loss (y - 1)² is 0.157. Below
# them the slopes: ∂z/∂w = x = 2, dy/dz = 1 - y² = 0.635, dℓ/dy = 2 (y - 1) = -0.791. An arrow back from the loss to
# the weight says: multiply the slopes on the way.](attachment:computation_graph.png)
#
# Every algebraic form of a right answer passes, also one by `sp.diff` with a loss `sp.Function("ell")`: the
# tests put concrete functions and numbers into your expression. But sections 4 and 5 build on what you see by hand.
#
# From here on, `x`, `w`, `b` and `g` are symbols, and `z` and `y` are expressions in them. If you try something out
# with one of these names, as in `x = 2.0`, run the cell below again. And if a later function seems to return symbols, a
# variable in it has no value yet.

# %%
x, w, b = sp.symbols("x w b")
w1, b1, w2, b2 = sp.symbols("w1 b1 w2 b2")
dl_dz_next, w_next, z_i = sp.symbols("dl_dz_next w_next z_i")
g, g_prime, ell_prime = sp.Function("g"), sp.Function("g_prime"), sp.Function("ell_prime")

# One neuron.
z = w * x + b
y = g(z)

# Two neurons in a row, with the same activation.
z1 = w1 * x + b1
a1 = g(z1)
z2 = w2 * a1 + b2
a2 = g(z2)


def as_number(expression, **values):
    """The value of an expression for g(z) = tanh(z) and ℓ(y) = (y - 1)², with a number for each symbol."""
    if not isinstance(expression, (sp.Expr, int, float)):
        raise AssertionError(f"{expression!r} is no expression: write it without quotes, and g_prime(z), not g_prime.")
    number = sp.sympify(expression)
    strangers = sorted({symbol.name for symbol in number.free_symbols} - set(values))
    if strangers:
        note = " In this task, z_i is a symbol, and z stands for w*x + b." if "z_i" in values else ""
        raise AssertionError(
            f"{expression} holds {', '.join(strangers)}: the symbols of this task are {', '.join(values)}.{note}"
        )
    try:
        for function, formula in (
            (sp.Function("ell"), lambda u: (u - 1) ** 2),
            (ell_prime, lambda u: 2 * (u - 1)),
            (g_prime, lambda u: 1 - sp.tanh(u) ** 2),
            (g, sp.tanh),
        ):
            number = number.replace(function, formula).doit()
        return float(number.subs({symbol: values[symbol.name] for symbol in number.free_symbols}))
    except (TypeError, ValueError):
        raise AssertionError(
            f"{expression} gives no number: use only g, g_prime and ell_prime, each of one argument."
        ) from None


print("z  =", z)
print("y  =", y)
print("a2 =", a2)
print("y for x = 2, w = 0.5, b = -0.3 and g = tanh is", as_number(y, x=2.0, w=0.5, b=-0.3))

# %% [markdown]
# ### 3.1 Task 7: one neuron (2 points)
#
# The way from the parameters to the loss has three steps: $w, b \to z \to y \to \ell$.
#
# **Task.** Assign the derivatives $\partial\ell/\partial w$ and $\partial\ell/\partial b$ to `dl_dw` and
# `dl_db`. Build them from the names in the cell above, for instance `ell_prime(y)` for $\nabla\ell(y)$ and
# `g_prime(z)` for $g'(z)$.
#
# The visible tests take $g = \tanh$ and $\ell(y) = (y - 1)^2$, nudge the parameter a little to both sides, and
# compare the change of the loss with your expression. The hidden tests also take other activations and losses: do
# not put tanh itself into your answer.
#
# <details><summary>Hint 1</summary>
#
# Write one factor for each arrow, starting at the loss: $\partial\ell/\partial y$, $\partial y/\partial z$,
# $\partial z/\partial w$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Where is each derivative taken? $\nabla\ell$ at what the loss receives, $g'$ at what the activation receives. Only
# the last factor differs between $w$ and $b$.
#
# </details>

# %% solution="backprop-neuron"
### BEGIN SOLUTION: Assign dl_dw and dl_db, as expressions in ell_prime, g_prime, x, y and z.
dl_dw = ell_prime(y) * g_prime(z) * x
dl_db = ell_prime(y) * g_prime(z)
### END SOLUTION

# %% test="backprop-neuron" points=1
def loss_of_one_neuron(w, b):
    return (np.tanh(w * 2.0 + b) - 1.0) ** 2


nudged = (loss_of_one_neuron(0.5 + 1e-5, -0.3) - loss_of_one_neuron(0.5 - 1e-5, -0.3)) / 2e-5
got = as_number(dl_dw, x=2.0, w=0.5, b=-0.3)
expect(got, nudged, "dl_dw at x = 2, w = 0.5, b = -0.3", "that is what nudging w gives", rtol=1e-6)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_one_neuron(dl_dw, "w")
### END HIDDEN TESTS

# %% test="backprop-neuron" points=1
def loss_of_one_neuron(w, b):
    return (np.tanh(w * 2.0 + b) - 1.0) ** 2


nudged = (loss_of_one_neuron(0.5, -0.3 + 1e-5) - loss_of_one_neuron(0.5, -0.3 - 1e-5)) / 2e-5
got = as_number(dl_db, x=2.0, w=0.5, b=-0.3)
expect(got, nudged, "dl_db at x = 2, w = 0.5, b = -0.3", "that is what nudging b gives", rtol=1e-6)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_one_neuron(dl_db, "b")
### END HIDDEN TESTS

# %% [markdown]
# ### 3.2 Task 8: two layers (2 points)
#
# Now two neurons in a row. The first weight reaches the loss in five steps:
#
# $$w_1 \to z_1 \to a_1 \to z_2 \to a_2 \to \ell$$
#
# **Task.** Assign $\partial\ell/\partial w_1$ to `dl_dw1`. Use `z1`, `a1`, `z2`, `a2` from the cell above.
# The letters `z`, `y`, `w`, `b` belong to the single neuron.
#
# <details><summary>Hint 1</summary>
#
# Five arrows, five factors. How many of them are a $g'$?
#
# </details>
# <details><summary>Hint 2</summary>
#
# The step $a_1 \to z_2$ is the step of a neuron whose input is $a_1$. Which of the three derivatives of section 3 is
# it?
#
# </details>

# %% solution="backprop-two-layers"
### BEGIN SOLUTION: Assign dl_dw1, as an expression with five factors.
dl_dw1 = ell_prime(a2) * g_prime(z2) * w2 * g_prime(z1) * x
### END SOLUTION

# %% test="backprop-two-layers" points=2
def loss_of_two_neurons(w1):
    return (np.tanh(-1.2 * np.tanh(w1 * 2.0 - 0.3) + 0.4) - 1.0) ** 2


nudged = (loss_of_two_neurons(0.5 + 1e-5) - loss_of_two_neurons(0.5 - 1e-5)) / 2e-5
got = as_number(dl_dw1, x=2.0, w1=0.5, b1=-0.3, w2=-1.2, b2=0.4)
name = "dl_dw1 at x = 2, w1 = 0.5, b1 = -0.3, w2 = -1.2, b2 = 0.4"
expect(got, nudged, name, "that is what nudging w1 gives", rtol=1e-6)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_two_layers(dl_dw1)
### END HIDDEN TESTS

# %% [markdown]
# ### 3.3 Task 9: any number of layers (2 points)
#
# Writing one factor for each arrow would take ever longer. The trick of backpropagation is to reuse: the layer after
# yours has already computed $\partial\ell/\partial z_{i+1}$. Two arrows lead there from your own $z_i$:
#
# $$z_i \to a_i = g(z_i) \to z_{i+1} = w_{i+1} a_i + b_{i+1}$$
#
# **Task.** Assign $\partial\ell/\partial z_i$ to `dl_dz_i`, as an expression in the symbols `dl_dz_next`
# (for $\partial\ell/\partial z_{i+1}$), `w_next` (for $w_{i+1}$) and `z_i` (not `z`), and the function `g_prime`.
#
# <details><summary>Hint 1</summary>
#
# One factor is given, and each of the two arrows adds one.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Find $\partial\ell/\partial z_2$ in your answer to 3.2: the factors of the arrows $z_2 \to a_2 \to \ell$. Those of
# $z_1 \to a_1 \to z_2$ are what one layer adds. The last arrow, $w_1 \to z_1$, has no part in it.
#
# </details>

# %% solution="backprop-recursion"
### BEGIN SOLUTION: Assign dl_dz_i, as an expression in dl_dz_next, w_next and z_i.
dl_dz_i = dl_dz_next * w_next * g_prime(z_i)
### END SOLUTION

# %% test="backprop-recursion" points=2
def loss_of_z1(z1):
    return (np.tanh(-1.2 * np.tanh(z1) + 0.4) - 1.0) ** 2


def loss_of_z2(z2):
    return (np.tanh(z2) - 1.0) ** 2


example_z2 = -1.2 * np.tanh(0.7) + 0.4
example_next = (loss_of_z2(example_z2 + 1e-5) - loss_of_z2(example_z2 - 1e-5)) / 2e-5
nudged = (loss_of_z1(0.7 + 1e-5) - loss_of_z1(0.7 - 1e-5)) / 2e-5
got = as_number(dl_dz_i, dl_dz_next=example_next, w_next=-1.2, z_i=0.7)
name = f"dl_dz_i for dl_dz_next = {example_next:.6f}, w_next = -1.2, z_i = 0.7"
expect(got, nudged, name, "that is what nudging z_i gives", rtol=1e-6)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_recursion(dl_dz_i)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 A chain of n neurons
#
# Time to turn the recursion into a program. Take $n$ layers of one neuron each, all with $g = \tanh$, and the squared
# error of one example:
#
# $$a_0 = x, \qquad z_i = w_i a_{i-1} + b_i, \qquad a_i = \tanh(z_i), \qquad \ell = (a_n - t)^2$$
#
# The gradients come from $\partial\ell/\partial z_i$ with the three derivatives of section 3. Mind the input of
# neuron $i$: it is $a_{i-1}$.
#
# ### 4.1 Task 10: `chain_gradients` (3 points)
#
# **Task.** Write `chain_gradients(x, t, weights, biases)`. `x` and `t` are numbers; `weights` and `biases` are lists
# of $n$ numbers, first layer first. Each number may be a whole one, such as 2. Return two lists of $n$ numbers, in
# the same order: all $\partial\ell/\partial w_i$ and all $\partial\ell/\partial b_i$. It must work for any $n$ from 1
# on.
#
# <details><summary>Hint 1</summary>
#
# Go forward first and keep every $z_i$ and $a_i$ in lists. Then go backward, from the last layer to the first.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Start with $\partial\ell/\partial z_n = 2 (a_n - t) \tanh'(z_n)$. In a loop
# `for i in reversed(range(n))`, first store the two gradients of layer `i`, then move on to the layer before.
#
# </details>
# <details><summary>Hint 3</summary>
#
# Python counts from 0. If `a = [x]` and you append each activation, then `a[i]` is the *input* of the layer with
# weight `weights[i]`, and `a[i + 1]` its output.
#
# </details>

# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    """Gradients of (a_n - t)² for a chain of n tanh neurons.

    x: the input, a number.  t: the target, a number.
    weights, biases: lists of n numbers, first layer first.
    Returns two lists of n numbers: the derivatives with respect to the weights, and to the biases.
    """
    ### BEGIN SOLUTION: Go forward and keep z and a of each layer, then go backward and return both lists.
    n = len(weights)
    activations = [x]
    for i in range(n):
        activations.append(np.tanh(weights[i] * activations[i] + biases[i]))
    dl_dweights, dl_dbiases = [], []
    dl_da = 2 * (activations[-1] - t)
    for i in reversed(range(n)):
        dl_dz = dl_da * (1 - activations[i + 1] ** 2)
        dl_dweights.append(dl_dz * activations[i])
        dl_dbiases.append(dl_dz)
        dl_da = dl_dz * weights[i]
    return dl_dweights[::-1], dl_dbiases[::-1]
    ### END SOLUTION


# %% test="backprop-chain" points=2
got = chain_gradients(2.0, 1.0, [0.5, -1.2], [-0.3, 0.4])
expected = {"dl_dw": [3.608762, -1.431702], "dl_db": ...}
expect(got, expected, "chain_gradients(2, 1, [0.5, -1.2], [-0.3, 0.4])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_chain(chain_gradients, "dl_dw")
### END HIDDEN TESTS

# %% test="backprop-chain" points=1
got = chain_gradients(2.0, 1.0, [0.5, -1.2, 0.8], [-0.3, 0.4, 0.1])
expected = {"dl_dw": ..., "dl_db": [1.234862, -1.621219, -2.248559]}
expect(got, expected, "chain_gradients(2, 1, [0.5, -1.2, 0.8], [-0.3, 0.4, 0.1])")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_chain(chain_gradients, "dl_db")
### END HIDDEN TESTS

# %% [markdown]
# Try a deep chain. The next cell takes 20 layers, $x = 1$, $t = 0$, biases 0 and the same weight everywhere. Each
# layer on the way back multiplies the gradient by $w\,g'(z)$. Read the plot from right to left: where this factor is
# clearly below 1, the first layers receive almost nothing. This is called the vanishing gradient. With a weight of 1
# the factor stays near 0.9 in the later layers, and about 2% of the gradient reaches layer 1. A weight of 0.5 is much
# worse: the factor is at most 0.5. A weight of 1.5 is worse still, because it drives tanh into its flat part.

# %%
depth = 20
figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
for weight, style in ((0.5, "C0o-"), (1.0, "C1s--"), (1.5, "C2^:")):
    _, chain_db = chain_gradients(1.0, 0.0, [weight] * depth, [0.0] * depth)
    axis.semilogy(range(1, depth + 1), np.abs(chain_db) / np.abs(chain_db[-1]), style, label=f"w = {weight}")
axis.set(xlabel="layer i", ylabel="|∂ℓ/∂bᵢ| / |∂ℓ/∂b₂₀|", title="Gradient on its way back through a chain")
axis.set_xticks([1, 5, 10, 15, 20])
axis.legend()
show_figure(
    "Size of the gradient with respect to the bias of layer i, divided by that of layer 20, against the layer from 1 "
    "to 20, on a logarithmic scale. Three lines by your function, for weights of 0.5, 1 and 1.5."
)

# %% [markdown]
# ## 5 A network of many neurons, over a batch
#
# ### 5.1 Task 11: forward (2 points)
#
# A layer of neurons shares its input, and a batch holds examples, one in each row. Then a layer is one matrix product.
# From here on, $N$ counts examples; $n$ is the number of layers, $n_i$ the number of neurons in layer $i$ ($n_0$:
# inputs). As in Keras, the weights $W_i$ of layer $i$ have shape $(n_{i-1}, n_i)$ and the biases $b_i$ shape $(n_i,)$:
#
# $$A_0 = X, \qquad Z_i = A_{i-1} W_i + b_i, \qquad A_i = \tanh(Z_i)$$
#
# The last layer has no tanh. Its $Z_n$ are the logits, of shape $(N, n_n)$.
#
# **Task.** Write `forward(x, weights, biases)`. `x` has shape $(N, n_0)$; `weights` and `biases` are lists
# of arrays, first layer first. Return the list $[Z_1, \dots, Z_n]$ of all pre-activations. There may be one layer or
# many.
#
# <details><summary>Hint 1</summary>
#
# `a @ w` is the matrix product in NumPy, and `a * w` is not. NumPy adds the biases to every row by itself.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Keep a variable for the input of the next layer. It starts as `x` and becomes $\tanh(Z_i)$ after each layer. The
# list collects $Z_i$, not $A_i$.
#
# </details>

# %% solution="backprop-forward"
def forward(x, weights, biases):
    """All pre-activations [Z_1, ..., Z_n] of a network with tanh between its layers.

    x: shape (N, n_0).  weights: list of arrays of shape (n_in, n_out).  biases: list of arrays of shape (n_out,).
    Returns a list of n arrays, of shapes (N, n_1), ..., (N, n_n).
    """
    ### BEGIN SOLUTION: Compute Z of each layer from the tanh of the one before, and return them all in a list.
    zs = []
    a = x
    for i in range(len(weights)):
        zs.append(a @ weights[i] + biases[i])
        a = np.tanh(zs[i])
    return zs
    ### END SOLUTION


# %% test="backprop-forward" points=2
tiny_x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
tiny_weights = [np.array([[0.1, -0.2], [0.3, 0.4]]), np.array([[0.5], [-1.0]])]
tiny_biases = [np.array([0.0, 0.1]), np.array([0.2])]
expected = {
    "Z_1": [[0.7, 0.7], [-0.3, -0.3], [0.45, -0.3]],
    "Z_2": [[-0.102184], [0.345656], [0.702262]],
}
got = forward(tiny_x, tiny_weights, tiny_biases)
is_list = getattr(got, "dtype", "object") == "object"
assert is_list, f"forward of two layers is one array of shape {got.shape}, expected a list of two."
expect(got, expected, "forward of two layers")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_forward(forward)
### END HIDDEN TESTS

# %% [markdown]
# ### 5.2 Task 12: backward (5 points)
#
# The loss is the binary cross-entropy of section 2.3 between the logits $Z_n$ and targets $T$ of the same shape, as
# a mean over all $N\,n_n$ values. Call $\delta_i = \partial\ell/\partial Z_i$, an array of the same shape as $Z_i$.
#
# For each single weight, all is as in section 3. What is new are sums: a weight acts on every example, and a neuron
# acts on all neurons of the next layer. The chain rule adds up the ways.
#
# **By hand first.** A layer has three inputs and two neurons. Its inputs and its $\delta$, for two examples, and its
# weights are
#
# $$A = \begin{pmatrix} 1 & 2 & 3 \\ 0 & -1 & 1 \end{pmatrix}, \qquad
# \delta = \begin{pmatrix} 0.1 & -0.2 \\ 0.3 & 0.4 \end{pmatrix}, \qquad
# W = \begin{pmatrix} 1 & 2 \\ 3 & 4 \\ 5 & 6 \end{pmatrix}$$
#
# 1. The weight from the second input to the first neuron, with the value 3: what does each of the two examples add to
#    its derivative, and what is the sum? (The $1/(N\,n_n)$ of the mean is in $\delta$ already.)
# 2. What is the derivative with respect to the bias of the first neuron?
# 3. The second input of the first example, with the value 2, reaches both neurons. What is the derivative with respect
#    to it?
#
# <details><summary>Check</summary>
#
# 1. Input times $\delta$: $2 \cdot 0.1$ from the first example, $-1 \cdot 0.3$ from the second. Together $-0.1$.
# 2. $0.1 + 0.3 = 0.4$.
# 3. By each neuron, $\delta$ times weight: $0.1 \cdot 3 - 0.2 \cdot 4 = -0.5$.
#
# All weights at once are a matrix product of $A$ and $\delta$, and all inputs one of $\delta$ and $W$. Which of them
# have to be transposed?
#
# </details>
#
# Two things are left. The way back goes on through $\tanh$, element by element. And it starts with the $\delta_n$ of
# the loss: your `bce_slope` of section 2.4, divided by the number of values in the mean.
#
# **Task.** Write `loss_and_gradients(x, t, weights, biases)`. `t` holds 0 and 1 and has the shape of the
# logits, which are between -20 and 20 in the tests. Return three things: the loss (a number), the list of all
# $\partial\ell/\partial W_i$, and the list of all $\partial\ell/\partial b_i$, first layer first, each with the shape
# of its parameter. You may call the functions that you wrote above. Leave the arrays in `weights` and `biases` as they
# are.
#
# <details><summary>Hint 1</summary>
#
# Shapes guide you. $A_{i-1}$ is $(N, n_{i-1})$ and $\delta_i$ is $(N, n_i)$: only one product of the two has the
# shape $(n_{i-1}, n_i)$ of $W_i$.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Collect the inputs of all layers on the way forward: `inputs = [x, tanh(Z_1), ...]`. On the way backward, layer `i`
# uses `inputs[i]` and the current $\delta$. `np.sum(..., axis=0)` sums over the rows.
#
# </details>
# <details><summary>Hint 3</summary>
#
# The step from $\delta_{i+1}$ to $\delta_i$ is needed for all layers but the first. It uses the weights of the layer
# you come from, and $\tanh'$ of the layer you go to.
#
# </details>

# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    """Binary cross-entropy of a network's logits and its gradients.

    x: shape (N, n_0).  t: 0 and 1, shape (N, n_n).
    weights: list of arrays of shape (n_in, n_out).  biases: list of arrays of shape (n_out,).
    Returns the loss (a number), the list of dl/dW and the list of dl/db, each shaped like its parameter.
    """
    ### BEGIN SOLUTION: Go forward, compute the loss, go backward, and return loss, dl_dW and dl_db.
    n = len(weights)
    inputs = [x]
    for i in range(n):
        z = inputs[i] @ weights[i] + biases[i]
        inputs.append(np.tanh(z))
    loss = np.mean(np.logaddexp(0, z) - t * z)
    delta = (1 / (1 + np.exp(-z)) - t) / t.size
    dl_dW, dl_db = [], []
    for i in reversed(range(n)):
        dl_dW.insert(0, inputs[i].T @ delta)
        dl_db.insert(0, delta.sum(axis=0))
        delta = delta @ weights[i].T * (1 - inputs[i] ** 2)
    return loss, dl_dW, dl_db
    ### END SOLUTION


# %% test="backprop-backward" points=1
tiny_x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5], [-1.0, 1.0]])
tiny_t = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
tiny_weights = [np.array([[0.1, -0.2, 0.4], [0.3, 0.4, -0.1]]), np.array([[0.5, 0.3], [-1.0, 0.7], [0.2, -0.6]])]
tiny_biases = [np.array([0.0, 0.1, -0.2]), np.array([0.2, -0.1])]
got = loss_and_gradients(tiny_x, tiny_t, tiny_weights, tiny_biases)
expect(got, {"the loss": 0.813377, "dl_dW": ..., "dl_db": ...}, "loss_and_gradients of two layers")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_gradients(loss_and_gradients, "loss")
### END HIDDEN TESTS

# %% test="backprop-backward" points=2
tiny_x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5], [-1.0, 1.0]])
tiny_t = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
tiny_weights = [np.array([[0.1, -0.2, 0.4], [0.3, 0.4, -0.1]]), np.array([[0.5, 0.3], [-1.0, 0.7], [0.2, -0.6]])]
tiny_biases = [np.array([0.0, 0.1, -0.2]), np.array([0.2, -0.1])]
got = loss_and_gradients(tiny_x, tiny_t, tiny_weights, tiny_biases)
by_layer = {
    "layer 1": [[-0.160465, 0.016480, 0.022208], [0.005191, 0.263095, -0.194062]],
    "layer 2": [[-0.066892, 0.050723], [-0.020109, 0.143212], [-0.064757, -0.104126]],
}
expected = {"the loss": ..., "dl_dW": by_layer, "dl_db": ...}
why = "if all are 8 times too large: the loss is a mean of 8 values"
expect(got, expected, "loss_and_gradients of two layers", why, atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_gradients(loss_and_gradients, "dl_dW")
### END HIDDEN TESTS

# %% test="backprop-backward" points=2
tiny_x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5], [-1.0, 1.0]])
tiny_t = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
tiny_weights = [np.array([[0.1, -0.2, 0.4], [0.3, 0.4, -0.1]]), np.array([[0.5, 0.3], [-1.0, 0.7], [0.2, -0.6]])]
tiny_biases = [np.array([0.0, 0.1, -0.2]), np.array([0.2, -0.1])]
got = loss_and_gradients(tiny_x, tiny_t, tiny_weights, tiny_biases)
by_layer = {"layer 1": [0.019957, -0.048236, -0.009614], "layer 2": [0.018845, 0.008616]}
expected = {"the loss": ..., "dl_dW": ..., "dl_db": by_layer}
why = "if all are 8 times too large: the loss is a mean of 8 values"
expect(got, expected, "loss_and_gradients of two layers", why, atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_gradients(loss_and_gradients, "dl_db")
### END HIDDEN TESTS

# %% [markdown]
# You have written the four equations of backpropagation,
#
# $$\delta_n = \frac{\sigma(Z_n) - T}{N\,n_n}, \qquad
# \delta_i = \left(\delta_{i+1} W_{i+1}^\top\right) \odot \tanh'(Z_i)$$
#
# $$\frac{\partial\ell}{\partial W_i} = A_{i-1}^\top\, \delta_i, \qquad
# \frac{\partial\ell}{\partial b_i} = \sum_{\text{rows}} \delta_i$$
#
# where $\odot$ multiplies element by element (Nielsen, *Neural Networks and Deep Learning*, 2015, chapter 2, BP1 to
# BP4, for one example in a column; here each example is a row, so the transposes change places and the batch is
# summed). The second is your recursion of section 3.3.
#
# ### 5.3 The same with automatic differentiation
#
# TensorFlow records the operations of the forward pass on a tape and applies the chain rule to each, last one first.
# The cell below defines `tape_loss_and_gradients` with it, which takes and returns the same as your function. It then
# prints the largest difference between the two for a random network. (Its weights have the variance $2/(n_{i-1} + n_i)$
# of Glorot & Bengio 2010, which keeps values and gradients from growing or shrinking much on the way through the
# layers.) In double precision it should be of the order of $10^{-17}$ to $10^{-16}$, which is round-off.

# %%
def tape_loss_and_gradients(x, t, weights, biases):
    """The same as loss_and_gradients, by tf.GradientTape in float64."""
    variables = [[tf.Variable(value, dtype=tf.float64) for value in values] for values in (weights, biases)]
    with tf.GradientTape() as tape:
        a = tf.constant(x, tf.float64)
        for layer, (weight, bias) in enumerate(zip(*variables, strict=True)):
            a = tf.matmul(tf.tanh(a) if layer else a, weight) + bias
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.constant(t, tf.float64), logits=a))
    dl_dW, dl_db = tape.gradient(loss, variables)
    return float(loss), [gradient.numpy() for gradient in dl_dW], [gradient.numpy() for gradient in dl_db]


def random_network(sizes, seed):
    """Weights and biases for layers of the given sizes: Glorot & Bengio 2010, normal, variance 2 / (n_in + n_out)."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n_in, n_out in pairwise(sizes):
        weights.append(rng.normal(0, np.sqrt(2 / (n_in + n_out)), size=(n_in, n_out)))
        biases.append(np.zeros(n_out))
    return weights, biases


demo_rng = np.random.default_rng(1)
demo_x = demo_rng.normal(size=(8, 5))
demo_t = demo_rng.integers(0, 2, size=(8, 3)).astype(float)
demo_weights, demo_biases = random_network([5, 6, 4, 3], seed=1)

_, tape_dW, tape_db = tape_loss_and_gradients(demo_x, demo_t, demo_weights, demo_biases)
_, your_dW, your_db = loss_and_gradients(demo_x, demo_t, demo_weights, demo_biases)
pairs = zip([*your_dW, *your_db], [*tape_dW, *tape_db], strict=True)
differences = [np.max(np.abs(yours - theirs)) for yours, theirs in pairs]
print(f"largest difference between your gradients and the tape's: {max(differences):.1e}")

# %% [markdown]
# ## 6 Checking a gradient
#
# ### 6.1 Task 13: centred differences (2 points)
#
# There is not always another program to compare with. But a derivative can always be tested against its definition. Let
# the array $\theta$ hold parameters, and $f(\theta)$ be a number, such as the loss. Move one parameter a little and
# watch $f$. The centred difference
#
# $$\frac{\partial f}{\partial \theta_j} \approx \frac{f(\theta + h\,e_j) - f(\theta - h\,e_j)}{2h}$$
#
# has an error of order $h^2$, while the one-sided difference $(f(\theta + h\,e_j) - f(\theta))/h$ has one of order
# $h$ (CS231n course notes, *Neural Networks Part 3*, section on gradient checks). $e_j$ is 1 for element $j$ and 0
# for the others.
#
# **Task.** Write `numerical_gradient(f, theta, h=1e-5)`. `theta` is a float64 array of any shape and `f`
# takes such an array and returns a number. Return an array of the shape of `theta`: the centred difference for each
# element. For example, `f = np.var` at (1, 2, 6) gives (−4/3, −2/3, 2).
#
# <details><summary>Hint 1</summary>
#
# Work on a copy of `theta` with one element changed, and undo the change before you go on to the next. A change that
# is never undone spoils all later elements.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `np.ndindex(theta.shape)` gives the index of every element of an array of any shape, one after the other, and
# `theta[index]` is that element.
#
# </details>

# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    """Centred differences of f at theta, a float64 array of any shape; returns an array of that shape.

    f: a function of such an array that returns a number.  h: the step to each side.
    """
    ### BEGIN SOLUTION: Return (f(theta + h) - f(theta - h)) / (2 h) for each element of theta, the others at rest.
    gradient = np.empty(theta.shape)
    for index in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient
    ### END SOLUTION


# %% test="backprop-numerical" points=2
got = numerical_gradient(np.var, np.array([1.0, 2.0, 6.0]))
expect(got, [-4 / 3, -2 / 3, 2.0], "numerical_gradient(np.var, [1, 2, 6])")
got = numerical_gradient(np.var, np.array([1.0, 2.0, 6.0]), h=0.5)
why = "centred differences of a quadratic function are exact even for a large h"
expect(got, [-4 / 3, -2 / 3, 2.0], "numerical_gradient(np.var, [1, 2, 6], h=0.5)", why)
got = numerical_gradient(np.var, np.array([[1.0, 2.0, 6.0]]))
expect(got, [[-4 / 3, -2 / 3, 2.0]], "numerical_gradient(np.var, [[1, 2, 6]])", "theta may have any shape")
theta = np.array([1.0, 2.0, 6.0])
numerical_gradient(np.var, theta, h=0.5)
expect(theta, [1.0, 2.0, 6.0], "the given theta, afterwards,", "change a copy")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_numerical_gradient(numerical_gradient)
### END HIDDEN TESTS

# %% [markdown]
# Which $h$ is best? The next cell takes $f(\theta) = \sum_j e^{\theta_j}$, whose gradient is $e^{\theta_j}$, and
# plots the error of your function. On the right, $h$ is too coarse: the terms of the Taylor series that are cut off
# (truncation) make a relative error of about $h^2/6$. On the left, the two values of $f$ are so close that their
# difference drowns in round-off. Between them lies an $h$ around $10^{-5}$.

# %%
steps = 10.0 ** np.arange(-12, 0.5, 0.5)
theta_example = np.array([0.3, -0.8, 1.1])


def sum_of_exponentials(theta):
    return np.sum(np.exp(theta))


errors = [
    np.max(np.abs(numerical_gradient(sum_of_exponentials, theta_example, h=step) / np.exp(theta_example) - 1))
    for step in steps
]
figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
axis.loglog(steps, errors, "C0o-", label="your centred difference")
axis.loglog(steps, steps**2 / 6, "C1--", label="h² / 6")
axis.set(xlabel="step h", ylabel="largest relative error", title="Truncation on the right, round-off on the left")
axis.set_ylim(1e-12, 1)
axis.legend()
show_figure(
    "Largest relative error of your centred difference against the step h, from 10⁻¹² to 1, both axes logarithmic, "
    "with a dashed line for h²/6. Look for the smallest error, between round-off on the left and truncation on the "
    "right."
)

# %% [markdown]
# ### 6.2 Task 14: do two gradients agree? (2 points)
#
# An analytic value $d$ and a numerical value $\tilde d$ are compared by their relative error
#
# $$\frac{|d - \tilde d|}{\max(|d|, |\tilde d|)}$$
#
# (CS231n, same section; it is relative, so that small gradients are checked as strictly as large ones).
# Where both are exactly 0, they agree.
#
# **Task.** Write `gradients_agree(analytic, numerical, tolerance=1e-6)` for two arrays. Return `True` if
# the relative error of *every* element is at most `tolerance`, and `False` otherwise. Return `False` as well if the
# shapes differ, or if a value is `nan`. In the tests no value is infinite, and no array is empty. Do not average: one
# wrong element among thousands is a bug too.
#
# <details><summary>Hint 1</summary>
#
# Compare the shapes first. NumPy would happily stretch an array of shape (1, 3) to (4, 3).
#
# </details>
# <details><summary>Hint 2</summary>
#
# In NumPy, 0 divided by 0 is `nan`. But you need not divide. For which inequality without a fraction do two zeros pass
# by themselves?
#
# </details>
# <details><summary>Hint 3</summary>
#
# With `nan` on one side, `<`, `<=`, `>` and `>=` are all `False`. So ask whether all elements are good, not whether
# any is bad.
#
# </details>

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    """Whether two arrays have the same shape and agree element by element, by relative error.

    analytic, numerical: arrays.  tolerance: the largest relative error allowed.  Returns True or False.
    """
    ### BEGIN SOLUTION: Return True if the relative error of every element is at most tolerance, otherwise False.
    if np.shape(analytic) != np.shape(numerical):
        return False
    scale = np.maximum(np.abs(analytic), np.abs(numerical))
    return np.all(np.abs(analytic - numerical) <= tolerance * scale)
    ### END SOLUTION


# %% test="backprop-agree" points=2
for analytic, numerical, expected, why in (
    ([0.0, 2.0], [0.0, 2.0000001], True, "the relative errors are 0 and 5e-8"),
    ([1.0, 2.0], [1.0, 2.001], False, "the second relative error is 5e-4"),
    ([1e-9, 2.0], [2e-9, 2.0], False, "the first relative error is 0.5, although both values are small"),
    ([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.000002], False, "the last relative error is 2e-6"),
    ([[1.0, 2.0]], [1.0, 2.0], False, "the shapes are (1, 2) and (2,)"),
    ([1.0, np.nan], [1.0, 2.0], False, "a nan agrees with nothing"),
):
    name = f"gradients_agree({analytic}, {numerical})"
    got = gradients_agree(np.array(analytic), np.array(numerical))
    assert got is not None, f"{name} is None: is there a return statement?"
    assert np.size(got) == 1, f"{name} has {np.size(got)} values, expected True or False."
    assert bool(got) == expected, f"{name} is {got}, expected {expected}: {why}."
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_gradients_agree(gradients_agree)
### END HIDDEN TESTS

# %% [markdown]
# Together, your two functions are a gradient check. The next cell applies it to your `loss_and_gradients`, once as you
# wrote it and once with a bug planted in the result. Expect `True` and then `False` in every line. Elsewhere a right
# gradient may fail: at a kink of $f$, such as that of ReLU, or where it is so small that round-off dominates.

# %%
def loss_with(parameter, values):
    """The loss of the demo network with other values for one of its parameters, 0 to 5: W1, W2, W3, b1, b2, b3."""
    parameters = demo_weights + demo_biases
    parameters[parameter] = values
    return loss_and_gradients(demo_x, demo_t, parameters[:3], parameters[3:])[0]


_, your_dW, your_db = loss_and_gradients(demo_x, demo_t, demo_weights, demo_biases)
your_gradients = [*your_dW, *your_db]
for index, name in enumerate(["W1", "W2", "W3", "b1", "b2", "b3"]):
    numerical = numerical_gradient(lambda values: loss_with(index, values), (demo_weights + demo_biases)[index])
    right = gradients_agree(np.asarray(your_gradients[index]), numerical)
    one_sign_wrong = np.array(your_gradients[index])
    one_sign_wrong.flat[0] *= -1
    wrong = gradients_agree(one_sign_wrong, numerical)
    print(f"{name}: yours agrees: {right}.  With the sign of one element changed: {wrong}.")

# %% [markdown]
# ## 7 The update
#
# The gradient says where the loss rises. An optimiser decides how to step the other way. Below, $\theta$ stands for
# any parameter and $\eta$ for the learning rate. As in the paper on Adam, $g$ is now the gradient, not an activation.
#
# ### 7.1 Task 15: gradient descent (1 point)
#
# $$\theta \leftarrow \theta - \eta\, g$$
#
# (lecture, section 1; Keras' `SGD`). On a parabola $\ell = \lambda\theta^2/2$ the gradient is $\lambda\theta$, so each
# step multiplies $\theta$ by $1 - \eta\lambda$. This shrinks only if $0 < \eta < 2/\lambda$: the curvature $\lambda$,
# which is the second derivative, limits the learning rate. With many parameters, the largest curvature sets the limit
# for all of them.
#
# **Task.** Write `descent_step(theta, gradient, learning_rate)` for arrays of the same shape. Return the new
# parameter.
#
# <details><summary>Hint 1</summary>
#
# Mind the sign: the step goes against the gradient.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Return a new array. `theta -= ...` would change the array that was given, too, and the test looks at it.
#
# </details>

# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    """One step of gradient descent; theta and gradient are arrays of the same shape. Returns the new theta."""
    ### BEGIN SOLUTION: Return theta after one step of gradient descent.
    return theta - learning_rate * gradient
    ### END SOLUTION


# %% test="backprop-descent" points=1
got = descent_step(np.array([1.0, -2.0]), np.array([0.5, 4.0]), 0.1)
expect(got, [0.95, -2.4], "descent_step([1, -2], [0.5, 4], 0.1)")
theta = np.array([1.0, -2.0])
descent_step(theta, np.array([0.5, 4.0]), 0.1)
expect(theta, [1.0, -2.0], "the given theta, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_descent(descent_step)
### END HIDDEN TESTS

# %% [markdown]
# ### 7.2 Task 16: momentum (2 points)
#
# A heavy ball does not turn at once. With momentum $\mu$, the parameter keeps a velocity $v$ from step to step:
#
# $$v \leftarrow \mu\, v - \eta\, g, \qquad \theta \leftarrow \theta + v$$
#
# There are several conventions. This is the one of Keras (documentation of `keras.optimizers.SGD`,
# `nesterov=False`): the learning rate is inside the velocity. Others keep $v \leftarrow \mu v + g$ and step by
# $-\eta v$.
#
# **Task.** Write `momentum_step(theta, gradient, velocity, learning_rate, momentum)`. The first three are
# arrays of the same shape. Return two arrays: the new parameter and the new velocity. You may update the array
# `velocity` in place; leave `theta` and `gradient` as they are.
#
# <details><summary>Hint 1</summary>
#
# The order matters: first the velocity, then the parameter, with the *new* velocity.
#
# </details>
# <details><summary>Hint 2</summary>
#
# With a velocity of 0, the first step is the one of gradient descent.
#
# </details>

# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    """One step with momentum, in the convention of Keras; three arrays of the same shape and two numbers.

    Returns the new theta and the new velocity.
    """
    ### BEGIN SOLUTION: Return the new parameter and the new velocity.
    velocity = momentum * velocity - learning_rate * gradient
    return theta + velocity, velocity
    ### END SOLUTION


# %% test="backprop-momentum" points=2
got = momentum_step(np.array([1.0, -2.0]), np.array([0.5, 4.0]), np.array([0.2, 0.0]), 0.1, 0.9)
expected = {"the parameter": [1.13, -2.4], "the velocity": [0.13, -0.4]}
why = "the first velocity is 0.9 * 0.2 - 0.1 * 0.5 = 0.13 now"
expect(got, expected, "momentum_step([1, -2], [0.5, 4], [0.2, 0], 0.1, 0.9)", why)
theta = np.array([1.0, -2.0])
momentum_step(theta, np.array([0.5, 4.0]), np.array([0.2, 0.0]), 0.1, 0.9)
expect(theta, [1.0, -2.0], "the given theta, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_momentum(momentum_step)
### END HIDDEN TESTS

# %% [markdown]
# ### 7.3 Task 17: Adam (3 points)
#
# Adam keeps two running means, of the gradient and of its square, and gives each parameter its own step size. In step
# $t = 1, 2, \dots$
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$$
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# \theta \leftarrow \theta - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# (Kingma & Ba 2015, arXiv:1412.6980, algorithm 1). $m$ and $v$ start at 0 and would be too small at first; $\hat m$
# and $\hat v$ correct for that. Here $v$ is not a velocity, and $t$ is not a target. Keras adds its $\varepsilon$ to
# $\sqrt{v}$ instead, before the correction; follow algorithm 1.
#
# **Task.** Write `adam_step(theta, gradient, m, v, t, learning_rate, beta1, beta2, epsilon)`, with the
# defaults of the paper for the last four. The first four are arrays of the same shape, and `t` is 1 in the first step.
# Return three arrays: the new parameter, the new `m` and the new `v`. You may update the arrays `m` and `v` in place;
# leave `theta` and `gradient` as they are.
#
# <details><summary>Hint 1</summary>
#
# Return `m` and `v` as they are before the correction. The corrected ones are used for this step only.
#
# </details>
# <details><summary>Hint 2</summary>
#
# Test the first step by hand: for $m = v = 0$ and $t = 1$, $\hat m = g$ and $\hat v = g^2$. So the step is nearly
# $-\eta$ times the sign of $g$, whatever the size of $g$.
#
# </details>

# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Step t (1, 2, ...) of Adam, algorithm 1 of Kingma & Ba; four arrays of the same shape.

    Returns the new theta, m and v.
    """
    ### BEGIN SOLUTION: Return the new parameter and both new running means, before their correction.
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
    ### END SOLUTION


# %% test="backprop-adam" points=3
got = adam_step(np.array([1.0, -2.0]), np.array([0.5, -4.0]), np.zeros(2), np.zeros(2), 1, learning_rate=0.1)
expected = {"theta": [0.9, -1.9], "m": [0.05, -0.4], "v": [0.00025, 0.016]}
why = "m and v are returned as they are before their correction"
expect(got, expected, "the first adam_step from [1, -2] with gradient [0.5, -4]", why, atol=1e-8)
got = adam_step(
    np.array([1.0]), np.array([2.0]), np.array([-0.25]), np.array([3.0]), 3,
    learning_rate=0.1, beta1=0.5, beta2=0.5, epsilon=0.5,
)
why = "by hand, m̂ = 0.875 / (1 - 0.5³) = 1, v̂ = 3.5 / (1 - 0.5³) = 4, and the step is 0.1 · 1 / (2 + 0.5)"
name = "adam_step(1, 2, m=-0.25, v=3, t=3) with a learning rate of 0.1, and 0.5 for beta1, beta2 and epsilon,"
expect(got, {"theta": [0.96], "m": [0.875], "v": [3.5]}, name, why, rtol=1e-5)
theta = np.array([1.0])
adam_step(theta, np.array([0.5]), np.zeros(1), np.zeros(1), 1)
expect(theta, [1.0], "the given theta, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_adam(adam_step)
### END HIDDEN TESTS

# %% [markdown]
# Watch the three of them in a narrow valley, $\ell = (\theta_1^2 + 25\,\theta_2^2)/2$, for 40 steps from the same
# start. Its largest curvature is 25, so gradient descent needs $\eta < 2/25 = 0.08$. With $\eta = 0.075$ it jumps
# from side to side across the valley and moves slowly along it. Momentum has the same learning rate here: its jumps
# across the valley die out sooner, and its moves along the valley add up.
#
# Adam needs a learning rate of its own kind, because its first step has the length $\eta$ along the valley and across
# it, whatever the slope. It ends last here: its running mean $m$ remembers about ten gradients, which carries it past
# the minimum and back. Its strength does not show in this small example. If you multiply the gradient of one parameter
# by any factor, Adam takes almost the same steps (Kingma & Ba, section 1), so one learning rate suits parameters whose
# gradients differ greatly in size.

# %%
curvatures = np.array([1.0, 25.0])
start = np.array([-4.0, 1.5])
names = "gradient descent, η = 0.075", "momentum 0.5, η = 0.075", "Adam, η = 0.3"
paths = {name: [start.copy()] for name in names}
descent, heavy_ball, adam = paths.values()
valley_velocity, valley_m, valley_v = np.zeros(2), np.zeros(2), np.zeros(2)
for step in range(1, 41):
    descent.append(descent_step(descent[-1], curvatures * descent[-1], 0.075))
    moved, valley_velocity = momentum_step(heavy_ball[-1], curvatures * heavy_ball[-1], valley_velocity, 0.075, 0.5)
    heavy_ball.append(moved)
    moved, valley_m, valley_v = adam_step(adam[-1], curvatures * adam[-1], valley_m, valley_v, step, learning_rate=0.3)
    adam.append(moved)

figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
first, second = np.meshgrid(np.linspace(-4.5, 4.5, 121), np.linspace(-2.5, 2.5, 121))
valley = np.maximum((first**2 + 25 * second**2) / 2, 0.01)  # the scale of colours is logarithmic: it has no 0
contours = axis.contourf(first, second, valley, levels=np.logspace(-2, 2, 13), norm="log", cmap="Greys", alpha=0.35)
figure.colorbar(contours, label="loss", format="%g", ticks=[0.01, 0.1, 1, 10, 100])
for (label, path), style in zip(paths.items(), ("C3.-", "k.--", "C0.-"), strict=True):
    axis.plot(*np.array(path).T, style, linewidth=1, markersize=4, label=label)
    axis.plot(*path[-1], style[:-1], markersize=11, markeredgecolor="w", zorder=3)  # where it ends
axis.set(xlabel="θ₁", ylabel="θ₂", title="40 steps from the same start", aspect="equal")
axis.legend(loc="lower right", fontsize=8)
show_figure(
    "Contours of the loss in the plane of θ₁ and θ₂: a narrow valley along θ₁, lowest at (0, 0). On it the paths of "
    "40 steps from (-4, 1.5), by your functions: gradient descent, momentum and Adam, each with a large dot at its "
    "end. Which of them jump across the valley?"
)
for label, path in paths.items():
    print(f"{label}: loss {np.sum(curvatures * np.array(path[-1]) ** 2) / 2:.1e} after 40 steps")

# %% [markdown]
# ## 8 Training on digits
#
# ### 8.1 The data
#
# scikit-learn comes with 1,797 handwritten digits (a part of the *Optical Recognition of Handwritten Digits* set of
# the UCI repository), as images of 8 × 8 pixels with values from 0 to 16. The next cell divides them by 16, shuffles
# them once, and keeps the last 597 for validation. A target is a row of ten numbers: 1 for the right digit, 0 for
# the others. The network thus answers ten yes-or-no questions, and its loss is the binary cross-entropy. As only one
# digit is right, a softmax with the categorical cross-entropy is the usual choice; here the loss that you have written
# will do.

# %%
digits = load_digits()
digit_order = np.random.default_rng(7).permutation(len(digits.target))
digit_images = digits.data[digit_order] / 16
digit_labels = digits.target[digit_order]
digit_targets = np.eye(10)[digit_labels]
x_train, t_train = digit_images[:1200], digit_targets[:1200]
x_val, t_val = digit_images[1200:], digit_targets[1200:]

figure, axes = plt.subplots(1, 8, figsize=(8, 1.6), layout="constrained")
for axis, image, label in zip(axes, x_train[:8], digit_labels[:8], strict=True):
    axis.imshow(image.reshape(8, 8), cmap="gray_r")
    axis.set(xticks=[], yticks=[], title=str(label))
figure.suptitle("Eight training images and their labels")
show_figure(
    "Eight training images of handwritten digits, of 8 × 8 pixels each, dark on white. The labels above are "
    f"{', '.join(map(str, digit_labels[:8]))}."
)
print("training:", x_train.shape, t_train.shape, " validation:", x_val.shape, t_val.shape)

# %% [markdown]
# ### 8.2 Task 18: the training loop (4 points)
#
# One update uses a batch of examples, not all of them; 32 is a good compromise (lecture, section 1; Masters & Luschi
# 2018, arXiv:1804.07612). One pass over all batches is an epoch. Usually the examples are shuffled before each
# epoch. Here they stay in order, so that your result can be compared with another program's.
#
# **Task.** Write
# `train(gradient_function, x, t, x_val, t_val, weights, biases, learning_rate, epochs, batch_size)`. It trains by
# plain gradient descent (section 7.1):
#
# - An epoch takes the examples `x`, `t` in their order, `batch_size` at a time. If the number of examples is no
#   multiple of `batch_size`, the last batch of the epoch is smaller and counts all the same.
# - For each batch, all weights and biases get one update, with the gradients of that batch.
# - After each epoch, the loss is computed with the weights reached by then, over *all* training examples and over
#   all validation examples.
#
# The first argument is the function that gives loss and gradients: your own of section 5.2, or
# `tape_loss_and_gradients` of section 5.3. The tests use the second, and one that adds weight decay to its gradients.
# `epochs` is at least 1, and `batch_size` may be larger than the number of examples. Return four things: the list of
# weights, the list of biases, the list of training losses and the list of validation losses (one number for each
# epoch). The defaults of the last three arguments are 0.5, 10 and 32. Leave the arrays and lists that you are given as
# they are: make new ones.
#
# <details><summary>Hint 1</summary>
#
# Two loops: over epochs, and inside over `range(0, len(x), batch_size)`. The slice `x[start : start + batch_size]` is
# a batch; at the end NumPy makes it shorter by itself.
#
# </details>
# <details><summary>Hint 2</summary>
#
# `loss, dl_dW, dl_db = gradient_function(x_batch, t_batch, weights, biases)` gives all you need for an update.
# Compute the gradients of all layers before you change any weight.
#
# </details>
# <details><summary>Hint 3</summary>
#
# For the losses after an epoch, call `gradient_function` on all examples and keep the first thing it returns. The
# validation examples never lead to an update.
#
# </details>

# %% solution="backprop-train"
def train(gradient_function, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    """Trains a network by gradient descent on batches, taken in order.

    gradient_function: a function of (x, t, weights, biases) that returns (loss, dl_dW, dl_db).
    x, t: training examples and targets, one in each row.  x_val, t_val: the same for validation.
    weights, biases: lists of arrays to start from.
    Returns the final weights, the final biases, the training losses and the validation losses, one after each epoch.
    """
    ### BEGIN SOLUTION: Update batch by batch, note both losses after each epoch, and return all four lists.
    losses, val_losses = [], []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            _, dl_dW, dl_db = gradient_function(x[batch], t[batch], weights, biases)
            layers = range(len(weights))
            weights = [weights[i] - learning_rate * dl_dW[i] for i in layers]
            biases = [biases[i] - learning_rate * dl_db[i] for i in layers]
        losses.append(gradient_function(x, t, weights, biases)[0])
        val_losses.append(gradient_function(x_val, t_val, weights, biases)[0])
    return weights, biases, losses, val_losses
    ### END SOLUTION


# %% test="backprop-train" points=2
start_x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
start_t = np.array([[1.0], [0.0], [1.0]])
got = train(
    tape_loss_and_gradients, start_x, start_t, start_x, start_t, [np.zeros((2, 1))], [np.zeros(1)],
    learning_rate=1.0, epochs=1, batch_size=2,
)
weights, biases = {"W_1": [[0.75], [0.25]]}, {"b_1": [0.5]}
expected = {"the weights": weights, "the biases": biases, "losses": ..., "val_losses": ...}
expect(got, expected, "train for one epoch", "the batches have 2 and 1 examples")
given = [np.zeros((2, 1))]
train(tape_loss_and_gradients, start_x, start_t, start_x, start_t, given, [np.zeros(1)], epochs=1)
expect(given[0], [[0.0], [0.0]], "the given weights, afterwards,", "make new arrays, and new lists")
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_train(train, tape_loss_and_gradients, "weights")
### END HIDDEN TESTS

# %% test="backprop-train" points=2
start_x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
start_t = np.array([[1.0], [0.0], [1.0]])
got = train(
    tape_loss_and_gradients, start_x, start_t, start_x[:1], start_t[:1], [np.zeros((2, 1))], [np.zeros(1)],
    learning_rate=1.0, epochs=1, batch_size=2,
)
expected = {"weights": ..., "biases": ..., "the list of losses": [0.530071], "the list of val_losses": [0.251929]}
why = "after the epoch, with the weights reached by then, over all training or all validation examples"
expect(got, expected, "train for one epoch", why)
### BEGIN HIDDEN TESTS
from graders.checks import backpropagation as checks

checks.check_train(train, tape_loss_and_gradients, "losses")
### END HIDDEN TESTS

# %% [markdown]
# ### 8.3 Your network learns
#
# The next cell trains a network of 64 inputs, 32 hidden neurons and 10 outputs, with your `train` and your
# `loss_and_gradients`. It takes a few seconds at most. A learning rate of 2 is not large here: the loss is a mean over
# ten outputs, and with a sum over them 0.2 would give the same steps. Look at two things. Both losses fall steeply at
# first, and then ever more slowly. And a gap opens between them: after the first epoch the validation loss is 1.6%
# above the training loss, after the last it is 3.3 times as large. The network knows the training images better than
# new ones. The validation loss itself still falls, so stopping earlier would not have helped.

# %%
digit_weights, digit_biases = random_network([64, 32, 10], seed=0)
digit_weights, digit_biases, digit_losses, digit_val_losses = train(
    loss_and_gradients, x_train, t_train, x_val, t_val, digit_weights, digit_biases,
    learning_rate=2.0, epochs=60, batch_size=32,
)

figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
axis.semilogy(range(1, 61), digit_losses, "C0-", label="training")
axis.semilogy(range(1, 61), digit_val_losses, "C1--", label="validation")
axis.set(xlabel="epoch", ylabel="binary cross-entropy", title="Learning to read digits")
axis.legend()
show_figure(
    "Binary cross-entropy against the epoch, from 1 to 60, on a logarithmic scale: a solid line for the training "
    "images, a dashed one for the validation images. Look for the gap between them."
)

# %% [markdown]
# The digit that the network reads is the one with the largest logit. The last cell counts how often it is right on
# images that took no part in the training, and shows some where it is not. Expect about 97%.

# %%
digit_logits = np.tanh(x_val @ digit_weights[0] + digit_biases[0]) @ digit_weights[1] + digit_biases[1]
read, truth = digit_logits.argmax(axis=1), digit_labels[1200:]
missed = np.flatnonzero(read != truth)
print(f"right: {np.mean(read == truth):.1%} of {len(truth)} validation images (guessing gives about 10%)")
print(f"misread: {len(missed)}")

figure, axes = plt.subplots(1, 8, figsize=(8, 1.6), layout="constrained")
for axis in axes:
    axis.set_axis_off()
for axis, index in zip(axes, missed, strict=False):
    axis.imshow(x_val[index].reshape(8, 8), cmap="gray_r")
    axis.set_title(f"{truth[index]} read as {read[index]}", fontsize=8)
figure.suptitle("Some of the images that were misread")
show_figure(
    "Up to eight validation images that were misread, of 8 × 8 pixels each: "
    f"{', '.join(f'{truth[index]} read as {read[index]}' for index in missed[:8]) or 'none'}."
)

# %% [markdown] answer="backprop-why" points=3
# ## 9 Why not the squared error?
#
# ### 9.1 Question 1: two losses and their slopes (3 points, by hand)
#
# A classifier ends with a sigmoid. For one image the target is $t = 1$, but the logit is $z = -6$: the network is
# confident and wrong.
#
# 1. Give $\partial\ell/\partial z$ at this point for the squared error $(t - p)^2$ and for the binary cross-entropy,
#    as numbers with two digits.
# 2. At which $p$ and $z$ is the squared error steepest for $t = 1$, and what is its slope there? Derive it, and say
#    which factors of the slope pull against each other.
# 3. How does the slope of the cross-entropy, divided by that of the squared error, grow as $z$ goes to $-\infty$? Its
#    leading term will do. A classmate says: "The squared error only needs a larger learning rate." Is that so? Give a
#    reason.
#
# Write ten to twenty lines in the cell below.
#
# === BEGIN MARK SCHEME ===
# One point for each part; half points are allowed.
#
# 1. p = σ(−6) = 0.00247. Squared error: 2 (p − t) p (1 − p) = −0.0049. Cross-entropy: p − t = −0.9975. The second is
#    about 200 times larger (203). Full point for both numbers within 2%; half a point for one, or if the factor 2 is
#    missing.
# 2. The slope is −2 p (1 − p)². Its derivative by p, −2 (1 − p)(1 − 3p), is 0 at p = 1/3, that is z = −ln 2 = −0.69;
#    the slope there is −8/27 = −0.30. To the left, the error 1 − p grows, but σ'(z) = p (1 − p) falls faster. Half a
#    point for place and slope, half for the two factors.
# 3. The ratio is 1 / (2 p (1 − p)), which grows as e^|z| / 2: it is 2 at z = 0, 203 at −6 and 81,000 at −12. One
#    learning rate serves all images and all steps: what makes up for 203 at z = −6 is 100 times too large near z = 0
#    and 400 times too small at −12. Half a point for the exponential growth, half for no with such a reason; none for a
#    bare no.
# === END MARK SCHEME ===

# %% [markdown]
# ## 10 What you have learnt
#
# - The cross-entropy can be computed from logits without overflow, and its derivative there is simply
#   $\sigma(z) - t$.
# - Backpropagation is the chain rule with reuse: layer $i$ receives $\partial\ell/\partial z_{i+1}$, multiplies by the
#   weights $w_{i+1}$ of the layer after it and by its own $g'(z_i)$, and hands the result on. The gradients of $w_i$
#   and $b_i$ come on the way.
# - Over a batch, each of these steps is one matrix product, and the shapes say which.
# - A gradient that agrees with centred differences in every element is very probably right.
# - The learning rate of gradient descent is limited by the largest curvature. Momentum speeds up the directions of
#   small curvature; Adam scales the step of each parameter by the size of its past gradients.
#
# From now on you may let TensorFlow do all this. You know what it does.
