# Simulation-based inference with the score. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Inference
#
# A simulator turns parameters of the universe into data. The question is the other way round: which parameters, given
# the data? In `flows` you answered it for a linear simulator with Gaussian noise. Here the simulator bends, and
# something that nobody measures takes part in it. You estimate the posterior in four ways, each against the exact one.
# Then you open the simulator: it can say how its own probability changes with the parameters. This *score* makes every
# simulation worth more.
#
# **What you will learn**
#
# - to infer parameters by keeping simulations that are near the data, and what that costs;
# - to turn a classifier, or a fitted likelihood, into a posterior;
# - when a Gaussian is the wrong likelihood of a power spectrum;
# - what the joint and the marginal score of a simulator are, and by how much they differ;
# - to build a smooth flow and a loss with the score, and to train with 50 and 200 simulations;
# - to compress data without a loss of information;
# - to test whether a posterior is calibrated, and whether it is sharp.
#
# **Time**: about 180 minutes. There are 14 tasks, worth 50 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import amplitudes
import figures
import regressors
import scipy.special
import scipy.stats
from theta_grid import AREA, GRID, PRIOR, log_at, mean_and_error, nearest_cell, on_grid, samples_of
from trainer import PairClassifier, minimise

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, CLASSIFIER_STEPS = {"proof": (3, 3), "laptop": (300, 600), "gpu": (600, 6000)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Simulations near the data
#
# ### 1.1 A simulator
#
# A lensing survey measures four band powers $x$. They depend on two parameters $\theta$: shifts of $\Omega_m$ and of
# $\sigma_8$, in units of the prior's standard deviation. So the prior is $N(0, I)$. Gas, which supernovae and black
# holes push around, changes the powers as well. One number $z \sim N(0, 1)$ says how much. Nobody measures it: it is
# *latent*. Last comes Gaussian noise $e$, independent in each band:
#
# $$ x = m(\theta) + B z + e $$
#
# The numbers are invented. Since $z$ comes in linearly, it can be integrated out: $p(x \mid \theta)$ is a Gaussian
# around $m(\theta)$ with the covariance $C$ of gas and noise together. That is what makes this toy exact.
#
# ![From parameters θ to mean powers m(θ); the gas B z, with z latent, and then the noise e join them, which gives the
# data x. Inference is the dashed way back from x to θ.](attachment:simulator.png)
#
# All arrays and numbers that your functions are given are floats in double precision, unless a task says otherwise.
#
# %%
TILT = np.array([-1.5, -0.5, 0.5, 1.5])
SIGMA = np.array([0.25, 0.2, 0.2, 0.25])  # of the noise
GAS = np.array([0.35, 0.25, 0.15, 0.05])  # B
C = np.diag(SIGMA**2) + np.outer(GAS, GAS)


def mean_powers(theta, tanh=np.tanh):
    """m(theta): (..., 2) -> (..., 4). With tf.tanh, of tensors."""
    one, two = theta[..., :1], theta[..., 1:]
    return 0.9 * (one + two) - 0.2 * (one**2 - 1) + 0.12 * TILT * one + 0.1 * TILT * tanh(two)


def jacobian(theta):
    """The derivatives of m: (n, 2) -> (n, 4, 2)."""
    one, two = theta[:, :1], theta[:, 1:]
    by_one, by_two = 0.9 - 0.4 * one + 0.12 * TILT, 0.9 + 0.1 * TILT / np.cosh(two) ** 2
    return np.stack([by_one, by_two], axis=-1)


def simulate(n, rng):
    """n simulations: parameters (n, 2), latent numbers (n, 1) and data (n, 4)."""
    theta, z = rng.normal(size=(n, 2)), rng.normal(size=(n, 1))
    return theta, z, mean_powers(theta) + GAS * z + SIGMA * rng.normal(size=(n, 4))


SCALES = np.std(simulate(100000, np.random.default_rng(1))[2], axis=0)  # of the data
theta_held, _, x_held = simulate(500, np.random.default_rng(1000 + SEED))  # for you; the tests draw their own
exact = on_grid(mean_powers(GRID), C, x_held)
log_exact = log_at(exact, theta_held)
print(f"mean of -ln p(θ | x) at the truth: {-log_exact.mean():.2f} nats; of the prior: "
      f"{np.mean(0.5 * np.sum(theta_held**2, axis=1) + np.log(2 * np.pi)):.2f} nats")  # fmt: skip


# %% [markdown]
# ### 1.2 Task 1: `nearby_simulations` (3 points)
#
# The oldest way: draw parameters from the prior, simulate, and keep those whose data look like yours (*rejection*, or
# approximate Bayesian computation). By hand: your data are `[0, 0]`. The bands have the scales 1 and 2. A simulation
# with `[1, 2]` is one scale off in each, so its distance is the root mean square of 1 and 1, that is 1. One with `[1,
# 0]` has $\sqrt{(1 + 0) / 2} = 0.707$. With $\epsilon = 0.8$ you keep the second and drop the first.
#
# - `theta`: array of shape `(n, p)`: the parameters of n simulations
# - `x`: array of shape `(n, d)`: their data
# - `observed`: array of shape `(d,)`: your data
# - `scales`: array of shape `(d,)`: positive
# - `epsilon`: a positive number: simulations at this distance or *nearer* are kept
# - returns an array of shape `(k, p)`: the parameters that are kept, in the order in which they came. If none is kept,
#   k is 0
#
# <details><summary>Hint 1</summary>
#
# First make an array of n distances. The mean is over the bands.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# An array of `True` and `False` in square brackets picks rows, also when there are none.
#
# </details>
#
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    """The parameters (k, p) of those of n simulations whose data are within epsilon of the observed ones."""
    ### BEGIN SOLUTION: Return the parameters of the simulations that are near enough.
    distance = np.sqrt(np.mean(((x - observed) / scales) ** 2, axis=1))
    return theta[distance <= epsilon]
    ### END SOLUTION


# %% test="inference-rejection" points=3
some = np.array([[5.0], [6.0], [7.0]])
data = np.array([[1.0, 2.0], [1.0, 0.0], [0.0, 4.0]])
got = nearby_simulations(some, data, np.zeros(2), np.array([1.0, 2.0]), 0.8)
expect(got, [[6.0]], "nearby_simulations of the example", "the distances are 1, 0.707 and 1.414")
data = np.array([[1.0, -2.0], [1.0, 0.0], [0.0, 0.0]])
for epsilon, expected in ((1.0, [[6.0], [7.0]]), (2.0, some)):
    got = nearby_simulations(some, data, np.array([0.0, 2.0]), np.array([1.0, 2.0]), epsilon)
    why = "the distances are 1.581, 1 and 0.707, and the order stays"
    expect(got, expected, f"nearby_simulations around [0, 2] with ε = {epsilon:g}", why)
got = nearby_simulations(some, data, np.array([0.0, 2.0]), np.array([1.0, 2.0]), 0.6)
expect(np.shape(got), [0, 1], "the shape of nearby_simulations with ε = 0.6", "none is as near as that")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_rejection(nearby_simulations)
### END HIDDEN TESTS

# %% [markdown]
# 50 000 simulations, one data set, three distances. With a large ε you keep simulations that are unlike the data, and
# the result is too wide. With a small one, hardly any are left.
#
# %%
theta_many, _, x_many = simulate(50000, np.random.default_rng(SEED))
kept = {e: np.asarray(nearby_simulations(theta_many, x_many, x_held[0], SCALES, e)) for e in (0.5, 0.15, 0.05)}
for epsilon, near in kept.items():
    print(f"ε = {epsilon}: {len(near)} of 50000 simulations are kept")
figures.kept_simulations(kept, exact[0])
show_figure(
    "Three panels in the plane of the shifts of Ω_m and σ₈, in units of the prior's σ, for three ε: dots for the runs "
    "that you kept, at most 2,000, and fewer for smaller ε. Black lines hold 68% and 95% of the exact posterior."
)


# %% [markdown]
# For small ε, a third of ε keeps about $3^4 = 81$ times fewer, a factor of 3 for each of the four bands. Here 766
# become 12, with the scatter of small numbers.
#
# ## 2 The ratio, and the likelihood
#
# ### 2.1 A classifier of pairs
#
# Take pairs $(\theta, x)$ that belong together, and pairs in which $x$ comes from another simulation. Train a
# classifier to tell them apart, with as many of one kind as of the other.
#
# By hand: at some place, pairs that belong together are three times as dense as the mixed ones. Of four pairs there,
# three belong together. So the best classifier says ¾ there. Its logit is $\ln \frac{3/4}{1/4} = \ln 3$: the logarithm
# of the ratio of the two densities,
#
# $$ r(\theta, x) = \frac{p(\theta, x)}{p(\theta) \, p(x)} = \frac{p(x \mid \theta)}{p(x)} $$
#
# (Cranmer, Pavez & Louppe 2015, arXiv:1506.02169). The ¾ itself is no posterior.
#
# ### 2.2 Task 2: `ratio_posterior` (3 points)
#
# By hand: a grid of two points, the prior density ½ and ½ on cells of area 1. The logits are $\ln 3$ and 0, so the
# ratios are 3 and 1. Ratio times prior is 1.5 and 0.5. A network is not perfect, so the sum, 2, is not 1: divide by it.
# The posterior density is `[0.75, 0.25]`.
#
# - `logits`: array of shape `(n, m)`: for n data sets, the logit at each of m points of a grid. They may be as far from
#   zero as -5000 or 5000
# - `prior`: array of shape `(m,)`: the prior density, not negative, and positive somewhere. Where it is zero, so is the
#   posterior
# - `area`: a positive number: the area of a cell
# - returns an array of shape `(n, m)`: for each data set a density, whose sum times the area is 1
#
# <details><summary>Hint 1</summary>
#
# `np.exp(5000)` is infinite. A constant may be taken from all logits of one data set before the exponential, since you
# divide by the sum anyway.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The largest logit may be where the prior is zero. Then all others may vanish. Set those logits aside first:
# `np.where(prior > 0, logits, -np.inf)`.
#
# </details>
#
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    """Posterior densities (n, m) on a grid from logits (n, m), the prior density (m,) and the area of a cell."""
    ### BEGIN SOLUTION: Return the normalised density of each data set.
    allowed = np.where(prior > 0, logits, -np.inf)
    density = prior * np.exp(allowed - allowed.max(axis=1, keepdims=True))
    return density / (density.sum(axis=1, keepdims=True) * area)
    ### END SOLUTION


# %% test="inference-ratio" points=3
got = ratio_posterior(np.log([[3.0, 1.0]]), np.array([0.5, 0.5]), 1.0)
expect(got, [[0.75, 0.25]], "ratio_posterior of the example", "ratio times prior, divided by their sum")
got = ratio_posterior(np.log([[3.0, 1.0]]) + 5000, np.array([0.1, 0.3]), 2.0)
name = "ratio_posterior for logits near 5000, the prior [0.1, 0.3] and cells of area 2"
expect(got, [[0.25, 0.25]], name, "the sum times the area is 1", rtol=1e-3)
far = np.array([[0.0, np.log(3.0), 4000.0], [5000.0, 5000.0, 0.0]])
got = ratio_posterior(far, np.array([0.25, 0.25, 0.0]), 2.0)
name = "ratio_posterior of two data sets with the prior [0.25, 0.25, 0] and cells of area 2"
why = "the largest logit of the first is where the prior is zero, and the second has far larger ones"
expect(got, [[0.125, 0.375, 0.0], [0.25, 0.25, 0.0]], name, why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_ratio(ratio_posterior)
### END HIDDEN TESTS


# %% [markdown]
# A classifier, trained on the 50 000 simulations. Mixed pairs are made by moving all data by one place. Here and below,
# *KL* is the mean of $\ln p(\theta \mid x) - \ln q(\theta \mid x)$ over held-out pairs: in expectation a KL divergence,
# which is never negative, and 0 for the exact posterior. Over few pairs, chance may move a small one below 0, by about
# the error that is printed with it.
#
# %%
classifier = PairClassifier(SEED)
classifier.train(theta_many, x_many / SCALES, CLASSIFIER_STEPS)
logits = (classifier.logits(GRID, x) for x in x_held[:60] / SCALES)
by_ratio = np.stack([np.asarray(ratio_posterior(some, PRIOR, AREA))[0] for some in logits])
off = log_exact[:60] - log_at(by_ratio, theta_held[:60])
print(f"posterior by the ratio: KL {mean_and_error(off)} nats, on 60 held-out pairs")


# %% [markdown]
# ### 2.3 Task 3: `fit_likelihood` (3 points)
#
# Or learn the likelihood. The simplest model of $p(x \mid \theta)$ is a Gaussian whose mean is linear in some features
# $f(\theta)$, such as 1, $\theta_1$, $\theta_1^2$. *Maximum likelihood* fixes its weights $W$ and its covariance.
#
# By hand: the only feature is 1, and two simulations gave 1 and 3. The weight that makes them most probable is their
# mean, 2. The residuals are -1 and 1. The variance with the largest likelihood is the mean of their squares, 1. (Not 2:
# to divide by $n - 1$ would make it unbiased, which is another wish.)
#
# - `features`: array of shape `(n, f)`: the features of n simulations, $n > f$, linearly independent
# - `x`: array of shape `(n, d)`
# - returns two arrays: the weights, `(f, d)`, such that `features @ weights` is the mean, and the covariance `(d, d)`
#
# <details><summary>Hint 1</summary>
#
# For a Gaussian, whatever its covariance, the most probable weights are those of least squares. NumPy has it.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linalg.lstsq` returns several things, of which the first is what you want. The covariance is a matrix product of
# the residuals with themselves.
#
# </details>
#
# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    """Weights (f, d) and covariance (d, d) of the Gaussian of largest likelihood, for features (n, f) and x (n, d)."""
    ### BEGIN SOLUTION: Return the weights and the covariance.
    weights = np.linalg.lstsq(features, x)[0]
    residual = x - features @ weights
    return weights, residual.T @ residual / len(x)
    ### END SOLUTION


# %% test="inference-likelihood" points=3
got = fit_likelihood(np.ones((2, 1)), np.array([[1.0], [3.0]]))
parts = {"the matrix of weights": [[2.0]], "the covariance": [[1.0]]}
expect(got, parts, "fit_likelihood of the example", "the residuals are -1 and 1, and the mean of their squares is 1")
got = fit_likelihood(np.ones((2, 1)), np.array([[1.0, 0.0], [3.0, 4.0]]))
parts = {"the matrix of weights": [[2.0, 2.0]], "the covariance": [[1.0, 2.0], [2.0, 4.0]]}
expect(got, parts, "fit_likelihood for two bands", "the residuals are (-1, -2) and (1, 2): the bands are correlated")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_likelihood(fit_likelihood)
### END HIDDEN TESTS


# %% [markdown]
# 200 simulations, and two sets of features.
#
# %%
by_likelihood = {}
for name, function in (("linear", regressors.linear), ("quadratic", regressors.quadratic)):
    weights, cov = (np.asarray(part) for part in fit_likelihood(function(theta_many[:200]), x_many[:200]))
    by_likelihood[name] = on_grid(function(GRID) @ weights, cov, x_held)
    off = log_exact - log_at(by_likelihood[name], theta_held)
    print(f"likelihood with {name} features, 200 simulations: KL {mean_and_error(off)} nats")
shown = {"classifier": by_ratio[0]} | {f"{name} mean": density[0] for name, density in by_likelihood.items()}
figures.posteriors(shown, exact[0])
show_figure(
    "Three panels in the plane of the shifts of Ω_m and σ₈, in units of the prior's σ, for one data set: in blue your "
    "posteriors from the classifier, from a likelihood with a linear mean, and from one with a quadratic mean. Black "
    "lines hold 68% and 95% of the exact posterior."
)

# %% [markdown]
# A likelihood with nearly the right form needs few simulations: here 200, where the classifier had 50 000. But one has
# to know the form.
#
# ### 2.4 Task 4: `log_band_powers` (3 points)
#
# So far the noise was Gaussian. An estimated power is not. A band has $n$ modes: independent Gaussian numbers with the
# mean 0 and the true power $P$ as their variance. The estimate $\hat P$ is the mean of their squares. Therefore $n \hat
# P / P$ is a sum of $n$ squared standard normal numbers. Its distribution is the $\chi^2$ with $n$ degrees of freedom,
# and
#
# $$ \ln p(\hat P \mid P) = \frac{n}{2} \ln \frac{n \hat P}{2 P} - \frac{n \hat P}{2 P} - \ln \hat P - \ln
# \Gamma\left(\frac{n}{2}\right) $$
#
# By hand: two modes, the true power is 3, and the estimate is 1. With $\Gamma(1) = 1$ the density is $\frac{1}{3}
# e^{-1/3}$, and its logarithm $-1.099 - 0.333 = -1.432$. Bands are independent, so their logarithms add up.
#
# - `estimate`: array of shape `(k, d)`: for k data sets, the estimated powers of d bands, all positive
# - `power`: array of shape `(m, d)`: for m models, the true powers, all positive
# - `modes`: array of d whole numbers, at least 1: how many modes each band has
# - returns an array of shape `(k, m)`: $\ln p$ of each data set under each model, of all bands together
#
# <details><summary>Hint 1</summary>
#
# `estimate[:, None] / power` has all ratios, in the shape `(k, m, d)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\Gamma$ itself overflows beyond 171. `scipy.special.gammaln` is its logarithm.
#
# </details>
#
# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    """ln p (k, m) of estimated powers (k, d) under models (m, d), for bands of independent modes, (d,)."""
    ### BEGIN SOLUTION: Return the log-likelihoods, summed over bands.
    half = modes / 2
    scaled = half * estimate[:, None] / power
    bands = half * np.log(scaled) - scaled - np.log(estimate[:, None]) - scipy.special.gammaln(half)
    return np.sum(bands, axis=2)
    ### END SOLUTION


# %% test="inference-bands" points=3
got = log_band_powers(np.array([[1.0]]), np.array([[3.0]]), np.array([2]))
expect(got, [[-1.431946]], "log_band_powers of the example", "four terms", atol=1e-5)
got = log_band_powers(np.array([[1.0, 2.0]]), np.array([[3.0, 1.0], [1.0, 1.0]]), np.array([2, 4]))
name = "log_band_powers of two bands with 2 and 4 modes under two models"
expect(got, [[-3.352504, -2.920558]], name, "a row has both models, and bands are added", atol=1e-5)
got = log_band_powers(np.array([[1.1]]), np.array([[1.0]]), np.array([400]))
expect(got, [[0.696529]], "log_band_powers of one band with 400 modes", "Γ(200) is about 10 to the 373rd", atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_bands(log_band_powers)
### END HIDDEN TESTS

# %% [markdown]
# Does the shape matter? Take four bands with few modes, as on the largest scales of a survey. Their powers are known up
# to a common amplitude between 0.3 and 3, all equally probable. Compare its exact posterior with those of two
# Gaussian likelihoods: first for 20 times as many modes, then for the few. The variance of $\hat P$ is $2 P^2 / n$.
# One of the Gaussians takes the power of each model for the $P$ in it, the other the estimate.
#
# %%
MODES, SHAPE = np.array([3, 5, 8, 12]), np.array([4.0, 2.0, 1.0, 0.5])
powers, shown = amplitudes.AMPLITUDES[:, None] * SHAPE, {}
for modes in (20 * MODES, MODES):
    print(title := f"{modes.tolist()} modes")
    truth, seen = amplitudes.estimates(SHAPE, modes, SEED)
    log_likes = {"exact": np.asarray(log_band_powers(seen, powers, modes))}
    shown[title] = amplitudes.posteriors(log_likes | amplitudes.gaussian_likelihoods(seen, powers, modes), truth)
figures.posteriors_of_an_amplitude(amplitudes.AMPLITUDES, shown, truth)
show_figure(
    "Two panels, for many modes and for few: the posterior density of the amplitude, from 0.3 to 3, for one data set: "
    "by your likelihood as a black line, by a Gaussian with the variance of each model, dashed, and with the variance "
    "from the data, dotted. A grey line marks the truth."
)

# %% [markdown]
# The error bars from the data are the mistake to remember. A band that is low by chance gets a small error, so it pulls
# the amplitude down. The variance of each model costs little: 0.13 nats with few modes, and 0.01 with 20 times as many.
# With many modes all three come closer, as the left panel shows.
#
# ## 3 The score
#
# ### 3.1 Ask the simulator
#
# The *score* is the derivative of a log-probability with respect to the parameters. A simulator that is written in
# TensorFlow can be asked for it. But what it knows is the probability of one run, with its latent numbers:
# $\ln p(x \mid \theta, z)$. Its derivative is the *joint score*.
#
# ### 3.2 Task 5: `joint_score` (3 points)
#
# By hand: let $x = \theta^2 + z$ plus noise with variance 1, so that $\ln p = -\frac{1}{2} (x - \theta^2 - z)^2$ up to
# a constant. At $\theta = 1$, $z = 0$, $x = 2$ the bracket is 1. The derivative is the bracket times $2 \theta$: it is
# 2. Automatic differentiation does the same for every simulator.
#
# - `log_likelihood`: a function of three tensors, `theta` `(n, p)`, `z` `(n, k)` and `x` `(n, d)`, which returns
#   $\ln p(x \mid \theta, z)$ of each row, `(n,)`. It is written in TensorFlow, and depends on `theta`. A row knows
#   nothing of the others
# - `theta`, `z`, `x`: tensors of one float type, single or double precision
# - returns a tensor of shape `(n, p)`
#
# <details><summary>Hint 1</summary>
#
# A `tf.GradientTape` follows variables by itself. A tensor has to be watched.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gradient of n numbers is the gradient of their sum. Since the rows are independent, that is what you want.
#
# </details>
#
# %% solution="inference-joint"
def joint_score(log_likelihood, theta, z, x):
    """The gradient of ln p(x | theta, z) with respect to theta (n, p), row by row: a tensor (n, p)."""
    ### BEGIN SOLUTION: Return the gradient for theta.
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = log_likelihood(theta, z, x)
    return tape.gradient(value, theta)
    ### END SOLUTION


# %%
def squares(theta, z, x):
    """ln p of x = theta^2 + z + noise with variance 1, without the constant."""
    return -0.5 * tf.reduce_sum((x - theta**2 - z) ** 2, axis=1)


def toy(theta, z, x):
    """ln p(x | theta, z) of the simulator of section 1, without the constant."""
    return -0.5 * tf.reduce_sum(((x - mean_powers(theta, tf.tanh) - GAS * z) / SIGMA) ** 2, axis=1)


# %% test="inference-joint" points=3
got = joint_score(squares, tf.constant([[1.0], [3.0]]), tf.constant([[0.0], [1.0]]), tf.constant([[2.0], [9.0]]))
assert got is not None, (
    "joint_score of two runs is None. Is there a return statement? And a tape gives None for what it did not watch, or "
    "did not see in use."
)
expect(got, [[2.0], [-6.0]], "joint_score of two runs", "each row is (x - θ² - z) times 2θ")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_joint(joint_score)
### END HIDDEN TESTS

# %% [markdown]
# ### 3.3 Task 6: `marginal_score` (3 points)
#
# What you need is the score of what you can see: the derivative of $\ln p(x \mid \theta)$, the *marginal score*. It is
# the mean of the joint score over the $z$ that may have been at work, given $x$ and $\theta$ (Brehmer et al. 2018,
# arXiv:1805.12244).
#
# By hand: $x = \theta + z + e$ with $z$ and $e$ from $N(0, 1)$. At $\theta = 0$ and $x = 2$, the joint score is $2 -
# z$. Half of what is seen is $z$, on average: so the mean of $2 - z$ is 1. Now directly: given $\theta$, $x$ has the
# mean $\theta$ and the variance 2. The derivative of $-\frac{1}{2} (x - \theta)^2 / 2$ at $\theta = 0$ is $2 / 2 = 1$.
# It is the same, and the joint score is another for each $z$.
#
# Write the second way for $x = A \theta + B z + e$, with $z \sim N(0, I)$ and $e \sim N(0, \Sigma)$.
#
# - `theta`: array of shape `(n, p)`; `x`: array of shape `(n, d)`
# - `A`: array of shape `(d, p)`; `B`: array of shape `(d, k)`
# - `cov`: array of shape `(d, d)`: the covariance $\Sigma$ of the noise alone, positive definite
# - returns an array of shape `(n, p)`
#
# <details><summary>Hint 1</summary>
#
# First: what is the covariance of $x$ at fixed $\theta$? Latent numbers and noise are independent, and both count.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The derivative of minus half of $(x - A\theta)^\top M (x - A\theta)$ is $A^\top M (x - A \theta)$. Here each row of
# `x` is a data set, so the products stand the other way round.
#
# </details>
#
# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    """The gradient (n, p) of ln p(x | theta) for x = A theta + B z + noise, with z integrated out."""
    ### BEGIN SOLUTION: Return the score of each row.
    total = cov + B @ B.T
    return (x - theta @ A.T) @ np.linalg.inv(total) @ A
    ### END SOLUTION


# %% test="inference-marginal" points=3
one = np.ones((1, 1))
got = marginal_score(0 * one, 2 * one, one, one, one)
expect(got, [[1.0]], "marginal_score of the example", "x has the variance 2")
A, B, theta = np.array([[2.0], [1.0]]), np.array([[1.0], [2.0]]), np.array([[1.0], [-1.0]])
got = marginal_score(theta, np.array([[4.0, 1.0], [-2.0, 2.0]]), A, B, np.eye(2))
name = "marginal_score for A = (2, 1), B = (1, 2), θ = 1 and -1, and x = (4, 1) and (-2, 2)"
expect(got, [[8 / 3], [-1.0]], name, "x - Aθ is (2, 0) and (0, 3), and its covariance [[2, 2], [2, 5]]")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_marginal(marginal_score)
### END HIDDEN TESTS


# %% [markdown]
# For the toy, $A$ is the Jacobian of $m$ at each $\theta$. Here are both scores for 2000 runs. Squares mark the
# mean of the joint score of runs with nearly the same marginal score.
#
# %%
def marginal_of(theta, z, x):
    """The marginal score of the simulator of section 1. It does not look at z."""
    return np.einsum("ndp,de,ne->np", jacobian(theta), np.linalg.inv(C), x - mean_powers(theta))


def joint_of(theta, z, x):
    """Your joint score of the simulator of section 1, as an array."""
    return np.asarray(joint_score(toy, *(tf.constant(part) for part in (theta, z, x))))


def mean_square(off):
    """The mean squared length of the rows."""
    return np.mean(np.sum(off**2, axis=1))


theta_some, z_some, x_some = simulate(2000, np.random.default_rng(2 + SEED))
joint, marginal = joint_of(theta_some, z_some, x_some), marginal_of(theta_some, z_some, x_some)
noise = joint - marginal
figures.joint_against_marginal(joint, marginal)
show_figure(
    "Two panels, for Ω_m and σ₈: your joint against the marginal score of 2,000 runs, in units of one over the prior's "
    "σ. Dots scatter widely around the diagonal. Squares, their means in 12 bins of the marginal score, are near it."
)
print(f"rms of the marginal score {np.sqrt(mean_square(marginal)):.1f}, of joint minus marginal "
      f"{np.sqrt(mean_square(noise)):.1f}; mean of that {np.round(noise.mean(axis=0), 1).tolist()}")  # fmt: skip


# %% [markdown]
# ### 3.4 Task 7: `score_scatter` (3 points)
#
# Often nobody can integrate $z$ out. Then fit a function of $x$ and $\theta$ to the joint score, by least squares. What
# it learns is the mean of the joint score at each $x$ and $\theta$: the marginal score. But its loss does not go to 0.
# The lowest loss is the scatter of the joint score around its mean. How large is that?
#
# By hand: $x = \theta + z + e$ again, all with variance 1. The joint score is $x - \theta - z$. Given $x$ and $\theta$,
# $z$ still has the variance ½, so the joint score scatters with the variance ½. There is another way to see it. Over
# all runs with one $\theta$, the joint score $e$ has the variance 1, and the marginal score $(z + e) / 2$ has $2 / 4 =$
# ½. The first is the second and the scatter together: $1 = ½ + ½$.
#
# Do it for $x = A \theta + B z + e$ as above. With $p$ parameters the scatter is a covariance matrix.
#
# - `A`: array of shape `(d, p)`; `B`: array of shape `(d, k)`
# - `cov`: array of shape `(d, d)`: the covariance $\Sigma$ of the noise alone, positive definite
# - returns an array of shape `(p, p)`: the covariance of the joint score, given $x$ and $\theta$
#
# <details><summary>Hint 1</summary>
#
# Take the second way. At fixed $\theta$ the joint score is $A^\top \Sigma^{-1} e$. What is its covariance? And that of
# $A^\top C^{-1} (Bz + e)$, if $C$ is the covariance of $Bz + e$?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\Sigma^{-1} \Sigma \, \Sigma^{-1} = \Sigma^{-1}$, and so for $C$. What is left is a difference of two inverses,
# between $A^\top$ and $A$.
#
# </details>
#
# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    """The covariance (p, p) of the joint score given x and theta, for x = A theta + B z + noise."""
    ### BEGIN SOLUTION: Return the covariance of the joint score, given x and theta.
    return A.T @ (np.linalg.inv(cov) - np.linalg.inv(cov + B @ B.T)) @ A
    ### END SOLUTION


# %% test="inference-scatter" points=3
one = np.ones((1, 1))
expect(score_scatter(one, one, one), [[0.5]], "score_scatter of the example", "1 for the joint score, less ½")
got = score_scatter(np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[0.0], [3.0]]), np.eye(2))
why = "only the second band has a latent number, and only the first parameter moves it"
expect(got, [[3.6, 0.0], [0.0, 0.0]], "score_scatter for A = [[1, 1], [2, 0]] and B = (0, 3)", why)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_scatter(score_scatter)
### END HIDDEN TESTS


# %% [markdown]
# Now a regression, with the joint scores of n simulations and nothing else. The features are products of powers of
# $\theta$ with 1 and with each band. An *error* is the mean squared length of the difference from the joint score. Its
# limit is the trace of your scatter, averaged over $\theta$.
#
# %%
def regressed_score(theta, z, x):
    """The fit of least squares to the joint scores, as a function of theta and x."""
    weights = np.linalg.lstsq(regressors.of_scores(theta, x), joint_of(theta, z, x))[0]
    return lambda theta, x: regressors.of_scores(theta, x) @ weights


limit = np.mean([np.trace(score_scatter(A, GAS[:, None], np.diag(SIGMA**2))) for A in jacobian(theta_some)])
print(f"limit of the mean squared error: {limit:.1f}; the exact marginal score has {mean_square(noise):.1f}, 2000 runs")
print("simulations   error on them   exact score's   error on 2000 new   distance to the marginal score")
for n in (50, 200, 2000):
    runs = theta, z, x = simulate(n, np.random.default_rng([SEED, n]))
    fit, target = regressed_score(*runs), joint_of(*runs)
    on_them, on_new, best = fit(theta, x), fit(theta_some, x_some), marginal_of(*runs)
    print(f"{n:11}   {mean_square(on_them - target):13.1f}   {mean_square(best - target):13.1f}   "
          f"{mean_square(on_new - joint):17.1f}   {np.sqrt(mean_square(on_new - marginal)):.1f}")  # fmt: skip

# %% [markdown]
# An error far above zero is no bad fit. On its own few simulations, the fit has less error than the exact score,
# because it follows their scatter, too. On new ones it has more: the limit plus the square of the last column, such as
# $85.8 + 3.8^2 = 100.2$, up to 2 or 3 by chance. What counts is that column, the root of the mean squared distance to
# the marginal score. For the joint score itself it was printed above: about 9.
#
# ## 4 A flow that knows the score
#
# ### 4.1 Coupling layers with data
#
# As in `flows`, a conditional flow learns $q(\theta \mid x)$. Each layer keeps one coordinate and moves the other, by a
# shift and a log-scale that a network takes from the kept coordinate *and the data*. The score is the slope of $\ln q$.
# A ReLU network consists of straight pieces: its slope jumps from one to the next, and the gradient of the loss does
# not say where it should jump. So the networks must be smooth.
#
# ### 4.2 Task 8: `build_networks` (4 points)
#
# - `n_layers`: how many networks. Each has layers of its own
# - `hidden`: the number of neurons in each of two hidden layers, with `tanh`, a *smooth* activation: its slope jumps
#   nowhere. `softplus` and `silu`, which are smooth too, pass the test of the networks, but may train badly from so
#   few simulations
# - `n_data`: how many numbers a data set has
# - returns a list of Keras models, not compiled, from `(None, 1 + n_data)` to `(None, 2)`: a shift and a raw
#   log-scale. Both are any real numbers, so the output is linear: it has no activation. Each model has its weights from
#   the start, since training asks for them before the first call
#
# There are 2 points for the networks, and 2 when they are trained, in section 4.5.
#
# <details><summary>Hint 1</summary>
#
# A `tfk.Sequential` that begins with `tfk.Input(shape=...)` is ready for use.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# If you repeat a list with `*`, it holds the same network again and again. Make a new one in each turn of a loop.
#
# </details>
#
# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    """A list of n_layers smooth networks from (None, 1 + n_data) to (None, 2)."""
    ### BEGIN SOLUTION: Return the list of networks.
    networks = []
    for _ in range(n_layers):
        inner = [tfkl.Dense(hidden, "tanh") for _ in range(2)]
        last = tfkl.Dense(2, kernel_initializer="zeros")
        networks.append(tfk.Sequential([tfk.Input(shape=(1 + n_data,)), *inner, last]))
    return networks
    ### END SOLUTION


# %% test="inference-networks" points=2
networks = build_networks(3, 8, 4)
assert isinstance(networks, (list, tuple)), "build_networks(3, 8, 4) must give a list."
expect(len(networks), 3, "the number of networks of build_networks(3, 8, 4)")
rng, before = np.random.default_rng(4), []
line = (np.linspace(-2, 2, 101)[:, None] * rng.normal(size=5)).astype("float32")
for place, model in enumerate(networks):
    name = f"network {place} of build_networks(3, 8, 4)"
    assert model.get_weights(), f"{name} has no weights yet: let it begin with tfk.Input, or call it once."
    expect(np.shape(model(line)), [101, 2], f"the shape of what {name} gives for 101 rows", "a shift and a log-scale")
    assert model.count_params() >= 5 * 8 + 8 * 8 + 8 * 2, (
        f"{name} has {model.count_params()} parameters, expected at least 120: two hidden layers of 8 neurons, and the "
        "output."
    )
    weights = model.get_weights()
    weights = [rng.normal(size=w.shape) if w.ndim > 1 else w + rng.uniform(0.1, 0.5, w.shape) for w in weights]
    largest = 0.0
    for most in (2, 1000):  # the output's kernels alone, and all
        model.set_weights([1e6 * w if w.ndim > 1 and w.shape[-1] <= most else w for w in weights])
        largest = max(largest, np.abs(np.nan_to_num(model(line))).max(axis=0).min())
    assert not largest <= 1000, (
        f"{name} gave no value beyond {largest:.2g} with large random weights, expected numbers without bounds: give "
        "the output no activation."
    )
    model.set_weights(weights)
    before.append(np.asarray(model(line), dtype=float))
    bend = np.abs(np.diff(before[-1], 2, axis=0))
    assert np.median(bend) > 1e-6 * np.ptp(before[-1]), (
        f"{name} consists of straight pieces, between which its slope jumps: use a smooth activation, such as tanh."
    )
for model, answers in zip(networks, before, strict=True):
    assert np.allclose(model(line), answers, rtol=1e-3, atol=1e-3), (
        "The networks of build_networks(3, 8, 4) share weights: when one was changed, another changed as well."
    )
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_networks(build_networks)
### END HIDDEN TESTS

# %% [markdown]
# ### 4.3 Task 9: `flow_log_prob` (4 points)
#
# The first network comes first on the way from $\theta$ to $u$. Each layer does this with a pair of coordinates
# $(a, b)$: ask the network for the shift $t$ and the raw number $r$ at `[a, x]`; take the log-scale $s = 2 \tanh(r /
# 2)$, which has bounds; subtract the shift from $b$ and multiply by $e^{-s}$; and exchange the two. The next layer gets
# $(b', a)$. What comes out last, $u$, has the standard normal density.
#
# By hand: one layer, whose network always says $t = 1$ and $r = 2$, so that $s = 1.523$. The point $(0, 1)$ becomes
# $(0, 0)$. The normal density there is $1 / 2\pi$, and the layer has stretched or squeezed: $\ln q = -1.838 - 1.523 =
# -3.361$. A wide $q$ is a low one.
#
# - `networks`: a list of at least one model with inputs and outputs as above, and with any layers
# - `theta`: tensor of shape `(n, 2)`; `x`: tensor of shape `(n, d)`; both float32
# - returns a tensor of shape `(n,)`: $\ln q(\theta \mid x)$. Use TensorFlow: gradients have to pass through
#
# <details><summary>Hint 1</summary>
#
# Keep two columns of shape `(n, 1)`, and a running sum of log-scales.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.concat([first, x], axis=1)` is what a network gets. `output[:, :1]` and `output[:, 1:]` are columns.
#
# </details>
#
# %% solution="inference-flow"
def flow_log_prob(networks, theta, x):
    """ln q(theta | x) of a chain of coupling layers: theta (n, 2), x (n, d) -> (n,)."""
    ### BEGIN SOLUTION: Take theta through the layers, and return the log density.
    first, second = theta[:, :1], theta[:, 1:]
    total = 0.0
    for network in networks:
        output = network(tf.concat([first, x], axis=1))
        log_scale = 2.0 * tf.tanh(output[:, 1:] / 2.0)
        first, second = (second - output[:, :1]) * tf.exp(-log_scale), first
        total = total + log_scale
    return tf.squeeze(-0.5 * (first**2 + second**2) - total, axis=1) - np.log(2 * np.pi)
    ### END SOLUTION


# %%
def constant_network(shift, raw):
    """A network of a kept coordinate and one number of data, which says the same whatever it gets."""
    model = tfk.Sequential([tfk.Input(shape=(2,)), tfkl.Dense(2)])
    model.set_weights([np.zeros((2, 2)), np.array([shift, raw])])
    return model


# %% test="inference-flow" points=4
got = flow_log_prob([constant_network(1.0, 2.0)], tf.constant([[0.0, 1.0]]), tf.zeros((1, 1)))
why = "-1.838 for the density at (0, 0), less the log-scale 1.523"
expect(got, [-3.361065], "flow_log_prob of the example", why, atol=1e-3)
pair = [constant_network(1.0, 0.0), constant_network(0.0, -1.0)]
got = flow_log_prob(pair, tf.constant([[2.0, 1.0]]), tf.zeros((1, 1)))
why = "the first layer makes (0, 2) of the point, and the second makes (5.04, 0) of that"
expect(got, [-13.616036], "flow_log_prob of two layers at (2, 1)", why, atol=1e-2)
pair[0].set_weights([np.array([[1.0, 0.0], [2.0, 2.0]]), np.zeros(2)])
got = flow_log_prob(pair[:1], tf.constant([[1.0, -1.0], [0.0, 1.0]]), tf.constant([[-1.0], [0.0]]))
expect(got, [-0.814689, -2.337877], "flow_log_prob of two rows by a network with t = a + 2x and r = 2x", atol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_flow(flow_log_prob)
### END HIDDEN TESTS

# %% [markdown]
# ### 4.4 Task 10: `score_loss` (9 points)
#
# The loss without score is the mean of $-\ln q$. If you know the score of the posterior at each simulation, you can ask
# more: the flow's own derivative should be the same there. So add $\lambda$ times the mean squared length of the
# difference of the two (Zeghal et al. 2022, arXiv:2207.05636).
#
# The score of the *posterior* is what you need, and the simulator has that of the likelihood. The posterior is
# likelihood times prior: in the logarithm they add up, and so do their derivatives. The prior here is $N(0, I)$.
#
# By hand: one parameter, $q = N(0, 1)$, so that $\ln q$ has the derivative $-\theta$. At $\theta = 1$ it is -1, and
# $-\ln q$ is 1.419. The simulator says that the score of its likelihood is 3. The score of the prior is -1 there, so
# the posterior's is 2. The difference is -3, and its square 9. With $\lambda = 0.1$ the loss is $1.419 + 0.9 = 2.319$.
#
# And its gradient: let $q = N(c, 1)$, where $c$ is trained and is 0 now. Then $-\ln q$ is $\frac{1}{2} (1 - c)^2$ plus
# a constant, and the difference is $(c - 1) - 2$. The derivative with respect to $c$ is $-1$ from the first and
# $0.1 \cdot 2 \cdot (-3) = -0.6$ from the second: $-1.6$ in all.
#
# - `log_q`: a function of two tensors, `theta` `(n, p)` and `x` `(n, d)`, which returns $\ln q(\theta \mid x)$ of each
#   row, `(n,)`. It is written in TensorFlow, depends on `theta`, and has variables inside
# - `theta`, `x`: tensors; `score`: tensor of shape `(n, p)`: the score of the *likelihood* at each simulation. All are
#   of one float type, single or double precision
# - `weight`: the number $\lambda$, not negative
# - returns a tensor: one number. Its gradient with respect to the variables inside of `log_q` must be right as well:
#   that is what training uses
#
# There are 5 points for the loss, and 4 for what is trained with it.
#
# <details><summary>Hint 1</summary>
#
# The derivative of $\ln q$ with respect to `theta` needs a tape of its own, which watches `theta`. A tape that does not
# watch it gives `None`, and TensorFlow then complains of a `None`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Training wraps another tape around your function. It can follow what your tape computes, if you leave that a tensor,
# and do not stop its gradient. The squares are summed over parameters, and averaged over simulations.
#
# </details>
#
# %% solution="inference-loss"
def score_loss(log_q, theta, x, score, weight):
    """The mean of -ln q plus weight times the mean squared distance of its score from the posterior's."""
    ### BEGIN SOLUTION: Return the loss with the score, one number.
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = log_q(theta, x)
    distance = tape.gradient(value, theta) - (score - theta)
    return weight * tf.reduce_mean(tf.reduce_sum(distance**2, axis=1)) - tf.reduce_mean(value)
    ### END SOLUTION


# %%
def standard_normal(theta, x):
    """ln N(theta; 0, I), whatever x is."""
    return -0.5 * tf.reduce_sum(theta**2 + np.log(2 * np.pi), axis=1)


def slope_for_the_mean(loss):
    """The derivative of the loss of the example for c at 0, if q is N(c, 1); None if the tape does not find one."""
    c = tf.Variable(0.0)
    example = tf.constant([[1.0]]), tf.zeros((1, 1)), tf.constant([[3.0]]), 0.1
    with tf.GradientTape() as tape:
        value = tf.convert_to_tensor(loss(lambda theta, x: standard_normal(theta - c, x), *example))
    return tape.gradient(value, c)


# %% test="inference-loss" points=5
got = score_loss(standard_normal, tf.constant([[1.0]]), tf.zeros((1, 1)), tf.constant([[3.0]]), 0.1)
expect(got, 2.318939, "score_loss of the example", "1.419 for -ln q, and 0.9 for the score", rtol=2e-5)
got = score_loss(standard_normal, tf.ones((2, 2)), tf.zeros((2, 1)), tf.constant([[0.0, 0.0], [1.0, 2.0]]), 1.0)
why = "squares are summed over parameters and averaged over simulations"
expect(got, 5.337877, "score_loss of two simulations with two parameters", why, rtol=2e-5)
slope = slope_for_the_mean(score_loss)
assert slope is not None, (
    "A tape around score_loss finds no derivative for the variable c in log_q: is the loss made by TensorFlow alone?"
)
expect(slope, -1.6, "the derivative of your loss for c", "-1 comes from -ln q, and -0.6 from the score", rtol=2e-5)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_loss(score_loss)
### END HIDDEN TESTS


# %% [markdown]
# ### 4.5 With and without
#
# Now train four times: with 50 and with 200 simulations, without and with the marginal score ($\lambda = 0.1$). All
# have the same steps, and in each pair the same simulations and the same first weights. A fifth one gets the *joint*
# score, and a sixth one the score that was fitted to it, on the same 200 simulations. Each of the six takes a few
# seconds, and prints a line when it is done.
#
# %%
def flow_at(networks, theta, x):
    """ln q of your flow at n pairs, as an array."""
    return np.asarray(flow_log_prob(networks, *(tf.constant(part, tf.float32) for part in (theta, x / SCALES))))


def off_of(networks):
    """ln p - ln q at the held-out pairs. Its mean is the KL."""
    return log_exact - flow_at(networks, theta_held, x_held)


def regressed_of(theta, z, x):
    """The regressed score of the simulations that it was fitted to."""
    return regressed_score(theta, z, x)(theta, x)


SCORES = {"without score": (marginal_of, 0.0), "marginal score": (marginal_of, 0.1), "joint score": (joint_of, 0.1)}
SCORES["regressed score"] = regressed_of, 0.1


def train(n, kind):
    """Networks that were trained on n simulations by your loss, with this kind of score."""
    score_of, weight = SCORES[kind]
    theta, z, x = simulate(n, np.random.default_rng([SEED, n]))
    given = [tf.constant(part, tf.float32) for part in (theta, x / SCALES, score_of(theta, z, x))]
    tfk.utils.set_random_seed(SEED)
    networks = build_networks(4, 32, 4)
    took = minimise(lambda: score_loss(lambda *pair: flow_log_prob(networks, *pair), *given, weight), networks, STEPS)
    print(f"{n:3} simulations, {kind:15}: KL {mean_and_error(off_of(networks))} nats, in {took:.0f} s")
    return networks


flows = {f"{n}, {kind}": train(n, kind) for n, kinds in ((50, 2), (200, 4)) for kind in list(SCORES)[:kinds]}
without_50, with_50, without_200, with_200, joint_200, regressed_200 = flows.values()


# %%
same = np.tile(x_held[0], (len(GRID), 1))
figures.posteriors({name: np.exp(flow_at(networks, GRID, same)) for name, networks in flows.items()}, exact[0])
show_figure(
    "Six panels in the plane of the shifts of Ω_m and σ₈, in units of the prior's σ, for one data set: in blue the "
    "densities of your flows, from 50 simulations without and with the marginal score, and from 200 without and with "
    "the marginal, the joint and the regressed score. Black lines hold 68% and 95% of the exact posterior."
)

# %% [markdown]
# With 50 simulations and no score, a flow learns them by heart: it is certain, and wrong. Its KL is worse than that of
# the prior, which is 2 nats. The score holds it in place between the simulations. The joint score has the right mean,
# and so much noise that it may help little, or even harm. The regressed score needs no new simulations, and has lost
# most of the noise. One training may not show what that gains, since all depends on the network and the seed.
#
# Our own networks have outputs whose weights begin at zero. Over 20 seeds, with 200 simulations, their KL was 0.10 to
# 0.21 nats with the regressed score, and 0.27 to 0.88 without score. Other first weights give other numbers.
#
# Three tests judge your flows on 1000 new pairs. Without score and with 200 simulations, the KL must be at most 1.8
# nats. With the score it must be at most 0.9 times that of your own flow without, which is harder the better that flow
# is; ours had at most 0.34 times. With 50 simulations it must also be at most 0.9 nats, with 200 at most 0.3. There are
# 2 points for each. A KL far below zero fails: no density has that. With the first weights that Keras gives, all of 10
# seeds passed with `tanh`, and 5 with `silu`.
#
# %% test="inference-networks" points=2 needs="training"
assert np.isfinite(np.mean(off_of(without_200))), "The KL of without_200 is not finite: did the training diverge?"
# Hidden: on 1000 new pairs, the KL is at most 1.8 nats.
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_without(without_200)
### END HIDDEN TESTS

# %% test="inference-loss" points=2 needs="training"
assert np.isfinite(np.mean(off_of(with_50))), "The KL of with_50 is not finite: did the training diverge?"
# Hidden: on 1000 new pairs, the KL is at most 0.9 times that of without_50, and at most 0.9 nats.
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_with(without_50, with_50, "50")
### END HIDDEN TESTS

# %% test="inference-loss" points=2 needs="training"
assert np.isfinite(np.mean(off_of(with_200))), "The KL of with_200 is not finite: did the training diverge?"
# Hidden: on 1000 new pairs, the KL is at most 0.9 times that of without_200, and at most 0.3 nats.
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_with(without_200, with_200, "200")
### END HIDDEN TESTS

# %% [markdown]
# ## 5 Fewer numbers
#
# ### 5.1 Task 11: `compress` (4 points)
#
# A survey has thousands of numbers and a few parameters. Which few numbers keep what the data know? The score does
# (Alsing & Wandelt 2018, arXiv:1712.00012): near a first guess $\theta_0$, one number for each parameter is enough.
#
# By hand: two bands, both with the mean $\theta$, one with the variance 1, the other with ¼. At the guess 1 their mean
# is $(1, 1)$, and you see $x = (1, 2)$. The difference is weighted with the derivative over the variance of each band:
# $1 \cdot 0 + 4 \cdot 1 = 4$. That is the score at the guess. The *Fisher information* is the sum of squared
# derivatives over variances: $1 + 4 = 5$. Score over information is a step towards the best fit: $1 + 4 / 5 = 1.8$, the
# mean of the bands with inverse variances as weights.
#
# - `x`: array of shape `(n, d)`
# - `guess`: array of shape `(p,)`: $\theta_0$
# - `mean`: array of shape `(d,)`: the mean of $x$ there
# - `slopes`: array of shape `(d, p)`: the derivatives of the mean there. Its columns are linearly independent, so d is
#   at least p
# - `cov`: array of shape `(d, d)`: the covariance of $x$, positive definite. It is not diagonal in general
# - returns two arrays: the estimates, `(n, p)`, and the Fisher matrix, `(p, p)`
#
# <details><summary>Hint 1</summary>
#
# With a covariance matrix, "over the variance" becomes a product with its inverse.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The information has the derivatives on both sides of the inverse. Each row of the scores is then multiplied by the
# inverse of the information.
#
# </details>
#
# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    """Estimates (n, p) by one step from a guess (p,) along the score, and the Fisher matrix (p, p)."""
    ### BEGIN SOLUTION: Return the estimates and the Fisher matrix.
    weights = np.linalg.inv(cov) @ slopes
    fisher = slopes.T @ weights
    return guess + (x - mean) @ weights @ np.linalg.inv(fisher), fisher
    ### END SOLUTION


# %% test="inference-compress" points=4
got = compress(np.array([[1.0, 2.0]]), np.ones(1), np.ones(2), np.ones((2, 1)), np.diag([1.0, 0.25]))
parts = {"the array of estimates": [[1.8]], "the Fisher matrix": [[5.0]]}
expect(got, parts, "compress of the example", "the score is 4, the information 5, and the guess 1")
x, cov = np.array([[4.0, 1.0, 11.0], [1.0, 1.0, 1.0]]), np.array([[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
got = compress(x, np.array([1.0, -2.0]), np.ones(3), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), cov)
parts = {"the array of estimates": [[7.0, 1.0], [1.0, -2.0]], "the Fisher matrix": [[5 / 3, 2 / 3], [2 / 3, 5 / 3]]}
why = "the scores are (12, 9) and (0, 0), and the guess is (1, -2)"
expect(got, parts, "compress of two data sets of three bands, two of them correlated", why)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_compress(compress)
### END HIDDEN TESTS

# %% [markdown]
# Four bands become two numbers, at the guess (1, -0.5), in many simulations whose parameters are the guess. No unbiased
# estimate can scatter less there than the inverse of the Fisher matrix of all bands says (Cramér and Rao). If yours
# reach that, nothing is lost. For comparison, take the two inner bands alone.
#
# %%
guess = np.array([1.0, -0.5])
slopes, middle = jacobian(guess[None])[0], mean_powers(guess)
repeated = middle + np.random.default_rng(3).normal(size=(20000, 4)) @ np.linalg.cholesky(C).T
print("                    σ of 20000 estimates (to 0.5%)   σ from the Fisher matrix")
for name, pick in {"all four bands": np.eye(4), "two inner bands": np.eye(4)[1:3]}.items():
    parts = compress(repeated @ pick.T, guess, pick @ middle, pick @ slopes, pick @ C @ pick.T)
    estimates, fisher = (np.asarray(part) for part in parts)
    print(f"{name:20}{np.round(estimates.std(axis=0), 2)!s:33}{np.round(np.sqrt(np.diag(np.linalg.inv(fisher))), 2)}")

# %% [markdown]
# In the first row both agree: your two numbers tell as much as four bands. Two bands alone nearly double σ. All these σ
# are larger than the prior's, which is 1. Both parameters change the bands in nearly the same way, so that the data
# alone fix a combination of the two well, and each of them badly.

# %% [markdown]
# ## 6 Is it right?
#
# ### 6.1 Task 12: `credibility` (3 points)
#
# Without an exact posterior you have *coverage*, as in `flows`. On a grid it needs no samples. Take the mass of all
# cells in which the density is higher than at the truth. If the posteriors are right, this mass is uniform between 0
# and 1.
#
# By hand: three cells of area 2 with the density `[0.1, 0.3, 0.1]`. The truth is in the first. Only the middle one is
# higher: its mass is $0.3 \cdot 2 = 0.6$. The last has the same density, and does not count.
#
# - `density`: array of shape `(n, m)`: n densities on m cells. The sum of each, times the area, is 1
# - `cells`: array of n whole numbers: the cell in which the truth is
# - `area`: a positive number: the area of a cell
# - returns an array of shape `(n,)`
#
# <details><summary>Hint 1</summary>
#
# `density[np.arange(n), cells]` has the density at each truth. One more axis lets you compare it with its row.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Where a density is not higher, add 0.
#
# </details>
#
# %% solution="inference-coverage"
def credibility(density, cells, area):
    """The mass (n,) of the cells whose density (n, m) is strictly above that of the cell of the truth, (n,)."""
    ### BEGIN SOLUTION: Return the mass above the truth of each row.
    at_truth = density[np.arange(len(density)), cells]
    return np.sum(np.where(density > at_truth[:, None], density, 0), axis=1) * area
    ### END SOLUTION


# %% test="inference-coverage" points=3
got = credibility(np.array([[0.1, 0.3, 0.1], [0.1, 0.3, 0.1]]), np.array([0, 1]), 2.0)
expect(got, [0.6, 0.0], "credibility for the truth in the first, and in the middle cell", "a cell has the area 2")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_coverage(credibility)
### END HIDDEN TESTS

# %% [markdown]
# Four answers for the 500 held-out data sets: the exact posterior, the likelihood with linear features, the exact one
# made too narrow, by squaring it, and the prior for all.
#
# %%
narrow = exact**2 / (np.sum(exact**2, axis=1, keepdims=True) * AREA)
answers = {"exact": exact, "linear": by_likelihood["linear"], "squared": narrow, "prior": np.tile(PRIOR, (500, 1))}
cells = nearest_cell(theta_held)
masses = {name: np.asarray(credibility(density, cells, AREA)) for name, density in answers.items()}
figures.masses_above_the_truth(masses)
show_figure(
    "Four histograms of your credibility, from 0 to 1 in 10 bins, with a line at 50 data sets a bin: for the exact "
    "posterior, the likelihood with linear features, the exact posterior squared, and the prior. Flat is calibrated."
)

# %% [markdown]
# The squared posterior is too narrow: too often, much of its mass is above the truth. The histogram of the prior is
# flat, as that of the exact posterior is: chance moves a bin by about 7. The prior knows nothing of the data, and this
# test does not see it. It hardly sees the linear likelihood either, whose KL was far from 0.
#
# ### 6.2 Task 13: `nearer_fraction` (3 points)
#
# Here is a test with samples that can find both (Lemos et al. 2023, arXiv:2302.03026). Choose a *reference*: a point in
# the space of parameters. Count the samples of the posterior that are nearer to it than the truth is. Given the data,
# the truth is one more draw from the exact posterior. So its place among the samples is random, and over many data sets
# the fraction is uniform between 0 and 1. This is so for every way to choose the reference that does not look at the
# truth. It may look at the data.
#
# By hand: the reference is (0, 0), the truth (3, 4) at the distance 5. Four samples are (1, 0), (0, 5), (4, 4) and
# (-2, 2). The first and the last are nearer. The second is as far, and does not count. The fraction is ½.
#
# - `samples`: array of shape `(n, s, p)`: for n data sets, s samples of p parameters
# - `truth`, `reference`: arrays of shape `(n, p)`
# - returns an array of shape `(n,)`: for each data set, the fraction of samples whose Euclidean distance to the
#   reference is strictly less than that of the truth
#
# <details><summary>Hint 1</summary>
#
# `reference[:, None]` has the shape `(n, 1, p)`, so that it can be subtracted from the samples.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Squared distances have the same order as distances. The mean of `True` and `False` is a fraction.
#
# </details>
#
# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    """The fraction (n,) of samples (n, s, p) that are nearer to the reference (n, p) than the truth (n, p) is."""
    ### BEGIN SOLUTION: Return the fraction of nearer samples of each data set.
    to_samples = np.sum((samples - reference[:, None]) ** 2, axis=2)
    to_truth = np.sum((truth - reference) ** 2, axis=1)
    return np.mean(to_samples < to_truth[:, None], axis=1)
    ### END SOLUTION


# %% test="inference-nearer" points=3
four = np.array([[[1.0, 0.0], [0.0, 5.0], [4.0, 4.0], [-2.0, 2.0]]])
got = nearer_fraction(four, np.array([[3.0, 4.0]]), np.zeros((1, 2)))
expect(got, [0.5], "nearer_fraction of the example", "the distances are 1, 5, 5.66 and 2.83, that of the truth is 5")
got = nearer_fraction(np.tile(four, (2, 1, 1)), np.array([[3.0, 4.0], [4.0, 5.0]]), np.array([[0.0, 0.0], [4.0, 4.0]]))
why = "of the second, only (4, 4) is nearer to (4, 4) than the truth, at the distance 1"
expect(got, [0.5, 0.25], "nearer_fraction of two data sets with the references (0, 0) and (4, 4)", why)
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_nearer(nearer_fraction)
### END HIDDEN TESTS

# %% [markdown]
# The same four answers, with 200 samples each. In the upper row the references are drawn from the prior. In the lower
# row they are estimates from the data: a fit of least squares to 2000 simulations. The distance that is printed is the
# largest between the cumulative distribution of your fractions and the uniform one (Kolmogorov and Smirnov).
#
# %%
rng = np.random.default_rng(SEED)
estimate = regressors.bent(x_held) @ np.linalg.lstsq(regressors.bent(x_many[:2000]), theta_many[:2000])[0]
references = {"random reference": rng.normal(size=(500, 2)), "estimate": estimate}
drawn = {name: samples_of(density, 200, rng) for name, density in answers.items()}
fractions = {kind: {} for kind in references}
for kind, reference in references.items():
    for name, samples in drawn.items():
        one = fractions[kind][name] = np.asarray(nearer_fraction(samples, theta_held, reference))
        print(f"{kind:16} {name:8} largest distance from uniform {scipy.stats.kstest(one, 'uniform').statistic:.3f}")
figures.fractions_nearer(fractions)
show_figure(
    "Your nearer_fraction for the same four answers: histograms from 0 to 1 in 10 bins, with a line at 50 data sets a "
    "bin. The references are drawn from the prior in the upper row, and estimates from the data in the lower one."
)

# %% [markdown]
# For 500 data sets, chance alone gives a distance above about 0.06 in 5 cases of 100. The prior passes with random
# references. With references from the data it fails: the truth is near them, and few samples of the prior are. The
# linear likelihood, at 0.092, is found there, too, but by luck: over 20 seeds it was found in 11. A test that is passed
# proves little.
#
# ### 6.3 Task 14: `information_gain` (2 points)
#
# And is the answer *sharp*? What has it learnt beyond the prior? Take $\ln q(\theta \mid x) - \ln p(\theta)$ at the
# truth of each simulation. Its mean is the information gained, in nats.
#
# By hand: at two truths $\ln q$ is 1 and 3, and the prior has -1 both times. The gains are 2 and 4, their mean 3. Their
# standard deviation is $\sqrt{2}$, with $n - 1 = 1$ in the denominator. The error of the mean is that over $\sqrt{2}$:
# it is 1.
#
# - `log_q`, `log_prior`: arrays of shape `(n,)`, with n at least 2
# - returns two numbers: the mean gain, and its standard error
#
# <details><summary>Hint 1</summary>
#
# `np.std` divides by n unless you tell it otherwise, by `ddof`.
#
# </details>
#
# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    """The mean of ln q - ln prior over n truths, and its standard error."""
    ### BEGIN SOLUTION: Return the mean gain and its standard error.
    gain = log_q - log_prior
    return np.mean(gain), np.std(gain, ddof=1) / np.sqrt(len(gain))
    ### END SOLUTION


# %% test="inference-gain" points=2
got = information_gain(np.array([1.0, 3.0]), np.array([-1.0, -1.0]))
expect(got, {"the mean gain": 3.0, "its error": 1.0}, "information_gain of the example", "the gains are 2 and 4")
### BEGIN HIDDEN TESTS
from graders.checks import inference as checks

checks.check_gain(information_gain)
### END HIDDEN TESTS

# %%
for name, density in answers.items():
    gain, error = information_gain(log_at(density, theta_held), np.log(PRIOR[cells]))
    print(f"{name:8} information gain {float(gain):5.2f} ± {float(error):.2f} nats")

# %% [markdown]
# The exact posterior learns most: no other answer gains more, on average. Two answers may be calibrated, and the one
# that gains more is the better one. The prior gains nothing. The squared posterior gains more than the linear
# likelihood, and its histograms are less flat: sharp and calibrated are two questions.

# %% [markdown] answer="inference-trust" points=3
# ## 7 Whom do you trust?
#
# ### 7.1 Question 1: three claims (3 points, by hand)
#
# 1. "We let ε go to zero, so our rejection sampler is exact." What does it cost, and how does that grow with the number
#    of bands $d$? (1 point.)
# 2. "Our simulator gives $\nabla_\theta \ln p(x \mid \theta, z)$ of each run, so we put it into the loss as the score."
#    What is wrong with that, and what would you do instead? (1 point.)
# 3. "Our coverage is perfect over 10 000 simulations, so our posterior is the right one." Name an answer that has
#    perfect coverage and is useless, and a number or a test that finds it. (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: the fraction of simulations kept falls like ε to the power of the number of bands, so that for
# a given number of simulations the samples become few (or one needs exponentially more). Compression to few numbers
# helps. The loss of simulations and its growth with the dimension are needed.
#
# 1 point for the second: it is the joint score, which depends on the latent numbers of that run. Its mean given x and
# θ is the marginal score, but it scatters around it, and the scatter may be larger than the signal. Instead: marginal
# score where z can be integrated out; average over z given x and θ; regress the joint score on (x, θ) first; smaller
# weight. The reason and one remedy are needed.
#
# 1 point for the third: the prior for every data set (or a posterior that is too wide for some and too narrow for
# others). The information gain, the mean log posterior at the truth, or the loss against the prior's finds it, or
# the fraction of samples nearer to a reference from the data. Both are needed.
# === END MARK SCHEME ===

# %% [markdown]
# ## 8 What you have learnt
#
# You inferred two parameters from simulations by rejection, by a classifier, by a fitted likelihood and by a flow. You
# asked a simulator for its score, saw which of two scores helps, and what the difference between them is. You
# compressed data and kept their information. You judged answers by their calibration and by what they have learnt.
