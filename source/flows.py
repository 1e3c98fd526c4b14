# Normalising flows. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Normalising flows
#
# The result of a cosmological analysis is a probability density: of the parameters, given the data. Often you have
# samples of it and want the density itself. A normalising flow learns it. It is a network that can do both: draw
# samples, and say how probable a point is.
#
# **What you will learn**
#
# - how a density changes under a map, first in one dimension, then for an affine coupling layer that you write;
# - to build two kinds of flows with TensorFlow Probability, and to train them by maximum likelihood;
# - to judge a flow where the truth is known: its loss cannot get below the entropy of the data;
# - why splines do better than affine maps of the same size;
# - to infer parameters from simulations with a conditional flow, and to test the posterior: is it calibrated, and is it
#   sharp?
#
# **Time**: about 195 minutes. There are 13 tasks, worth 49 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import figures
import scipy.stats
import tensorflow_probability as tfp
from trainer import train

tfd, tfb = tfp.distributions, tfp.bijectors


def set_at_random(variables, name):
    """Random numbers for the variables of a flow, since a fresh last layer may be zero. The tests use it."""
    variables = list(variables)
    if not variables:
        raise AssertionError(f"The list of variables from {name} is empty: take those of each network with weights.")
    if not all(hasattr(variable, "assign") for variable in variables):
        raise AssertionError(f"The list of variables from {name} must be flat, and hold variables only.")
    rng = np.random.default_rng(12)
    for variable in variables:
        width = 0.3 if len(variable.shape) > 1 else 0.1  # with large biases, a ReLU may be 0 everywhere
        value = width * rng.normal(size=tuple(variable.shape)).astype(np.asarray(variable).dtype)
        masked = getattr(variable, "constraint", None)  # where weights must stay zero
        variable.assign(value if masked is None else masked(tf.constant(value)))
    return variables


def without_gradient(variables, flow, points, data=None):
    """Numbers of the variables that no gradient of the log-density reaches: nothing could train them. Tests use it."""

    def slopes():
        with tf.GradientTape() as tape:
            total = tf.reduce_sum((flow if data is None else flow(data)).log_prob(points))
        return tape.gradient(total, variables)

    try:
        found = tf.function(slopes)()  # compiled, as in the training
    except NotImplementedError:
        raise AssertionError("TensorFlow cannot compile log_prob: has NumPy got into the flow?") from None
    except (AttributeError, TypeError, ValueError):
        found = slopes()
    return [number for number, slope in enumerate(found) if slope is None or not np.any(tf.convert_to_tensor(slope))]


# %%
# The settings of this notebook. A GPU trains wider networks for longer: set the environment variable COURSE_BUDGET to
# "gpu" before you start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, BATCH_SIZE, HIDDEN = {"proof": (2, 16, 32), "laptop": (3000, 256, 32), "gpu": (20000, 1024, 64)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Change of variables
#
# ### 1.1 One dimension
#
# Draw $x$ from a density you know, and put it through a map $f$ that can be inverted: $y = f(x)$. What is the density
# of $y$? Probability is conserved: what lay in a small interval $dx$ now lies in $dy = |f'(x)| \, dx$. So
#
# $$ p_Y(y) = p_X(x) \, \left| f'(x) \right|^{-1}, \qquad
# \ln p_Y(y) = \ln p_X(x) - \ln \left| f'(x) \right|, \qquad x = f^{-1}(y) $$
#
# (Papamakarios et al. 2021, JMLR 22, 57, section 2.1). Where $f$ stretches, the density falls. Forget the second term
# and you have a function that is no density: its integral is not 1.
#
# A map from cosmology: today's density contrast of matter cannot be Gaussian, since $1 + \delta$ is never negative.
# A simple model takes it as the exponential of a Gaussian (Coles & Jones 1991, MNRAS 248, 1),
#
# $$ y = e^{a + b x}, \qquad x \sim N(0, 1), \qquad p_X(x) = \frac{1}{\sqrt{2\pi}} \, e^{-x^2/2} $$
#
# With $a = -b^2/2$ the mean of $y$ is 1, as it must be for $y = 1 + \delta$.
#
# ### 1.2 Task 1: `lognormal_log_prob` (3 points)
#
# Return $\ln p_Y(y)$ by the change of variables. Natural logarithms of densities are said to be in *nats*.
#
# - `y`: array of positive floats, of any shape: tiny and huge ones, too
# - `a`, `b`: two numbers; $b$ is not 0, but it may be negative
# - returns an array of the shape of `y`
#
# For example, with $a = 0$ and $b = 1$, $y = 1$ has $x = 0$ and slope 1, so $\ln p = -\frac{1}{2} \ln 2\pi = -0.919$.
# For $y = e$, where $x = 1$ and the slope is $e$, it is $-0.919 - 0.5 - 1 = -2.419$.
#
# <details><summary>Hint 1</summary>
#
# First solve $y = e^{a + bx}$ for $x$. Then write down $\ln p_X$ of it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The derivative of $e^{a + bx}$ with respect to $x$ is $b$ times the same exponential, that is $b y$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# What you subtract is the logarithm of an absolute value: with $b < 0$ the map falls, and its slope is negative.
#
# </details>
#
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    """ln of the density of y = exp(a + b x) with x ~ N(0, 1), in nats; y of any shape."""
    ### BEGIN SOLUTION: Return the log density of y.
    x = (np.log(y) - a) / b
    return -0.5 * x**2 - 0.5 * np.log(2 * np.pi) - np.log(np.abs(b) * y)
    ### END SOLUTION


# %% test="flows-lognormal" points=3
got = lognormal_log_prob(np.array([1.0, np.e]), 0.0, 1.0)
expect(got, [-0.918939, -2.418939], "lognormal_log_prob([1, e], 0, 1)", "the slopes are 1 and e")
got = lognormal_log_prob(np.array([[1.0]]), 0.0, -0.5)
expect(got, [[-0.225791]], "lognormal_log_prob([[1]], 0, -0.5)", "the slope at x = 0 is -0.5")
got = lognormal_log_prob(np.array([np.e]), 2.0, 3.0)
why = "x is -1/3, where y = e has the slope 3 e"
expect(got, [-3.073107], "lognormal_log_prob([e], 2, 3)", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_lognormal(lognormal_log_prob)
### END HIDDEN TESTS

# %% [markdown]
# Your density as a line, over a histogram of samples that went through the map. The dashed line is what you get if you
# forget the slope: the Gaussian at $x = f^{-1}(y)$. Its integral is not 1.
#
# %%
a, b = -(0.6**2) / 2, 0.6
samples = np.exp(a + b * np.random.default_rng(1).normal(size=20000))
y = np.linspace(0.01, 4, 400)
density = np.exp(np.asarray(lognormal_log_prob(y, a, b)))
wrong = scipy.stats.norm.pdf((np.log(y) - a) / b)
names = f"yours, integral {np.trapezoid(density, y):.2f}", f"without the slope, integral {np.trapezoid(wrong, y):.2f}"
figures.densities_of_one_point(samples, y, dict(zip(names, (density, wrong), strict=True)), b)
show_figure(
    "Density p(y) against y = 1 + δ, from 0 to 4: a grey histogram of samples, your density as a solid line with the "
    f"integral {np.trapezoid(density, y):.2f}, and dashed the one without the slope, with the integral "
    f"{np.trapezoid(wrong, y):.2f}."
)

# %% [markdown]
# ## 2 What a good density costs
#
# ### 2.1 Entropy
#
# A flow is trained by maximum likelihood: its loss is the mean of $-\ln q(x)$ over samples $x$ of the true density $p$,
# the *negative log-likelihood* (NLL). With many samples the mean becomes
#
# $$ E_p[-\ln q] = H(p) + \mathrm{KL}(p \,\|\, q), \qquad H(p) = -E_p[\ln p] $$
#
# (Goodfellow, Bengio & Courville, *Deep Learning*, 2016, section 3.13: the cross-entropy). $H$ is the *entropy* of the
# data. The KL divergence is never negative, and it is zero only for $q = p$. So there is a floor, and no flow gets
# below it. With real data nobody knows $H$. In this notebook you do, so that you can see how much a flow still lacks.
#
# **By hand first.** A Gaussian in one dimension has $-\ln p = \frac{(x - \mu)^2}{2\sigma^2} + \ln \sigma + \frac{1}{2}
# \ln 2\pi$. What is the mean of this, for $\sigma = 1$? For $\sigma = 2$? And for two independent numbers, one with
# $\sigma = 1$ and one with $\sigma = 2$?
#
# <details><summary>Check</summary>
#
# The mean of $(x - \mu)^2$ is $\sigma^2$, so $H = \frac{1}{2} + \ln \sigma + \frac{1}{2} \ln 2\pi = \ln \sigma +
# \frac{1}{2} \ln 2 \pi e$. That is 1.419 for $\sigma = 1$, and 2.112 for $\sigma = 2$. Logarithms of independent
# densities add up: 3.531 for both. It can be negative for a small $\sigma$: densities may exceed 1.
#
# </details>
#
# ### 2.2 Task 2: `gaussian_entropy` (2 points)
#
# Now a Gaussian in $d$ dimensions. Turn its axes, and the numbers become independent. A rotation changes neither the
# entropy nor the determinant of the covariance.
#
# - `cov`: array of shape `(d, d)`, a covariance matrix. $d$ may be large, its variances tiny or huge
# - returns a number: the entropy in nats
#
# For example, the covariance `[[1, 0.8], [0.8, 1]]` has the determinant 0.36 and the entropy 2.327.
#
# <details><summary>Hint 1</summary>
#
# After the rotation, the covariance has the variances $\sigma_j^2$ on its diagonal. What is its determinant? What is
# the sum of all $\ln \sigma_j$ in terms of it?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linalg.slogdet` returns the sign and the logarithm of the determinant. It also works where the determinant itself
# is too small for a float.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# $H$ is half of the logarithm of the determinant, plus $\frac{1}{2} \ln 2\pi e$ for each dimension.
#
# </details>
#
# %% solution="flows-entropy"
def gaussian_entropy(cov):
    """Entropy in nats of a Gaussian with the covariance cov, (d, d)."""
    ### BEGIN SOLUTION: Return the entropy.
    return 0.5 * np.linalg.slogdet(2 * np.pi * np.e * cov)[1]
    ### END SOLUTION


# %% test="flows-entropy" points=2
got = gaussian_entropy(np.array([[1.0, 0.8], [0.8, 1.0]]))
expect(got, 2.327051, "gaussian_entropy([[1, 0.8], [0.8, 1]])", "two dimensions, and the determinant is 0.36")
got = gaussian_entropy(np.array([[0.01]]))
expect(got, -0.883647, "gaussian_entropy([[0.01]])", "that of a narrow density is negative")
got = gaussian_entropy(np.diag([1.0, 4.0, 9.0]))
expect(got, 6.048575, "gaussian_entropy of variances 1, 4 and 9", "ln 6 more than for variances of 1")
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_entropy(gaussian_entropy)
### END HIDDEN TESTS

# %% [markdown]
# In $d$ dimensions,
#
# $$ H = \frac{d}{2} \ln(2 \pi e) + \frac{1}{2} \ln |\Sigma| = \frac{1}{2} \ln \left| 2 \pi e \, \Sigma \right| $$
#
# (Cover & Thomas, *Elements of Information Theory*, theorem 8.4.1), in nats.
#
# ### 2.3 A banana
#
# Weak lensing measures well a combination of two parameters, the matter density $\Omega_m$ and the amplitude $\sigma_8$
# of the fluctuations: roughly $S_8 = \sigma_8 \sqrt{\Omega_m / 0.3}$. Along the curve of constant $S_8$ it measures
# badly. The posterior looks like a banana. Here is a model of one. Expand the curve around $\Omega_m = 0.3$, $\sigma_8
# = 0.8$ to second order, in the scaled coordinates
#
# $$ y_1 = \frac{\Omega_m - 0.3}{0.07}, \qquad y_2 = \frac{\sigma_8 - 0.8}{0.0933} - 0.175 $$
#
# The curve becomes $y_2 = -y_1 + 0.175 \, (y_1^2 - 1)$. Now let $x = (x_1, x_2)$ be Gaussian with mean zero, and bend
# it:
#
# $$ y_1 = x_1, \qquad y_2 = x_2 + 0.175 \, (x_1^2 - 1), \qquad
# \Sigma = \begin{pmatrix} 1 & -1 \\ -1 & 1 + 0.15^2 \end{pmatrix} $$
#
# The Jacobian of this map is triangular, with ones on its diagonal. Its determinant is 1: the map bends the plane and
# changes no area. So $y$ has the same entropy as $x$, which you can compute. The widths are invented, though of the
# size that surveys reach today.
#
# %%
BEND, WIDTH = 0.175, 0.15
COV_X = np.array([[1.0, -1.0], [-1.0, 1.0 + WIDTH**2]])


def sample_banana(n, rng):
    """n points y of the banana, (n, 2), in float32."""
    x = rng.normal(size=(n, 2)) @ np.linalg.cholesky(COV_X).T
    return np.stack([x[:, 0], x[:, 1] + BEND * (x[:, 0] ** 2 - 1)], axis=1).astype(np.float32)


def banana_log_prob(y):
    """ln p(y) of the banana, in nats: (n, 2) -> (n,)."""
    y = np.asarray(y, dtype=float)
    x = np.stack([y[:, 0], y[:, 1] - BEND * (y[:, 0] ** 2 - 1)], axis=1)
    return scipy.stats.multivariate_normal(np.zeros(2), COV_X).logpdf(x)


def to_parameters(y):
    """Scaled coordinates (..., 2) -> Omega_m and sigma_8."""
    y = np.asarray(y, dtype=float)
    return 0.3 + 0.07 * y[..., 0], 0.8 + 0.0933 * (y[..., 1] + BEND)


rng = np.random.default_rng(100 + SEED)
banana_train, banana_held = sample_banana(50000, rng), sample_banana(5000, rng)
H_BANANA = np.asarray(gaussian_entropy(COV_X), dtype=float).item()
gaussian_fit = scipy.stats.multivariate_normal(banana_train.mean(axis=0), np.cov(banana_train.T))
print(f"{len(banana_train)} samples for training, {len(banana_held)} held out")
print(f"entropy of the banana: {H_BANANA:.3f} nats")

# %% [markdown]
# ### 2.4 Task 3: `held_out_nll` (2 points)
#
# A loss on a finite set of points has a statistical error. With $n$ log-densities $\ell_i = \ln q(x_i)$ of points that
# were *not* used in training,
#
# $$ \mathrm{NLL} = -\frac{1}{n} \sum_i \ell_i, \qquad
# \sigma_{\mathrm{NLL}} = \frac{\sigma_\ell}{\sqrt{n}}, \qquad
# \sigma_\ell^2 = \frac{1}{n - 1} \sum_i \left( \ell_i - \bar\ell \right)^2 $$
#
# - `log_probs`: array of shape `(n,)`, with $n \ge 2$: log-densities in nats, of any magnitude and sign
# - returns two numbers: the NLL and its standard error
#
# For example, `[-1, -2, -3]` gives 2 and $1 / \sqrt{3} = 0.577$.
#
# <details><summary>Hint 1</summary>
#
# `np.std` divides by $n$ unless you give it `ddof=1`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The standard deviation tells how much single points scatter. The error of their mean is smaller, by the square root of
# their number.
#
# </details>
#
# %% solution="flows-nll"
def held_out_nll(log_probs):
    """The mean negative log-likelihood of n points, and its standard error, in nats."""
    ### BEGIN SOLUTION: Return the mean of -log_probs and its standard error.
    return -np.mean(log_probs), np.std(log_probs, ddof=1) / np.sqrt(len(log_probs))
    ### END SOLUTION


# %% test="flows-nll" points=2
expected = {"the NLL": 2.0, "the standard error": 0.577350}
expect(held_out_nll(np.array([-1.0, -2.0, -3.0])), expected, "held_out_nll([-1, -2, -3])", "a scatter of 1, and n is 3")
expected = {"the NLL": -1.5, "the standard error": 1.5}
expect(held_out_nll(np.array([0.0, 3.0])), expected, "held_out_nll([0, 3])", "the squared scatter is 9/2")
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_nll(held_out_nll)
### END HIDDEN TESTS

# %% [markdown]
# The banana, and the best Gaussian: the one with the mean and the covariance of the samples. What does it cost to take
# the Gaussian? Compare both numbers with the entropy above.
#
# The ellipses have the radii 1.515 and 2.486 in standard deviations. In two dimensions, a fraction $1 - e^{-r^2/2}$ of
# a Gaussian lies within $r$. So 68.3% lie within $r^2 = -2 \ln(1 - 0.683) = 2.30$, and 95.45%, in short 95.4%, within
# $r^2 = 6.18$.
#
# %%
ellipses = figures.ellipses(banana_train.mean(axis=0), np.cov(banana_train.T))
figures.banana_and_gaussian(to_parameters(banana_held[:3000]), to_parameters(ellipses))
show_figure(
    "Plane of Ω_m and σ₈. 3,000 samples form a bent, narrow band from the upper left to the lower right. Two ellipses "
    "hold 68.3% and 95.4% of the best Gaussian: they have its direction, but not its bend."
)
for name, log_prob in (("the true density", banana_log_prob), ("a Gaussian", gaussian_fit.logpdf)):
    nll, error = held_out_nll(log_prob(banana_held))
    print(f"NLL of {name} on held-out points: {float(nll):.3f} ± {float(error):.3f} nats")

# %% [markdown]
# The Gaussian costs about 0.64 nats more. The true density has an NLL equal to the entropy, up to the error.
#
# ## 3 An affine coupling layer
#
# ### 3.1 The layer
#
# In $d$ dimensions the slope becomes the determinant of the Jacobian matrix, $J_{ij} = \partial f_i / \partial x_j$:
#
# $$ \ln p_Y(y) = \ln p_X(x) - \ln \left| \det J(x) \right|, \qquad x = f^{-1}(y) $$
#
# A flow needs maps that are flexible, easy to invert, and have a cheap determinant. The affine *coupling layer* of
# RealNVP (Dinh, Sohl-Dickstein & Bengio 2017, arXiv:1605.08803, equations 4 and 5) has all three. It cuts $x$ into two
# halves, leaves the first as it is, and shifts and scales the second by amounts that depend on the first:
#
# $$ y_1 = x_1, \qquad y_2 = x_2 \odot \exp\left( s(x_1) \right) + t(x_1) $$
#
# $t$ is the shift and $s$ the logarithm of the scale. They come from a function called the *conditioner*, usually a
# network. The Jacobian is triangular: the derivatives of $y_1$ with respect to $x_2$ are zero. So its determinant is
# the product of its diagonal. The derivatives of the network do not appear, and it may be as complicated as you like.
#
# **By hand first.** In the plane, let the conditioner give the shift 1 and the log-scale $s$, whatever $x_1$ is. What
# are the four numbers of $J$, and what is $\ln |\det J|$? In four dimensions there are two log-scales, say 0.2 and
# -0.5. What is it now?
#
# <details><summary>Check</summary>
#
# $\partial y_1/\partial x_1 = 1$, $\partial y_2/\partial x_2 = e^s$, and the two others are 0. The determinant is
# $e^s$, its logarithm $s$. In four dimensions the diagonal is $1, 1, e^{0.2}, e^{-0.5}$, and the logarithm of the
# product is $-0.3$.
#
# </details>
#
# Mind the letters. Here $x_1$ and $x_2$ are halves; in the plane, a half is one coordinate. A layer takes $x$ to $y$. A
# whole flow takes the normal $z$ to what has the density: $y$ for the banana, $x$ elsewhere. In section 7 that is
# $\theta$, and $x$ are the data.
#
# Here are three conditioners that you can follow by hand. Each takes the first half, an array of shape `(n, d/2)`, and
# returns shift and log-scale of the same shape.
#
# %%
def wave(first):
    """Shift sin(2 u) and log-scale cos(u) / 2."""
    return np.sin(2 * first), 0.5 * np.cos(first)


def tilt(first):
    """Shift and log-scale that mix the columns of the first half, taken in reverse order."""
    other = first[:, ::-1]
    return 1.5 * other - 0.5, 0.7 * np.tanh(first + other)


def drift(first):
    """A cubic shift, and a log-scale that is largest in the middle."""
    return 0.2 * first**3, 0.3 - 0.6 * np.tanh(first) ** 2


# %% [markdown]
# ### 3.2 Task 4: `coupling_forward` (4 points)
#
# - `x`: array of floats of shape `(n, d)`, with $d$ even. The first half of the columns stays
# - `conditioner`: a function like the three above, called with the first half
# - returns two arrays: `y` of shape `(n, d)`, and $\ln |\det J|$ of shape `(n,)`, one number for each row
#
# For example, `x = [[0, 3]]` with `wave` has shift 0 and log-scale 0.5. So `y` is `[[0, 4.946]]`, since $3 e^{0.5} =
# 4.946$, and the log-determinant is `[0.5]`. You get 2 points for `y` and 2 for the log-determinant.
#
# <details><summary>Hint 1</summary>
#
# The columns of the first half are those before `d // 2`. `np.concatenate` with `axis=1` puts two halves together
# again.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The log-determinant has one number for each row of `x`. So you sum over columns, and not over rows.
#
# </details>
#
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    """An affine coupling layer: x (n, d) -> y (n, d) and ln |det J| (n,); the first half of the columns stays."""
    ### BEGIN SOLUTION: Return y and the log-determinant of the Jacobian.
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    y = np.concatenate([first, second * np.exp(log_scale) + shift], axis=1)
    return y, np.sum(log_scale, axis=1)
    ### END SOLUTION


# %% [markdown]
# The first test looks at `y`, the second at the log-determinant.
#
# %% test="flows-forward" points=2
got = coupling_forward(np.array([[0.0, 3.0]]), wave)
expected = {"y": [[0.0, 4.946164]], "the log-determinant": ...}
expect(got, expected, "coupling_forward([[0, 3]], wave)")
x = np.array([[0.0, 1.0, 2.0, 3.0]])
expected = {"y": [[0.0, 1.0, 4.408469, 4.612703]], "the log-determinant": ...}
why = "the first two columns stay, the shifts are 1 and -0.5, the log-scales 0.533"
expect(coupling_forward(x, tilt), expected, "coupling_forward([[0, 1, 2, 3]], tilt)", why)
expect(x, [[0.0, 1.0, 2.0, 3.0]], "the given x, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_forward(coupling_forward)
### END HIDDEN TESTS

# %% test="flows-forward" points=2
got = coupling_forward(np.array([[0.0, 3.0]]), wave)
expect(got, {"y": ..., "the log-determinant": [0.5]}, "coupling_forward([[0, 3]], wave)", "one number a row")
x = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0], [1.0, 1.0, 0.0, 0.0]])
expected = {"y": ..., "the log-determinant": [1.0, 0.770151, 0.540302]}
why = "for each row, the sum of two log-scales"
name = "coupling_forward([[0, 0, 0, 0], [0, 1, 2, 3], [1, 1, 0, 0]], wave)"
expect(coupling_forward(x, wave), expected, name, why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_log_det(coupling_forward)
### END HIDDEN TESTS

# %% [markdown]
# The sum of the log-scales is all it takes:
#
# $$ \ln \left| \det J \right| = \sum_j s_j(x_1) $$
#
# What the layer does to a grid in the plane: vertical lines stay where they are, and each is stretched and shifted as a
# whole. The colour is your log-determinant: where it is positive, areas grow and the density falls. Below, the same
# number from the Jacobian by finite differences, at three random points in 4 dimensions.
#
# %%
lines, area = figures.grid_lines(), figures.grid_lines(count=51, points=51)[:51]
moved = np.asarray(coupling_forward(lines.reshape(-1, 2), wave)[0]).reshape(lines.shape)
moved_area, log_det = (np.asarray(part) for part in coupling_forward(area.reshape(-1, 2), wave))
figures.bent_grid(lines, moved, moved_area.reshape(area.shape), log_det.reshape(area.shape[:2]))
show_figure(
    "Left: a square grid in the plane of x₁ and x₂. Right: where your coupling layer takes it, coloured by your ln "
    "|det J|, from -0.5 (brown) to 0.5 (violet). The vertical lines should stay where they are."
)
points, nudges = np.random.default_rng(2).normal(size=(3, 4)), 1e-5 * np.eye(4)
ends = [[np.asarray(coupling_forward(points + sign * nudge, tilt)[0]) for nudge in nudges] for sign in (1, -1)]
columns = np.subtract(*ends) / 2e-5
print("ln |det J|, yours:             ", np.round(np.asarray(coupling_forward(points, tilt)[1]), 5))
print("ln |det J|, finite differences:", np.round(np.linalg.slogdet(np.stack(columns, axis=-1))[1], 5))

# %% [markdown]
# ### 3.3 Backwards
#
# To invert the layer you do not have to invert the conditioner. The first half comes out as it went in, so you can ask
# the conditioner for the same shift and scale again, and undo them.
#
# ### 3.4 Task 5: `coupling_inverse` (2 points)
#
# - `y`: array of shape `(n, d)`, with $d$ even
# - `conditioner`: as before
# - returns `x`, an array of shape `(n, d)`, such that the coupling layer maps `x` to `y`
#
# For example, `y = [[0, 4.946]]` with `wave` gives `[[0, 3]]`.
#
# <details><summary>Hint 1</summary>
#
# Solve $y_2 = x_2 e^{s} + t$ for $x_2$. What has been done last must be undone first.
#
# </details>
#
# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    """The inverse of an affine coupling layer: y (n, d) -> x (n, d)."""
    ### BEGIN SOLUTION: Return the x that the layer maps to y.
    half = y.shape[1] // 2
    first, second = y[:, :half], y[:, half:]
    shift, log_scale = conditioner(first)
    return np.concatenate([first, (second - shift) * np.exp(-log_scale)], axis=1)
    ### END SOLUTION


# %% test="flows-inverse" points=2
got = coupling_inverse(np.array([[0.0, 4.946164]]), wave)
expect(got, [[0.0, 3.0]], "coupling_inverse([[0, 4.946]], wave)")
y = np.array([[0.0, 1.0, 4.408469, 4.612703]])
why = "the shifts are 1 and -0.5, the log-scales 0.533"
got = coupling_inverse(y, tilt)
expect(got, [[0.0, 1.0, 2.0, 3.0]], "coupling_inverse([[0, 1, 4.408, 4.613]], tilt)", why)
expect(y[0, 2], 4.408469, "the third number of the given y, afterwards,", "make a new array")
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_inverse(coupling_inverse)
### END HIDDEN TESTS

# %% [markdown]
# There and back again: the largest difference between a point and what your two functions make of it.
#
# %%
points = np.random.default_rng(3).normal(size=(1000, 6))
for conditioner in (wave, tilt, drift):
    back = np.asarray(coupling_inverse(np.asarray(coupling_forward(points, conditioner)[0]), conditioner))
    print(f"{conditioner.__name__:6s} largest difference after forward and inverse: {np.abs(back - points).max():.1e}")

# %% [markdown]
# ### 3.5 A chain of layers
#
# One layer leaves half of the coordinates as they are. So layers are put in a chain, with the halves exchanged after
# each. A chain of maps has the product of the Jacobians, and therefore the *sum* of the log-determinants. To
# exchange columns is a permutation: its determinant is 1 or -1, and its log-determinant 0.
#
# ![Two coupling layers. In the first, x1 goes through as y1 and gives s and t, which scale and shift x2 to y2. Then the
# halves are exchanged. In the second, y2 goes through and gives other s and t, which scale and shift y1. The halves are
# exchanged again.](attachment:coupling.png)
#
# Here, let a flow with $L$ conditioners $c_1 \ldots c_L$ make its samples like this: draw $z \sim N(0, I)$ in $d$
# dimensions; then, for $k = 1 \ldots L$, apply the coupling layer with $c_k$, and exchange the two halves. After the
# last exchange you have $x$. To find the density of $x$, go the other way, and begin with the density of $z$,
#
# $$ \ln N(z; 0, I) = -\frac{1}{2} \sum_j z_j^2 - \frac{d}{2} \ln 2\pi $$
#
# What has each layer done to it?
#
# ### 3.6 Task 6: `chain_log_prob` (4 points)
#
# - `x`: array of shape `(n, d)`, with $d$ even
# - `conditioners`: a list of functions like the three above, in the order in which samples go through them. It may be
#   empty: then $x = z$
# - returns an array of shape `(n,)`: the log-densities in nats
#
# For example, $z = (0, 3)$ goes through `wave` to $(0, 4.946)$, and the exchange makes $x = (4.946, 0)$. So
# `chain_log_prob([[4.946, 0]], [wave])` is $-\frac{9}{2} - \ln 2\pi - 0.5 = -6.838$.
#
# <details><summary>Hint 1</summary>
#
# You start with $x$, at the end of the chain. What happened last to it? The loop runs over the conditioners in reversed
# order.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In each turn: exchange the halves, then undo the coupling layer, and add its log-scales to what you will subtract at
# the end.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.roll` can exchange the halves. Begin with the empty list of conditioners, then go through the example by hand.
#
# </details>
#
# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    """ln p(x) in nats of a flow of coupling layers, each followed by an exchange of the halves: (n, d) -> (n,)."""
    ### BEGIN SOLUTION: Go back from x to z, and return the log density of x.
    half = x.shape[1] // 2
    total = 0.0
    for conditioner in reversed(conditioners):
        first, second = x[:, half:], x[:, :half]
        shift, log_scale = conditioner(first)
        x = np.concatenate([first, (second - shift) * np.exp(-log_scale)], axis=1)
        total = total + np.sum(log_scale, axis=1)
    return -0.5 * np.sum(x**2 + np.log(2 * np.pi), axis=1) - total
    ### END SOLUTION


# %% test="flows-chain" points=4
got = chain_log_prob(np.array([[4.946164, 0.0]]), [wave])
why = "the halves are exchanged first, and then (0, 4.946) goes back to z = (0, 3)"
expect(got, [-6.837877], "chain_log_prob([[4.946, 0]], [wave])", why)
got = chain_log_prob(np.array([[1.0, 0.0]]), [wave, drift])
why = "drift came last, and is undone first"
expect(got, [-3.018400], "chain_log_prob([[1, 0]], [wave, drift])", why)
got = chain_log_prob(np.zeros((3, 4)), [])
why = "the standard normal in 4 dimensions at its centre"
expect(got, [-3.675754] * 3, "chain_log_prob of three zeros without layers", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_chain(chain_log_prob)
### END HIDDEN TESTS

# %% [markdown]
# The density of a flow is, with the Jacobian matrix $J_k$ of layer $k$,
#
# $$ \ln p(x) = \ln N(z; 0, I) - \sum_{k=1}^{L} \ln |\det J_k| $$
#
# Two layers turn a round Gaussian into something quite different. On the left are samples, made with your
# `coupling_forward`. On the right is your density on a grid, which knows nothing of the samples. It must add up to 1,
# up to the 0.07% of the mass that lies outside of the grid.
#
# %%
conditioners = [drift, wave]
points = np.random.default_rng(4).normal(size=(4000, 2))
for conditioner in conditioners:
    points = np.asarray(coupling_forward(points, conditioner)[0])[:, ::-1]
edge = np.linspace(-8, 8, 321)
grid = np.stack(np.meshgrid(edge, edge, indexing="ij"), axis=-1).reshape(-1, 2)
density = np.exp(np.asarray(chain_log_prob(grid, conditioners))).reshape(len(edge), len(edge))
total = density.sum() * (edge[1] - edge[0]) ** 2
figures.samples_and_density(points, edge, density, total)
show_figure(
    "Two panels in the plane of x₁ and x₂. Left: 4,000 samples that went through two coupling layers of yours. Right: "
    f"your density on a grid, which adds up to {total:.3f}. Both should show the same bent shape."
)

# %% [markdown]
# ## 4 The same with TensorFlow Probability
#
# ### 4.1 RealNVP
#
# Now the conditioners become networks, and the layers those of `tfp.bijectors`, here `tfb`. A *bijector* is a map that
# knows its inverse and its log-determinant. You need four things:
#
# - `tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=f)` is a coupling layer that leaves the first coordinate as it is.
#   It calls `f(first, units)` with the first coordinate, of shape `(n, 1)`, and the number of the others, here 1. `f`
#   returns shift and log-scale, each of shape `(n, units)`;
# - `tfb.Permute([1, 0])` exchanges two coordinates;
# - `tfb.Chain([last, ..., first])` puts bijectors in a chain. It works like the composition of functions: samples go
#   through the *last of the list first*;
# - `tfd.TransformedDistribution(base, bijector)` is the flow: a distribution with `log_prob` and `sample`.
#
# There are two traps. In Python, a function that is defined in a loop looks up the names of the loop when it is
# *called*. If it uses `network` from the loop, all layers will use the last network. Here is the trap with numbers in
# place of networks. You would expect 10, 20 and 30.
#
# %%
trapped = [lambda x: factor * x for factor in (1, 2, 3)]
print([function(10) for function in trapped])

# %% [markdown]
# All three functions ask for `factor` when they are called, and it is 3 by then. A function `times(factor)` that
# returns `lambda x: factor * x` would have kept the factor of each call.
#
# The second trap: an optimiser can only change the variables that you hand to it. The flow does not know the networks
# inside your functions. So you collect their variables yourself.
#
# ### 4.2 Task 7: `build_realnvp` (8 points)
#
# Build a flow for points in the plane. Its base is the standard normal distribution,
# `tfd.MultivariateNormalDiag(tf.zeros(2))`.
#
# - `n_layers`: the number of coupling layers, at least 2. Each has a network of its own, made anew in every call.
#   Coordinates are exchanged between layers, so that both of them are transformed. An exchange after the last layer
#   does no harm
# - `hidden`: the number of neurons in each of the two hidden layers of a network, with `relu` for example
# - returns a pair: the flow, a `tfd.TransformedDistribution` with one `tfb.Chain` of all layers, and the list of the
#   trainable variables of all networks
#
# A network takes the first coordinate. Its layers have biases, and its output layer is linear, with two neurons: shift
# and log-scale. It is a good idea to keep the log-scale within bounds, so that no step of the training makes it
# explode. $3 \tanh(r / 3)$ of the raw output $r$ does that. Use TensorFlow, not NumPy, inside the flow: gradients have
# to pass through. If a `NotImplementedError` speaks of a symbolic tensor, NumPy has got into your flow. If a
# `ValueError` speaks of shapes, look at those of shift and log-scale.
#
# You get 2 points for the flow and 1 for its variables. 5 points are for what it can do after training, judged on
# 20,000 new samples of the banana:
#
# - 2 points for an NLL at most 0.15 nats above that of the true density on the same samples, 2 more for at most 0.05
# - 1 point for its latent space, in section 5
#
# You get none of the 4 points for the NLL if it is more than 5 standard errors of the difference below that of the true
# density: then it is no density. You get none of the 5 unless the NLL is at least 0.2 nats higher with all variables of
# the flow set to 0: what it knows must be in what the training changes.
#
# <details><summary>Hint 1</summary>
#
# Write a function that makes one layer and returns it with its network. A function that is called anew for each layer
# has names of its own, and avoids the first trap.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The network is a `tfk.Sequential` that begins with `tfk.Input(shape=(1,))`. `tf.split(output, 2, axis=-1)` cuts an
# output of shape `(n, 2)` into two of shape `(n, 1)`.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Collect bijectors in one list and variables in another. In each turn, two bijectors join the first list. The variables
# of a network are in its attribute `trainable_variables`, a list that you can append to yours with `+=`.
#
# </details>
#
# %% solution="flows-realnvp"
def build_realnvp(n_layers, hidden):
    """A RealNVP in two dimensions, and the list of its trainable variables."""
    ### BEGIN SOLUTION: Build the coupling layers with their networks, and return the flow and the variables.
    def coupling():
        inner = [tfkl.Dense(hidden, activation="relu") for _ in range(2)]
        network = tfk.Sequential([tfk.Input(shape=(1,)), *inner, tfkl.Dense(2)])

        def shift_and_log_scale(first, units, **kwargs):
            shift, raw = tf.split(network(first), 2, axis=-1)
            return shift, 3.0 * tf.tanh(raw / 3.0)

        return tfb.RealNVP(num_masked=1, shift_and_log_scale_fn=shift_and_log_scale), network.trainable_variables

    bijectors, variables = [], []
    for _ in range(n_layers):
        layer, its_variables = coupling()
        bijectors += [layer, tfb.Permute([1, 0])]
        variables += its_variables
    base = tfd.MultivariateNormalDiag(tf.zeros(2))
    return tfd.TransformedDistribution(base, tfb.Chain(bijectors)), variables
    ### END SOLUTION


# %% [markdown]
# The first test is for the flow, the second for its variables.
#
# %% test="flows-realnvp" points=2
built = build_realnvp(2, 8)
expect(built, {"the flow": ..., "the list of variables": ...}, "build_realnvp(2, 8)")
flow, variables = built
points = np.random.default_rng(5).normal(size=(7, 2)).astype("float32")
densities, draws = np.asarray(flow.log_prob(points)), np.asarray(flow.sample(5, seed=1))
expect(densities.shape, [7], "the shape of log_prob of 7 points")
assert np.isfinite(densities).all(), f"log_prob of 7 points is {densities.tolist()}: it must be finite."
expect(draws.shape, [5, 2], "the shape of sample(5)")
assert np.isfinite(draws).all(), "Samples of build_realnvp(2, 8) are nan or infinite."
back = flow.bijector.forward(np.asarray(flow.bijector.inverse(points)).astype("float32"))
expect(back, points, "flow.bijector.forward of inverse", "the points are back", atol=1e-3)
set_at_random(variables, "build_realnvp(2, 8)")
z = np.asarray(flow.bijector.inverse(points))
expect(z.shape, [7, 2], "the shape of flow.bijector.inverse of 7 points")
for other in range(2):
    same = np.isclose(z, points[:, [other]], atol=1e-5).all(axis=0)
    assert not same.any(), (
        f"With random weights, coordinate {other + 1} of the points comes out of flow.bijector.inverse "
        "as it was: are the coordinates exchanged between layers?"
    )
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_realnvp(build_realnvp)
### END HIDDEN TESTS

# %% test="flows-realnvp" points=1
built = build_realnvp(2, 8)
expect(built, {"the flow": ..., "the list of variables": ...}, "build_realnvp(2, 8)")
variables = set_at_random(built[1], "build_realnvp(2, 8)")
points = np.random.default_rng(5).normal(size=(200, 2)).astype("float32")
idle = without_gradient(variables, built[0], points)
assert not idle, (
    f"No gradient of log_prob reaches variable {idle[0]} of the {len(variables)} from build_realnvp(2, 8): "
    "does each layer use its own network? That is the first trap."
)
two, four = (sum(int(np.prod(v.shape)) for v in build_realnvp(n, 8)[1]) for n in (2, 4))
why = f"twice the {two} of build_realnvp(2, 8)"
expect(four, 2 * two, "the number of parameters that build_realnvp(4, 8) lists", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_realnvp_variables(build_realnvp)
### END HIDDEN TESTS

# %% [markdown]
# ### 4.3 Training
#
# `train`, from `trainer.py` beside this notebook, minimises the loss of any flow: by Adam, with a learning rate that
# falls to zero along a cosine, and gradients that are shortened to a norm of 1, so that one bad batch does no harm. The
# loss is a function of a batch. Steps are compiled by XLA, TensorFlow's compiler for numerical code. That takes a few
# seconds, and makes each step a few times quicker. For a density, the loss is the negative log-likelihood of a batch.
#
# %%
def train_flow(flow, variables, data, held_out):
    """Trains a flow on points (n, 2) by maximum likelihood."""
    rng = np.random.default_rng(SEED)
    return train(
        lambda batch: -tf.reduce_mean(flow.log_prob(batch)),
        variables,
        lambda count: data[rng.integers(0, len(data), size=(count, BATCH_SIZE))],
        lambda: -tf.reduce_mean(flow.log_prob(held_out)),
        STEPS,
    )


# %% [markdown]
# Train your RealNVP on the banana, and compare with the limit. Each point of the training curve is the mean of 100
# steps.
#
# %%
tfk.utils.set_random_seed(SEED)
banana_flow, banana_variables = build_realnvp(4, HIDDEN)
curve = train_flow(banana_flow, banana_variables, banana_train, banana_held)
figures.training({"": curve}, H_BANANA, -np.mean(banana_log_prob(banana_held)), "RealNVP on the banana", top=0.25)
show_figure(
    "NLL in nats against the training step of your RealNVP on the banana: a solid line for training, a dashed one for "
    "held-out points. Horizontal lines are the entropy of the data, with a grey band up to 0.05 nats above it, and "
    "the true density on the held-out points."
)
nll, error = held_out_nll(np.asarray(banana_flow.log_prob(banana_held)))
print(f"held-out NLL {float(nll):.3f} ± {float(error):.3f}, entropy {H_BANANA:.3f} nats")

# %% [markdown]
# The held-out curve may dip a little below the entropy: it is a mean over 5000 points, with the error printed above.
# The dash-dotted line shows where the true density lies on *the same points*. Compare your curve with that line, and
# most of this noise drops out. The hidden tests do so, with 20,000 new samples.
#
# %% test="flows-realnvp" points=2 needs="training"
got = np.asarray(banana_flow.log_prob(banana_held))
expect(got.shape, [len(banana_held)], "the shape of log_prob of the held-out points")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: on 20,000 new samples, the NLL is at most 0.15 nats above that of the true density.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_banana(banana_flow, tier=1)
### END HIDDEN TESTS

# %% test="flows-realnvp" points=2 needs="training"
got = np.asarray(banana_flow.log_prob(banana_held))
expect(got.shape, [len(banana_held)], "the shape of log_prob of the held-out points")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: on 20,000 new samples, the NLL is at most 0.05 nats above that of the true density.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_banana(banana_flow, tier=2)
### END HIDDEN TESTS

# %% [markdown]
# What has it learnt? Above: the true density, that of the flow, and samples of the flow, in the plane of the
# parameters. The colours show $\ln p$ in the scaled coordinates. Below: the flow as a map. A grid in the latent space,
# on the left, becomes the bent grid on the right. There the vertical axis is $y_1 + y_2$, which opens the narrow band.
# A circle around the origin keeps the mass that it holds when it is bent.
#
# %%
side = np.linspace(-3.6, 3.6, 161), np.linspace(-5.0, 7.0, 161)
grid = np.stack(np.meshgrid(*side, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
maps = {"true density": banana_log_prob(grid), "RealNVP": np.asarray(banana_flow.log_prob(grid))}
maps = {name: values.reshape(161, 161) for name, values in maps.items()}
plane = [values.reshape(161, 161) for values in to_parameters(grid)]
figures.banana_learnt(plane, maps, to_parameters(banana_flow.sample(4000, seed=1)))
show_figure(
    "Three panels in the plane of Ω_m and σ₈: ln p of the true density, a bent, narrow band; ln p of your RealNVP; "
    "and 4,000 samples of your RealNVP. The last two should show the band of the first."
)

latent = [part.astype(np.float32) for part in (figures.grid_lines(-2, 2), figures.circles())]
bent = [np.asarray(banana_flow.bijector.forward(part.reshape(-1, 2))).reshape(part.shape) for part in latent]
figures.flow_as_a_map(latent, bent)
show_figure(
    "Left: a square grid and two circles in the latent space, z₁ against z₂. Right: what your flow makes of them in "
    "the data space, y₁ + y₂ against y₁. A circle keeps its mass, 68.3% or 95.4%, when it is bent."
)

# %% [markdown]
# ## 5 Is the latent space normal?
#
# ### 5.1 A test without knowing the truth
#
# With real data you do not know the entropy. But the inverse of a perfect flow turns data into points $z$ of a standard
# normal. This you can test on held-out data. One way: the squared radius $r^2 = \sum_j z_j^2$ follows a $\chi^2$
# distribution with $d$ degrees of freedom. The Kolmogorov-Smirnov distance measures the largest gap between its
# cumulative distribution $F$ and that of the sample. With the sorted values $r^2_{(1)} \le \ldots \le r^2_{(n)}$ and
# $F_i = F(r^2_{(i)})$,
#
# $$ D = \max_i \max\left( \frac{i}{n} - F_i, \; F_i - \frac{i - 1}{n} \right) $$
#
# (Press et al., *Numerical Recipes*, section 14.3). The sample's distribution is a staircase, so that the gap has to be
# looked at on both sides of each step. For a perfect flow, $D$ exceeds $1.36 / \sqrt{n}$ in 5% of all samples. The
# radius is one look only: a flow could turn the directions wrong and pass.
#
# ### 5.2 Task 8: `radius_distance` (2 points)
#
# - `z`: array of floats of shape `(n, d)`, near the origin or far away, up to $10^{10}$
# - returns a number: the distance $D$ between the squared radii and $\chi^2_d$
#
# For example, `z = [[1.1774, 0], [0, 1.6651]]` has $r^2$ = 1.386 and 2.773. With $d = 2$, $F = 1 - e^{-r^2/2}$ is 0.5
# and 0.75. The four differences are $0.5 - 0.5$ and $0.5 - 0$ for $i = 1$, and $1 - 0.75$ and $0.75 - 0.5$ for $i = 2$.
# The largest is $D = 0.5$.
#
# <details><summary>Hint 1</summary>
#
# `scipy.stats.chi2.cdf(values, degrees)` is $F$. The number of degrees of freedom is the number of columns of `z`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Sort the squared radii first. `np.arange(1, n + 1)` holds all $i$. Both kinds of differences are then arrays, and you
# look for the largest number in the two.
#
# </details>
#
# %% solution="flows-latent"
def radius_distance(z):
    """Kolmogorov-Smirnov distance between the squared radii of z, (n, d), and chi^2 with d degrees of freedom."""
    ### BEGIN SOLUTION: Return the distance D.
    n, d = np.shape(z)
    F = scipy.stats.chi2.cdf(np.sort(np.sum(np.square(z), axis=1)), d)
    i = np.arange(1, n + 1)
    return max(np.max(i / n - F), np.max(F - (i - 1) / n))
    ### END SOLUTION


# %% test="flows-latent" points=2
got = radius_distance(np.array([[1.177410, 0.0], [0.0, 1.665109]]))
expect(got, 0.5, "radius_distance of the example", "the four differences are 0, 0.5, 0.25 and 0.25")
why = "all of the sample is at F = 0"
expect(radius_distance(np.zeros((4, 3))), 1.0, "radius_distance of four points at the origin", why)
why = "in one dimension, F at the radius 1 is 0.6827"
expect(radius_distance(np.array([[-1.0]])), 0.682689, "radius_distance([[-1]])", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_radius(radius_distance)
### END HIDDEN TESTS

# %% [markdown]
# Held-out points of the banana in the latent space of your flow, and the cumulative distribution of their squared
# radius. For comparison, the dashed line is the Gaussian fit: points that were only whitened, to mean 0 and covariance
# $I$.
#
# %%
z = np.asarray(banana_flow.bijector.inverse(banana_held))
white = np.linalg.solve(np.linalg.cholesky(np.cov(banana_train.T)), (banana_held - banana_train.mean(axis=0)).T).T
spaces = {"whitened": white, "RealNVP": z}
figures.latent_spaces(spaces, {name: np.sort(np.sum(points**2, axis=1)) for name, points in spaces.items()})
show_figure(
    "Three panels. Left and middle: held-out points, z₁ against z₂, only whitened, where they form a U, and in the "
    "latent space of your RealNVP; circles hold 68.3% and 95.4% of a normal density. Right: cumulative fraction of "
    "both against the squared radius, and that of chi squared with 2 degrees of freedom."
)
for points, name in ((z, "RealNVP"), (white, "whitened")):
    distance = float(radius_distance(points))
    print(f"{name:8s} D = {distance:.3f}, p-value {scipy.stats.kstwo.sf(distance, len(points)):.2g}")
print(f"D exceeds {1.36 / np.sqrt(len(z)):.3f} in 5% of the samples of a perfect flow")

# %% [markdown]
# The p-value is the probability that a perfect flow has a larger $D$. With enough points, this test finds the smallest
# fault in any flow. So look at $D$ as well. The next test asks for a $D$ of at most 0.05 on 20,000 new samples.
#
# %% test="flows-realnvp" points=1 needs="training"
z = np.asarray(banana_flow.bijector.inverse(banana_held))
expect(z.shape, [len(banana_held), 2], "the shape of the latent of held-out points")
assert np.isfinite(z).all(), "Some latent points are nan or infinite: did the training diverge?"
# Hidden: the distance D of 20,000 new samples is at most 0.05.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_banana_latent(banana_flow)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Autoregressive flows and splines
#
# ### 6.1 Masked autoregressive flow
#
# Any density can be written as a product of conditional densities, $p(x) = \prod_i p(x_i \mid x_1 \ldots x_{i-1})$. The
# *masked autoregressive flow* takes each of them as a Gaussian (Papamakarios, Pavlakou & Murray 2017, arXiv:1705.07057,
# section 3.1):
#
# $$ x_i = z_i \exp(s_i) + t_i, \qquad s_i, t_i \text{ are functions of } x_1 \ldots x_{i-1} $$
#
# One network gives all $s_i$ and $t_i$ at once. Some of its weights are masked, that is zero, so that outputs $i$ do
# not depend on inputs $i, i + 1, \ldots$ (Germain et al. 2015, arXiv:1502.03509). To get a density, one call of the
# network is enough. To draw a sample, $x_i$ is needed before $x_{i+1}$ can be computed: $d$ calls, one after the other.
#
# In TensorFlow Probability:
#
# - `tfb.AutoregressiveNetwork(params=2, hidden_units=[...], activation=..., event_shape=2)` is such a network, with 2
#   numbers for each of 2 coordinates: shift and log-scale. It makes its weights when it is first called. After every
#   step, the optimisers of Keras set the masked weights to zero again;
# - `tfb.MaskedAutoregressiveFlow(network)` is the layer.
#
# ### 6.2 Task 9: `build_maf` (3 points)
#
# - `n_layers`: the number of layers, at least 1, each with a network of its own, made anew in every call. Between
#   layers the coordinates are exchanged. Again, a last exchange does no harm
# - `hidden`: the number of neurons in each of the two hidden layers of a network. Use an activation that is not linear,
#   and layers with biases, as in section 4
# - returns a pair, as before: the flow, a `tfd.TransformedDistribution` of the standard normal base and one
#   `tfb.Chain`, and the list of the trainable variables of all networks
#
# There are 2 points for the flow and 1 for its variables.
#
# <details><summary>Hint 1</summary>
#
# This is `build_realnvp` with other layers. No function has to be defined in the loop.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A network that was never called has no variables yet. Evaluate `flow.log_prob` once, for example at `tf.zeros((1,
# 2))`, before you collect them.
#
# </details>
#
# %% solution="flows-maf"
def build_maf(n_layers, hidden):
    """A masked autoregressive flow in two dimensions, and the list of its trainable variables."""
    ### BEGIN SOLUTION: Build the autoregressive layers, and return the flow and the variables.
    networks, bijectors = [], []
    for _ in range(n_layers):
        network = tfb.AutoregressiveNetwork(params=2, hidden_units=[hidden, hidden], activation="relu", event_shape=2)
        networks.append(network)
        bijectors += [tfb.MaskedAutoregressiveFlow(network), tfb.Permute([1, 0])]
    flow = tfd.TransformedDistribution(tfd.MultivariateNormalDiag(tf.zeros(2)), tfb.Chain(bijectors))
    flow.log_prob(tf.zeros((1, 2)))
    return flow, [variable for network in networks for variable in network.trainable_variables]
    ### END SOLUTION


# %% [markdown]
# The first test is for the flow, the second for its variables.
#
# %% test="flows-maf" points=2
built = build_maf(2, 8)
expect(built, {"the flow": ..., "the list of variables": ...}, "build_maf(2, 8)")
flow, variables = built
points = np.random.default_rng(6).normal(size=(7, 2)).astype("float32")
densities, draws = np.asarray(flow.log_prob(points)), np.asarray(flow.sample(5, seed=1))
expect(densities.shape, [7], "the shape of log_prob of 7 points")
assert np.isfinite(densities).all(), f"log_prob of 7 points is {densities.tolist()}: it must be finite."
expect(draws.shape, [5, 2], "the shape of sample(5)")
assert np.isfinite(draws).all(), "Samples of build_maf(2, 8) are nan or infinite."
set_at_random(variables, "build_maf(2, 8)")
z = np.asarray(flow.bijector.inverse(points))
expect(z.shape, [7, 2], "the shape of flow.bijector.inverse of 7 points")
for other in range(2):
    moved = points + np.eye(2, dtype="float32")[other]
    same = np.isclose(z, np.asarray(flow.bijector.inverse(moved)), atol=1e-5).all(axis=0)
    assert not same.any(), (
        "With random weights, a coordinate of flow.bijector.inverse does not depend on coordinate "
        f"{other + 1} of the points: are the coordinates exchanged between layers?"
    )
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_maf(build_maf)
### END HIDDEN TESTS

# %% test="flows-maf" points=1
built = build_maf(2, 8)
expect(built, {"the flow": ..., "the list of variables": ...}, "build_maf(2, 8)")
variables = set_at_random(built[1], "build_maf(2, 8)")
points = np.random.default_rng(6).normal(size=(200, 2)).astype("float32")
idle = without_gradient(variables, built[0], points)
assert not idle, (
    f"No gradient of log_prob reaches variable {idle[0]} of the {len(variables)} from build_maf(2, 8): "
    "does each layer use its own network?"
)
single, three = (sum(int(np.prod(v.shape)) for v in build_maf(n, 8)[1]) for n in (1, 3))
why = f"three times the {single} of build_maf(1, 8)"
expect(three, 3 * single, "the number of parameters that build_maf(3, 8) lists", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_maf_variables(build_maf)
### END HIDDEN TESTS

# %% [markdown]
# ### 6.3 A ring on the sky
#
# Two gravitational-wave detectors measure when a signal arrives. The difference of the two times puts the source on a
# ring on the sky (Fairhurst 2009, New J. Phys. 11, 123006). The detectors are not equally sensitive in all directions,
# so parts of the ring are more probable. Here is a model on a flat piece of sky, in units of 10 degrees: radius and
# angle are independent,
#
# $$ r \sim N(2, 0.15^2), \qquad p(\varphi) = \frac{1 + 0.8 \cos 2\varphi}{2\pi} $$
#
# In Cartesian coordinates the density is $p(r) \, p(\varphi) / r$: the change of variables again. Its entropy is an
# integral that the next cell does numerically. A ring has a hole, and the round Gaussian of the latent space has none:
# a hard case for a flow, since it can stretch the plane, but neither tear nor glue it.
#
# %%
def sample_ring(n, rng):
    """n points of the ring, (n, 2), in float32; the angle by rejection."""
    angle = rng.uniform(0, 2 * np.pi, size=4 * n)
    angle = angle[rng.uniform(size=4 * n) < (1 + 0.8 * np.cos(2 * angle)) / 1.8][:n]
    r = rng.normal(2.0, 0.15, size=n)
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1).astype(np.float32)


def ring_log_prob(x):
    """ln p(x) of the ring, in nats: (n, 2) -> (n,)."""
    x = np.asarray(x, dtype=float)
    r, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    return scipy.stats.norm.logpdf(r, 2.0, 0.15) - np.log(r) + np.log((1 + 0.8 * np.cos(2 * angle)) / (2 * np.pi))


rng = np.random.default_rng(200 + SEED)
ring_train, ring_held = sample_ring(50000, rng), sample_ring(5000, rng)
r, angle = np.linspace(1, 3, 2001), np.linspace(0, 2 * np.pi, 2001)
p_r, p_angle = scipy.stats.norm.pdf(r, 2.0, 0.15), (1 + 0.8 * np.cos(2 * angle)) / (2 * np.pi)
H_RING = -np.trapezoid(p_r * np.log(p_r / r), r) - np.trapezoid(p_angle * np.log(p_angle), angle)
print(f"entropy of the ring: {H_RING:.3f} nats")

# %% [markdown]
# ### 6.4 Splines
#
# For a given first coordinate, an affine layer is a straight line: one slope everywhere. A *rational-quadratic spline*
# (Durkan et al. 2019, arXiv:1906.04032, section 3.1) is a rising curve made of $K$ pieces between $-B$ and $B$. Each
# piece is a bin with a width and a height. At each of the $K - 1$ inner knots the curve has a slope that may be chosen.
# Outside of $[-B, B]$ it is the identity, so that the slope at both ends is 1. Inverse and slope have closed forms.
#
# A network gives $3K - 1$ raw numbers of any sign. But widths and heights must be positive and add up to $2B$ each,
# and slopes must be positive. So
#
# $$ w_k = \epsilon + (2B - K \epsilon) \, \frac{e^{u_k}}{\sum_j e^{u_j}}, \qquad
# h_k = \epsilon + (2B - K \epsilon) \, \frac{e^{v_k}}{\sum_j e^{v_j}}, \qquad
# \delta_k = \epsilon + \ln\left( 1 + e^{a_k} \right) $$
#
# $u$ are the first $K$ raw numbers, $v$ the next $K$, and $a$ the last $K - 1$. The fractions are the *softmax*; the
# last formula has the *softplus*. The smallest width, height and slope is $\epsilon = 0.01$: bins without any width
# would make trouble.
#
# ### 6.5 Task 10: `spline_parameters` (5 points)
#
# - `raw`: a TensorFlow tensor, float32 or float64, of numbers between -80 and 80, of shape `(..., 3 * n_bins - 1)`.
#   There may be any number of axes before the last
# - `n_bins`: the number $K$ of bins, at least 2
# - `bound`: the number $B$, with $2B > K \epsilon$
# - returns three tensors: widths `(..., n_bins)`, heights `(..., n_bins)` and slopes `(..., n_bins - 1)`
#
# Use TensorFlow: gradients have to pass through. For example, five raw zeros with `n_bins=2` and `bound=1.0` give the
# widths `[1, 1]`, the heights `[1, 1]` and the slope `[0.703]`, since $0.01 + \ln 2 = 0.703$.
#
# You get 3 points for the function. 2 points are for the spline flow that is built with it. Its NLL on 20,000 new
# samples of the ring must be at most 0.05 nats above that of the true density there, and at most 5 standard errors of
# the difference below it.
#
# <details><summary>Hint 1</summary>
#
# `raw[..., :n_bins]` takes the first numbers of the last axis, whatever stands before it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.nn.softmax` works along the last axis, unless you say otherwise. There is `tf.nn.softplus`, too.
#
# </details>
#
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    """Raw numbers (..., 3 K - 1) -> widths (..., K), heights (..., K) and slopes (..., K - 1) on [-B, B]."""
    ### BEGIN SOLUTION: Return widths and heights that add up to 2 B, and positive slopes.
    smallest = 0.01
    widths = smallest + (2 * bound - n_bins * smallest) * tf.nn.softmax(raw[..., :n_bins])
    heights = smallest + (2 * bound - n_bins * smallest) * tf.nn.softmax(raw[..., n_bins : 2 * n_bins])
    slopes = smallest + tf.nn.softplus(raw[..., 2 * n_bins :])
    return widths, heights, slopes
    ### END SOLUTION


# %% test="flows-spline" points=3
expected = {"the array of widths": [1.0, 1.0], "the array of heights": [1.0, 1.0], "the list of slopes": [0.703147]}
why = "widths and heights add up to 2 each, and a slope is 0.01 and a softplus"
expect(spline_parameters(tf.zeros(5), 2, 1.0), expected, "spline_parameters of five zeros, 2, 1", why)
raw = tf.constant([np.log(3.0), 0.0, 0.0, np.log(3.0), 2.0], tf.float32)
widths, heights = [1.495, 0.505], [0.505, 1.495]
expected = {"the array of widths": widths, "the array of heights": heights, "the list of slopes": [2.136928]}
expect(spline_parameters(raw, 2, 1.0), expected, "spline_parameters([ln 3, 0, 0, ln 3, 2], 2, 1)")
raw = tf.constant(np.random.default_rng(7).normal(size=(3, 1, 11)).astype("float32"))
got = spline_parameters(raw, 4, 2.0)
expect(got, {"the widths": ..., "the heights": ..., "the slopes": ...}, "spline_parameters")
expect(np.shape(got[0]), [3, 1, 4], "the shape of widths, from raw numbers of shape (3, 1, 11)")
sums = np.sum(np.asarray(got[0]), axis=-1)
expect(sums, [[4.0]] * 3, "the array of sums of four widths", "they go from -2 to 2", rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_spline(spline_parameters)
### END HIDDEN TESTS

# %% [markdown]
# Three splines with random raw numbers, from your function, and their slopes. The points are the knots. Beyond
# $\pm 3$ each is the identity.
#
# %%
x, curves = np.linspace(-4, 4, 400).astype(np.float32), []
for number in range(3):
    raw = tf.constant(np.random.default_rng(20 + number).normal(size=17).astype("float32"))
    widths, heights, slopes = spline_parameters(raw, 6, 3.0)
    spline = tfb.RationalQuadraticSpline(*(tf.cast(part, x.dtype) for part in (widths, heights, slopes)), -3.0)
    knots = [np.cumsum([-3.0, *np.asarray(part)]) for part in (widths, heights)]
    curves.append((spline.forward(x), np.exp(spline.forward_log_det_jacobian(x)), knots))
figures.splines(x, curves)
show_figure(
    "Two panels against x, from -4 to 4, for three splines with random raw numbers. Left: y, with the knots as "
    "points. Right: the slope dy/dx, on a logarithmic scale. Beyond -3 and 3 each should be the identity, with the "
    "slope 1."
)

# %% [markdown]
# Now the comparison, at about the same number of parameters: 3 affine autoregressive layers against 2 coupling layers
# with splines of 8 bins. The next cells build and train both. `bijector_fn` takes the place of
# `shift_and_log_scale_fn`: it returns any bijector that depends on the first coordinate, here a spline from your
# function.
#
# %%
BOUND, N_BINS = 3.5, 8


def spline_network():
    """A network that gives the raw numbers of a spline: (n, 1) -> (n, 3 * N_BINS - 1)."""
    hidden_layers = [tfkl.Dense(HIDDEN, "relu"), tfkl.Dense(HIDDEN, "relu")]
    return tfk.Sequential([tfk.Input(shape=(1,)), *hidden_layers, tfkl.Dense(3 * N_BINS - 1)])


def spline_coupling(net):
    """A coupling layer with splines."""

    def spline(first, _, **options):
        parts = spline_parameters(net(first)[:, None, :], N_BINS, BOUND)
        return tfb.RationalQuadraticSpline(*(tf.cast(part, tf.float32) for part in parts), range_min=-BOUND)

    return tfb.RealNVP(num_masked=1, bijector_fn=spline)


tfk.utils.set_random_seed(SEED)
one, two = spline_network(), spline_network()
spline_flow = tfd.TransformedDistribution(
    tfd.MultivariateNormalDiag([0.0, 0.0]), tfb.Chain([spline_coupling(one), tfb.Permute([1, 0]), spline_coupling(two)])
)
spline_variables = [*one.trainable_variables, *two.trainable_variables]
print(f"spline flow: {sum(int(np.prod(v.shape)) for v in spline_variables)} parameters")
spline_curve = train_flow(spline_flow, spline_variables, ring_train, ring_held)

# %%
tfk.utils.set_random_seed(SEED)
maf_flow, maf_variables = build_maf(3, HIDDEN)
print(f"affine flow: {sum(int(np.prod(v.shape)) for v in maf_variables)} parameters, masked ones counted")
affine_curve = train_flow(maf_flow, maf_variables, ring_train, ring_held)

# %%
curves = {"spline, ": spline_curve, "affine, ": affine_curve}
figures.training(curves, H_RING, -np.mean(ring_log_prob(ring_held)), "The ring: splines against affine layers")
show_figure(
    "NLL in nats against the training step on the ring, of splines and of affine layers, each for training and for "
    "held-out points. Horizontal lines are the entropy of the data, with a grey band up to 0.05 nats above it, and "
    "the true density on the held-out points."
)
side = np.linspace(-3, 3, 160)  # an even number, so that r = 0 is no point of the grid
grid = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2).astype(np.float32)
maps = {"true density": ring_log_prob(grid), "affine": maf_flow.log_prob(grid), "spline": spline_flow.log_prob(grid)}
figures.maps_of_the_ring(side, {name: np.exp(np.asarray(values)).reshape(160, 160) for name, values in maps.items()})
show_figure(
    "Three maps of the density in the plane of x₁ and x₂, in units of 10 degrees: the true density, a ring that is "
    "densest at its left and at its right; the affine flow; and the spline flow. Which of the two comes closer to "
    "the ring?"
)
for name, flow in (("affine", maf_flow), ("spline", spline_flow)):
    nll, error = held_out_nll(np.asarray(flow.log_prob(ring_held)))
    print(f"{name}: held-out NLL {float(nll):.3f} ± {float(error):.3f}, entropy {H_RING:.3f} nats")

# %% [markdown]
# Why do splines do better? Take one value of $x_1$ in the middle. The ring has two branches there, and nothing between
# them. On the way from $z$ to $x$, an affine layer stretches all $x_2$ at this $x_1$ by the same factor. So it cannot
# open a gap between them. Several layers together can only bend the plane until few points are left in the hole. A
# spline has many slopes. It can be steep in the middle, which pulls the branches apart, and flatter on both sides.
#
# That one flow is autoregressive and the other has coupling layers matters little. In the plane, an autoregressive
# layer *is* an affine coupling layer, with a constant shift and scale of the first coordinate on top.
#
# %% [markdown]
# The affine curve jumps, at times out of the plot: nothing bounds the log-scale in `build_maf`, unless you did. One
# step can make some $e^s$ far too large. With $3 \tanh(r / 3)$, as in section 4, the jumps are smaller, and the loss at
# the end is about the same. There may be a spike in its density, too: there, shift and scale have a sharp peak as
# functions of the other coordinate.
#
# %% test="flows-spline" points=2 needs="training"
got = np.asarray(spline_flow.log_prob(ring_held))
expect(got.shape, [len(ring_held)], "the shape of log_prob of the held-out points")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: on 20,000 new samples of the ring, the NLL is at most 0.05 nats above that of the true density.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_ring(spline_flow)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 From simulations to a posterior
#
# ### 7.1 A simulator with a known answer
#
# Often you can simulate data $x$ for any parameters $\theta$, and cannot write down the likelihood. *Simulation-based
# inference* learns the posterior $p(\theta \mid x)$ from pairs of $\theta$ and $x$ (Cranmer, Brehmer & Louppe 2020,
# PNAS 117, 30055). To know whether it works, begin with a case whose answer is known: parameters with a Gaussian prior,
# and data that depend on them linearly, with Gaussian noise:
#
# $$ \theta \sim N(0, \Sigma_0), \qquad x = A \theta + n, \qquad n \sim N(0, \Sigma_n) $$
#
# Think of $x$ as five band powers of a shear power spectrum, measured from a fiducial cosmology, and of $\theta$ as the
# shifts of $\Omega_m$ and $\sigma_8$ in units of their prior widths. $A$ holds the derivatives: for small shifts, any
# smooth simulator is nearly linear. The numbers below are invented. The posterior is Gaussian too: its logarithm is the
# sum of those of likelihood and prior, up to a constant, and both are quadratic in $\theta$.
#
# **By hand first.** One parameter, one datum $x = 2$, $A = 1$, noise of variance 1, and a prior of variance 4. Then
# $\ln p(\theta \mid x) = -\frac{1}{2} (2 - \theta)^2 - \frac{1}{2} \theta^2 / 4$ plus a constant. Which Gaussian is
# that? Remember that $N(\mu, \sigma^2)$ has $-\frac{1}{2} \theta^2 / \sigma^2 + \mu\, \theta / \sigma^2$ plus a
# constant.
#
# <details><summary>Check</summary>
#
# $-\frac{1}{2} (1 + \frac{1}{4}) \theta^2 + 2 \theta$. The inverse variances add up to $1.25$, so the variance is 0.8.
# $\mu / \sigma^2 = 2$, so the mean is 1.6.
#
# </details>
#
# ### 7.2 Task 11: `linear_gaussian_posterior` (3 points)
#
# - `x`: array of shape `(n, m)`: n data sets of m numbers each
# - `A`: array of shape `(m, d)`
# - `prior_cov`, `noise_cov`: $\Sigma_0$ of shape `(d, d)` and $\Sigma_n$ of shape `(m, m)`. Both are symmetric and
#   positive definite
# - returns two arrays: the posterior means, of shape `(n, d)`, and the covariance that all of them share, of shape
#   `(d, d)`
#
# For example, with one parameter, one datum $x = 2$, and 1 for $A$ and for both variances, the mean is 1 and the
# variance 0.5: halfway between the prior and the datum.
#
# <details><summary>Hint 1</summary>
#
# In several dimensions, the likelihood has $-\frac{1}{2} (x - A \theta)^T \Sigma_n^{-1} (x - A \theta)$, and
# $N(\mu_p, \Sigma_p)$ has $-\frac{1}{2} \theta^T \Sigma_p^{-1} \theta + \theta^T \Sigma_p^{-1} \mu_p$. Compare first
# what is quadratic in $\theta$, then what is linear.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Two matrices add up to $\Sigma_p^{-1}$: $\Sigma_0^{-1}$ of the prior, and $A^T \Sigma_n^{-1} A$. And
# $\Sigma_p^{-1} \mu_p$ is $A^T \Sigma_n^{-1} x$. `np.linalg.inv` is good enough for small matrices.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# This is for a column $x$. With data in rows it is transposed: $x$ comes first, then the transposed matrices in
# reversed order. Symmetric ones stay what they are.
#
# </details>
#
# %% solution="flows-posterior"
def linear_gaussian_posterior(x, A, prior_cov, noise_cov):
    """Means (n, d) and covariance (d, d) of the posterior for theta ~ N(0, prior_cov), x = A theta + noise."""
    ### BEGIN SOLUTION: Return the posterior means and the posterior covariance.
    weights = np.linalg.inv(noise_cov) @ A
    cov = np.linalg.inv(np.linalg.inv(prior_cov) + A.T @ weights)
    return x @ weights @ cov, cov
    ### END SOLUTION


# %% test="flows-posterior" points=3
one, parts = np.ones((1, 1)), ("the mean", "the covariance")
got = linear_gaussian_posterior(2 * one, one, one, one)
expect(got, dict(zip(parts, ([[1.0]], [[0.5]]), strict=True)), "the posterior of the example", "it is halfway")
got, why = linear_gaussian_posterior(2 * one, one, 4 * one, one), "the inverse variances 1/4 and 1 add up"
expect(got, dict(zip(parts, ([[1.6]], [[0.8]]), strict=True)), "the posterior for the prior variance 4", why)
got = linear_gaussian_posterior(np.ones((1, 2)), np.ones((2, 1)), one, np.array([[2.0, 1.0], [1.0, 2.0]]))
why = "the inverse of the whole noise matrix counts"
expect(got, dict(zip(parts, ([[0.4]], [[0.6]]), strict=True)), "the posterior for the noise [[2, 1], [1, 2]]", why)
got = linear_gaussian_posterior(np.ones((3, 2)), np.eye(2), np.eye(2), np.diag([1.0, 3.0]))
expected = dict(zip(parts, ([[0.5, 0.25]] * 3, [[0.5, 0.0], [0.0, 0.75]]), strict=True))
expect(got, expected, "the posterior of x = (1, 1), thrice, for noise variances 1, 3", "the noisier one moves less")
A_three = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
got = linear_gaussian_posterior(np.array([[1.0, 2.0, 3.0]]), A_three, np.eye(2), 4 * np.eye(3))
expected = dict(zip(parts, ([[19 / 53, 45 / 53]], [[36 / 53, -4 / 53], [-4 / 53, 24 / 53]]), strict=True))
expect(got, expected, "the posterior of x = (1, 2, 3), A with the rows (1, 0), (1, 1), (0, 2), noise 4")
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_posterior(linear_gaussian_posterior)
### END HIDDEN TESTS

# %% [markdown]
# You have written
#
# $$ \Sigma_p = \left( \Sigma_0^{-1} + A^T \Sigma_n^{-1} A \right)^{-1}, \qquad \mu_p = \Sigma_p A^T \Sigma_n^{-1} x $$
#
# (Bishop, *Pattern Recognition and Machine Learning*, 2006, section 2.3.3). $A^T \Sigma_n^{-1} A$ is the Fisher matrix
# of the data (Tegmark, Taylor & Heavens 1997, ApJ 480, 22).
#
# The simulator. The network will see $x$ divided by its standard deviations, which is good for training and changes
# nothing in the posterior: it only renames the data. The picture shows the prior, and the exact posterior for three
# data sets, with the true parameters as crosses. All have the same shape: for a linear simulator the covariance does
# not depend on $x$.
#
# %%
A = np.array([[0.8, 1.0], [0.8, 1.2], [0.7, 1.3], [0.6, 1.3], [0.5, 1.2]])
PRIOR_COV = np.eye(2)
NOISE_COV = 0.5**2 * 0.4 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
X_SCALE = np.sqrt(np.diag(A @ PRIOR_COV @ A.T + NOISE_COV))


def simulate(n, rng):
    """n pairs from prior and simulator: theta (n, 2) and scaled data (n, 5), in float32."""
    theta = rng.normal(size=(n, 2)) @ np.linalg.cholesky(PRIOR_COV).T
    x = theta @ A.T + rng.normal(size=(n, 5)) @ np.linalg.cholesky(NOISE_COV).T
    return theta.astype(np.float32), (x / X_SCALE).astype(np.float32)


theta_held, x_held = simulate(5000, np.random.default_rng(300 + SEED))
means, cov_p = (np.asarray(part) for part in linear_gaussian_posterior(x_held * X_SCALE, A, PRIOR_COV, NOISE_COV))
BEST = np.asarray(gaussian_entropy(cov_p), dtype=float).item()
PRIOR_LOSS = np.asarray(gaussian_entropy(PRIOR_COV), dtype=float).item()
figures.exact_posteriors(PRIOR_COV, means[:3], cov_p, theta_held[:3])
show_figure(
    "Plane of the shifts of Ω_m and σ₈, in units of the prior's σ. A dotted circle holds 68.3% of the prior. Three "
    "ellipses hold 68.3% of your exact posteriors for three data sets; crosses are the true parameters. The ellipses "
    "should have the same shape."
)
print("posterior standard deviations:", np.round(np.sqrt(np.diag(cov_p)), 3), "prior σ")
print(f"entropy of the prior {PRIOR_LOSS:.3f} nats, of the posterior {BEST:.3f} nats")

# %% [markdown]
# ### 7.3 A conditional flow
#
# Let the parameters of a flow depend on $x$: then it is a density $q(\theta \mid x)$ for each $x$. Trained by maximum
# likelihood on simulated pairs, it minimises
#
# $$ E_{p(\theta, x)} \left[ -\ln q(\theta \mid x) \right]
# = E_{p(x)} \left[ H\big( p(\theta \mid x) \big) + \mathrm{KL}\big( p(\theta \mid x) \,\|\, q(\theta \mid x) \big)
# \right] $$
#
# so that its minimum is the posterior. This is *neural posterior estimation* (NPE; Papamakarios & Murray 2016,
# arXiv:1605.06376; Greenberg, Nonnenmacher & Macke 2019, arXiv:1905.07488). In our case the smallest loss is known:
# $\frac{1}{2} \ln |2 \pi e \, \Sigma_p|$. The prior as the answer has the loss $\frac{1}{2} \ln |2 \pi e \, \Sigma_0|$.
# The difference is what the data tell about the parameters, in nats: their mutual information.
#
# `tfb.AutoregressiveNetwork` has two more arguments for it: `conditional=True` and `conditional_event_shape=n_data`.
# Call such a network as `network(theta, conditional_input=x)`; it repeats `x` where `theta` has more axes. And
# `tfb.MaskedAutoregressiveFlow` takes any function of `theta` that returns what the network returns.
#
# ### 7.4 Task 12: `build_posterior` (8 points)
#
# - `n_layers`, `hidden`: the number of layers, at least 1, and of neurons in each of two hidden layers
# - `n_data`: how many numbers a data set has. There are two parameters
# - returns a pair: a function `posterior`, and the list of the trainable variables of all networks
#
# `posterior(x)` takes data of shape `(n, n_data)`, in float32, and returns a `tfd.TransformedDistribution` with one
# `tfb.Chain`, one density for each row of `x`. So its base must be a batch of n densities:
# `tfd.MultivariateNormalDiag(tf.zeros((n, 2)))` with `n = x.shape[0]`. Then `posterior(x).log_prob(theta)` has shape
# `(n,)` for `theta` of shape `(n, 2)`, and shape `(k, n)` for `(k, n, 2)`; and `posterior(x).sample(k)` has shape `(k,
# n, 2)`.
#
# Make the networks once, in `build_posterior`, one for each layer. `posterior(x)` is called many times and must use the
# same ones. Between layers the two parameters are exchanged, as in `build_maf`. In each layer, shift and log-scale of
# the second parameter both depend on $x$, and on the first parameter as well, so that the density need not be a
# Gaussian. Here `tanh` is a good activation: what is to be learnt is smooth.
#
# You get 2 points for the function. 6 points are for the trained posterior, on new simulations:
#
# - 2 for its means and covariances, from 2000 samples for each of 40 data sets. The samples are first whitened by the
#   exact posterior, so that the exact covariance is the identity. Then the root-mean-square (rms) errors of the means
#   and of the elements of the covariances must both be at most 0.2
# - 2 for its coverage and 2 for its loss. Their limits are at the end of this section
#
# <details><summary>Hint 1</summary>
#
# Begin with `build_maf`. The networks come first, in a list. Then define `posterior(x)` inside of `build_posterior`: it
# makes the bijectors and the distribution for this `x`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tfb.MaskedAutoregressiveFlow(network)` will not do: it calls the network with `theta` alone, and `x` gets lost. So a
# layer needs a function of `theta` that remembers `x`, and can only be made where `x` is known, in `posterior(x)`.
# It must remember its own network as well. Define a small function that takes a network and `x` and returns a layer. In
# a loop, a `lambda` would use the last network in all layers.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Call `log_prob` once, with one row of zeros for `x` and one for `theta`, before you collect the variables.
#
# </details>
#
# %% solution="flows-conditional"
def build_posterior(n_layers, hidden, n_data):
    """A conditional flow: a function x (n, n_data) -> distribution of theta, and the list of its variables."""
    ### BEGIN SOLUTION: Return a function that gives a distribution for each row of x, and the variables.
    options = {"params": 2, "hidden_units": [hidden, hidden], "activation": "tanh", "event_shape": 2}
    networks = [
        tfb.AutoregressiveNetwork(conditional=True, conditional_event_shape=n_data, **options) for _ in range(n_layers)
    ]

    def layer(network, x):
        def shift_and_log_scale(theta):
            shift, raw = tf.unstack(network(theta, conditional_input=x), axis=-1)
            return shift, 2.0 * tf.tanh(raw / 2.0)

        return tfb.MaskedAutoregressiveFlow(shift_and_log_scale)

    def posterior(x):
        bijectors = []
        for network in networks:
            bijectors += [layer(network, x), tfb.Permute([1, 0])]
        base = tfd.MultivariateNormalDiag(tf.zeros((x.shape[0], 2)))
        return tfd.TransformedDistribution(base, tfb.Chain(bijectors))

    posterior(tf.zeros((1, n_data))).log_prob(tf.zeros((1, 2)))
    return posterior, [variable for network in networks for variable in network.trainable_variables]
    ### END SOLUTION


# %% test="flows-conditional" points=2
built = build_posterior(2, 8, 3)
expect(built, {"the posterior": ..., "the list of variables": ...}, "build_posterior(2, 8, 3)")
conditional = built[0]
x = np.random.default_rng(8).normal(size=(6, 3)).astype("float32")
theta = np.random.default_rng(9).normal(size=(4, 6, 2)).astype("float32")
given_x = conditional(x)
got = np.asarray(given_x.log_prob(theta[0]))
expect(got.shape, [6], "the shape of log_prob of theta (6, 2) for x (6, 3)")
assert np.isfinite(got).all(), f"log_prob of theta is {got.tolist()}, expected finite numbers."
got = given_x.log_prob(theta)
expect(np.shape(got), [4, 6], "the shape of log_prob of theta (4, 6, 2) for x (6, 3)")
try:
    got = np.asarray(given_x.sample(4, seed=1))
except Exception as error:
    raise AssertionError(
        f"sample(4) for x (6, 3) stopped with {type(error).__name__}: is the base a batch of n densities, "
        "one for each row of x?"
    ) from None
expect(got.shape, [4, 6, 2], "the shape of sample(4) for x (6, 3)")
assert np.isfinite(got).all(), "Samples of build_posterior(2, 8, 3) are nan or infinite."
variables, theta = set_at_random(built[1], "build_posterior(2, 8, 3)"), theta[0]
got, again, other = (np.asarray(conditional(data).log_prob(theta)) for data in (x, x, x[::-1].copy()))
why = "make the networks once, outside of posterior"
expect(again, got, "log_prob from a second call of posterior(x) with the same x", why, atol=1e-4)
assert not np.allclose(got, other, atol=1e-5), (
    "posterior(x) gives the same densities for another x: is x used?"
)
places = theta, theta + np.float32([0, 1])
before, after = (np.asarray(conditional(x).bijector.inverse(place)) for place in places)
assert not np.isclose(before, after, atol=1e-5).all(axis=0).any(), (
    "With random weights, a coordinate of posterior(x).bijector.inverse(theta) does not depend on the second number of "
    "theta: are the parameters exchanged between layers?"
)
idle = without_gradient(variables, conditional, theta, x)
assert not idle, (
    f"No gradient of log_prob reaches variable {idle[0]} of the {len(variables)} from build_posterior(2, 8, 3): "
    "does each layer use its own network?"
)
single, three = (sum(int(np.prod(v.shape)) for v in build_posterior(n, 8, 3)[1]) for n in (1, 3))
why = f"three times the {single} of build_posterior(1, 8, 3)"
expect(three, 3 * single, "the number of parameters that build_posterior(3, 8, 3) lists", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_conditional(build_posterior)
### END HIDDEN TESTS

# %% [markdown]
# Train it on simulations that are made anew for every step, so that it never sees the same one twice. The limit is the
# entropy of the posterior.
#
# %%
rng = np.random.default_rng(400 + SEED)


def simulated_batches(count):
    """Pairs from the simulator, side by side: (count, BATCH_SIZE, 2 + 5)."""
    return np.concatenate(simulate(count * BATCH_SIZE, rng), axis=1).reshape(count, BATCH_SIZE, 7)


tfk.utils.set_random_seed(SEED)
posterior, posterior_variables = build_posterior(2, HIDDEN, 5)
curve = train(
    lambda batch: -tf.reduce_mean(posterior(batch[:, 2:]).log_prob(batch[:, :2])),
    posterior_variables,
    simulated_batches,
    lambda: -tf.reduce_mean(posterior(x_held).log_prob(theta_held)),
    STEPS,
)
exact = scipy.stats.multivariate_normal(np.zeros(2), cov_p).logpdf(theta_held - means)
figures.posterior_training(curve, BEST, -np.mean(exact), PRIOR_LOSS)
show_figure(
    "Loss in nats against the training step of your conditional flow: in full on the left, near the limit on the "
    "right. Lines for training and for held-out pairs, for the entropy of the posterior with a grey band up to 0.05 "
    "nats above it, for the exact posterior on the held-out pairs, and on the left for the prior as the answer."
)

# %% [markdown]
# Samples of your posterior for three new data sets, and the exact 68.3% and 95.4% contours.
#
# %%
samples = np.asarray(posterior(x_held[:3]).sample(2000, seed=2))
figures.posterior_samples(samples, means[:3], cov_p, theta_held[:3])
show_figure(
    "Three panels, one for each data set, in the plane of the shifts of Ω_m and σ₈, in units of the prior's σ: 2,000 "
    "samples of your flow, the exact contours that hold 68.3% and 95.4%, and a cross for the truth. The samples "
    "should fill the contours."
)

# %% test="flows-conditional" points=2 needs="training"
got = np.asarray(posterior(x_held).log_prob(theta_held))
expect(got.shape, [len(x_held)], "the shape of log_prob of the held-out pairs")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: for 40 new data sets, the rms errors of means and covariances, whitened by the exact posterior, are at
# most 0.2.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_posterior_moments(posterior)
### END HIDDEN TESTS

# %% [markdown]
# ### 7.5 Is it calibrated?
#
# In real life there is no exact posterior to compare with. But you have simulations. If the posteriors are right, then
# the region that holds 68% of a posterior holds the true parameters in 68% of the simulations, and so for every level.
# That is *coverage*. Take the smallest region with a given mass, the region of highest density. The truth is in the
# region of level $\alpha$ if at most a fraction $\alpha$ of the posterior's samples have a higher density than the
# truth. So you need only samples and their densities.
#
# ### 7.6 Task 13: `coverage` (3 points)
#
# - `log_prob_true`: array of shape `(n,)`: for n simulations, $\ln q(\theta \mid x)$ at the true parameters, of any
#   magnitude and sign
# - `log_prob_samples`: array of shape `(k, n)`: the same for k samples of each of the n posteriors
# - `levels`: array of shape `(m,)`: levels $\alpha$ from 0 to 1, in any order
# - returns an array of shape `(m,)`: for each level, the fraction of the n simulations in which the fraction of samples
#   with a density *strictly* above that of the truth is at most $\alpha$. Where a fraction equals a level in the
#   tests, both are quarters, which computers hold exactly
#
# For example, let two simulations have the log-densities `[-1, -3]` at the truth. Of four samples of the first
# posterior, `[-0.5, -2, -3, -4]`, a quarter is above -1. Of those of the second, `[-1, -2, -2.5, -4]`, three quarters
# are above -3. So at level 0.5 one of the two truths is inside, and at 0.9 both are: `[0.5, 1]`.
#
# <details><summary>Hint 1</summary>
#
# First find the n fractions of samples above the truth, one for each simulation. Samples are along the first axis.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Then count, for each level, how many of these fractions are not larger than it. A loop over the levels is fine.
#
# </details>
#
# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    """Fraction of n truths inside the regions of highest density, for each level: (n,), (k, n), (m,) -> (m,)."""
    ### BEGIN SOLUTION: Return the fraction of truths inside, for each level.
    above = np.mean(log_prob_samples > log_prob_true, axis=0)
    return np.array([np.mean(above <= level) for level in levels])
    ### END SOLUTION


# %% test="flows-coverage" points=3
samples = np.array([[-0.5, -1.0], [-2.0, -2.0], [-3.0, -2.5], [-4.0, -4.0]])
got = coverage(np.array([-1.0, -3.0]), samples, np.array([0.5, 0.9]))
why = "a quarter and three quarters of the samples are above the truths"
expect(got, [0.5, 1.0], "coverage of the example", why)
got = coverage(np.array([-1.0]), samples[:, :1], np.array([0.5]))
expect(got, [1.0], "coverage of the first simulation alone", "a quarter of its samples is above the truth")
got = coverage(np.array([-1.0, -3.0]), samples, np.array([0.25, 0.1, 0.75]))
why = "the fractions above are 0.25 and 0.75, and at most means that equal counts as inside"
expect(got, [0.5, 0.0, 1.0], "coverage of the example at the levels 0.25, 0.1 and 0.75", why)
got = coverage(np.array([-1.0]), np.array([[-1.0], [-1.0]]), np.array([0.5]))
why = "none is strictly above it"
expect(got, [1.0], "coverage for two samples with the density of the truth", why)
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_coverage(coverage)
### END HIDDEN TESTS

# %% [markdown]
# The coverage of five answers: the exact posterior; your flow; the exact posterior with half of its variance, which is
# overconfident, and with twice its variance, which is too careful; and the prior. At each single level, the grey band
# holds about 95% of the results of a calibrated answer: the scatter of 1000 simulations.
#
# Below, the loss of each. All are judged on the same simulations. By chance, a loss may be below the entropy: look at
# that of the exact posterior. So compare each answer with the exact one. The difference has a smaller error.
#
# %%
levels = np.linspace(0.02, 0.98, 49)
theta_some, x_some = theta_held[:1000], x_held[:1000]


def gaussian_answer(mean, cov):
    """The log-densities at the truth, of 200 samples each, and the loss, of a Gaussian answer."""
    rng = np.random.default_rng(11)
    samples = np.asarray(mean) + rng.normal(size=(200, 1000, 2)) @ np.linalg.cholesky(cov).T
    density = scipy.stats.multivariate_normal(np.zeros(2), cov)
    return density.logpdf(theta_some - mean), density.logpdf(samples - mean)


given_some = posterior(x_some)
answers = {
    "exact posterior": gaussian_answer(means[:1000], cov_p),
    "your flow": (given_some.log_prob(theta_some), given_some.log_prob(given_some.sample(200, seed=3))),
    "variance halved": gaussian_answer(means[:1000], cov_p / 2),
    "variance doubled": gaussian_answer(means[:1000], 2 * cov_p),
    "prior": gaussian_answer(np.zeros((1000, 2)), PRIOR_COV),
}
fractions = {name: coverage(*(np.asarray(part) for part in parts), levels) for name, parts in answers.items()}
figures.fractions_inside(levels, fractions, len(theta_some))
show_figure(
    "Fraction of truths inside a region against its level α, from 0 to 1, by your coverage. A grey band along the "
    "diagonal is what a calibrated answer gives. Five lines: the exact posterior, your flow, the exact posterior with "
    "half and with twice its variance, and the prior."
)
print(f"entropy of the posterior: {BEST:.3f} nats")
for name, (true, _) in answers.items():
    nll, error = held_out_nll(np.asarray(true))
    line = f"{name:17s} loss {float(nll):.3f} ± {float(error):.3f} nats"
    if name != "exact posterior":
        more, error = held_out_nll(np.asarray(true) - answers["exact posterior"][0])
        line += f", minus that of the exact posterior: {float(more):+.3f} ± {float(error):.3f}"
    print(line)

# %% [markdown]
# Look at the prior. It has learnt nothing from the data, and its coverage is perfect: on average over simulations drawn
# from the prior, the prior *is* calibrated. So coverage alone does not show that a posterior is good. It has to be
# sharp as well. The loss knows about both.
#
# The two last tests draw new simulations. One asks for a coverage within 0.06 of the levels 0.1, 0.2 ... 0.9, over 2000
# of them. The other asks for a loss at most 0.05 nats above that of the exact posterior, on 20,000 of them, and at most
# 5 standard errors of the difference below it. For the means and for the loss, as in section 4, the loss must be at
# least 0.2 nats higher with all variables at 0.
#
# %% test="flows-conditional" points=2 needs="training"
got = np.asarray(posterior(x_held).log_prob(theta_held))
expect(got.shape, [len(x_held)], "the shape of log_prob of the held-out pairs")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: over 2000 new simulations, the coverage is within 0.06 of each level 0.1, 0.2 ... 0.9.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_posterior_coverage(posterior)
### END HIDDEN TESTS

# %% test="flows-conditional" points=2 needs="training"
got = np.asarray(posterior(x_held).log_prob(theta_held))
expect(got.shape, [len(x_held)], "the shape of log_prob of the held-out pairs")
assert np.isfinite(got).all(), "Some log-densities are nan or infinite: did the training diverge?"
# Hidden: on 20,000 new simulations, the loss is at most 0.05 nats above that of the exact posterior.
### BEGIN HIDDEN TESTS
from graders.checks import flows as checks

checks.check_posterior_loss(posterior)
### END HIDDEN TESTS

# %% [markdown] answer="flows-trust" points=3
# ## 8 Whom do you trust?
#
# ### 8.1 Question 1: three colleagues (3 points, by hand)
#
# Three colleagues show you their flows.
#
# 1. The first trained on samples of a density with an entropy of 1.40 nats, known exactly. The held-out NLL is 1.10 ±
#    0.01 nats. "Better than the theoretical limit." What do you say, and name two faults that would explain it. (1
#    point.)
# 2. The second shows a posterior from simulation-based inference. In 10,000 simulations its coverage agrees with all
#    levels within the errors. What may still be wrong with it, and what would you ask for? (1 point.)
# 3. The third has a posterior that passes all tests on simulations, and applies it to real data. What do the tests not
#    tell, and what could be checked? (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: no normalised density has an expected NLL below the entropy, since the KL divergence is not
# negative; 30 standard errors are no chance. Two faults that explain it: a wrong log-determinant (its sign, a forgotten
# term, forgotten permutation or scaling), so that the function is not normalised; held-out points that were used in
# training, or copies of them; data in other units or scaled, with the Jacobian of the scaling forgotten; an entropy for
# other data; bits for nats. The statement without two faults, or faults without the reason, gives no point.
#
# 1 point for the second: it may be too wide, in the extreme the prior, which is calibrated too; coverage does not
# measure sharpness. Also right: it is calibrated only on average over the prior, and may be overconfident for some data
# and too careful for others. Ask for the expected log posterior (the loss) on held-out simulations, or the information
# gain over the prior, or coverage as a function of x. One of these is enough, but a remedy must be named.
#
# 1 point for the third: simulations may differ from reality (model misspecification: noise, systematics, physics that
# the simulator lacks), and then the network extrapolates without saying so; all tests were on simulations of the same
# kind. Checks: compare the real data or its summary statistics with simulations (prior or posterior predictive test,
# distance or density of x under the simulations); simulations with another code or with systematics added; null tests,
# blind challenges. The reason and one check are needed.
# === END MARK SCHEME ===

# %% [markdown]
# ## 9 What you have learnt
#
# You followed a density through a map, wrote a layer whose Jacobian is easy, and put layers in a chain. You trained
# flows, and judged them by a limit that none can pass. You saw what splines do better than straight lines. And you
# inferred parameters from simulations, with a posterior that you tested three ways: against the exact one, by its
# coverage, and by its sharpness.
