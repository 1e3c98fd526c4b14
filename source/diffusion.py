# Diffusion models, then galaxies from them. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Diffusion models
#
# Add a little noise to an image, and again, until nothing is left but noise. That is easy. A *diffusion model* learns
# the way back. It needs one thing: at every noise level, the direction in which the density of noisy images rises. This
# direction is called the *score*. Models of this kind make realistic galaxies (Smith et al. 2022, MNRAS 511, 1808,
# arXiv:2111.01713). In this notebook you first meet them where the score is known exactly. So you see what each piece
# does, and what happens when it is wrong. Then a network learns the score, and you make galaxies.
#
# **What you will learn**
#
# - what the score is, and why removing noise gives it;
# - why a perfect network still has a loss, and how large it is;
# - to sample with a stochastic and with an ordinary differential equation, and to get a density from the second;
# - to prepare the inputs and the target of a network for all noise levels at once, and to train it;
# - to make galaxies from principal components, and to test them, also for copies;
# - to sample under a condition, and why pasting the data in does not do it.
#
# **Time**: about 230 minutes. There are 13 tasks, worth 50 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import figures
from blobs import MEANS, WEIGHTS, WIDTHS, draw_mixture, mixture_density
from fields import normal_divergence, normal_score, steep_divergence, steep_score
from galaxy_stamps import NAMES, in_units_of_noise, load_stamps, measured, rows_of_stamps
from samplers import HIGH, LOW, divergence_of, go_back, noise_levels, paste_and_denoise, weights_alone, without_drift
from samples import CodeSpace, energy_distance, lowest_loss, mean_and_scatter, relative_errors, table_of_statistics
from trainer import compiled, descent, linear, repeated, rows_of

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
TOY_STEPS, STEPS = {"proof": (3, 3), "laptop": (2000, 4000), "gpu": (10000, 40000)}[BUDGET]
HIDDEN = {"proof": 128, "laptop": 128, "gpu": 512}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Noise and the score
#
# ### 1.1 The idea
#
# ![Two rows. Above, from left to right: data x, then x with a little noise, then noise alone, by adding noise. Below,
# from right to left: noise alone, then less of it, then a new sample, by following the score, which a network
# gives.](attachment:noise_and_back.png)
#
# Take data $x$ and add Gaussian noise with the standard deviation $\sigma$,
#
# $$ y = x + \sigma \, \varepsilon, \qquad \varepsilon \sim N(0, I) $$
#
# Call the density of the noisy data $p_\sigma(y)$. The larger $\sigma$, the smoother it is. Its score is the gradient
# of its logarithm,
#
# $$ s(y, \sigma) = \nabla_y \ln p_\sigma(y) $$
#
# It points to where noisy data are more frequent. You do not need $p_\sigma$ to be normalised: a constant factor is a
# constant in the logarithm, and has no gradient. That is why a score is easier to learn than a density.
#
# We begin with data in two dimensions from three Gaussian blobs; the file `blobs.py` beside this notebook draws them
# and knows their density. All arrays that your functions are given hold floats in double precision, unless a task says
# otherwise. A number may be whole, such as 2.
#
# %%
held = draw_mixture(2000, np.random.default_rng(1000 + SEED))  # for you; the tests draw their own
DATA_SD = float(held.std())
print(f"2000 points, standard deviation {DATA_SD:.2f} over both axes")


# %% [markdown]
# ### 1.2 Task 1: `mixture_score` (4 points)
#
# One Gaussian with the mean $m$ and the variance $v$ has $\ln p = -|y - m|^2 / 2v$ and a constant. So its score is
# $-(y - m)/v$: a pull to the mean, like a spring. A blob of width $w$, with noise of $\sigma$ on top, is a Gaussian
# with the variance $v = w^2 + \sigma^2$.
#
# What is the score of several blobs? By hand, in one dimension and without noise: two blobs with the widths 1 at $-1$
# and 1, each with the weight ½. At $y = 1$ they pull by $-2$ and 0. The first has the density $\frac12 e^{-2} = 0.068$
# there, the second $\frac12 = 0.5$, up to a common factor. So a point at $y = 1$ belongs to the first with the
# probability $0.068 / 0.568 = 0.119$, and to the second with 0.881. The score is the mean of the pulls with these
# probabilities: $0.119 \cdot (-2) = -0.238$. The weights alone, ½ each, would give $-1$.
#
# - `y`: array of shape `(n, d)`: n noisy points
# - `sigma`: a number, not negative: the standard deviation of the noise
# - `weights`: array of shape `(K,)`: positive, with the sum 1
# - `means`: array of shape `(K, d)`
# - `widths`: array of shape `(K,)`, positive: a blob has the standard deviation `widths[k]` along each axis
# - returns an array of shape `(n, d)`
#
# A point may be hundreds of widths away from all blobs. Its score is an ordinary number there, and so must yours be.
#
# <details><summary>Hint 1</summary>
#
# `y[:, None] - means` has all the differences, in the shape `(n, K, d)`. From them come the pulls, and the densities.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In $d$ dimensions, the factor in front of the exponential is $v^{-d/2}$, up to a constant. Blobs with other widths
# have another one, so it matters.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Far away all densities are 0, and you divide 0 by 0. Work with their logarithms, and take the largest of each point
# away before you use `np.exp`.
#
# </details>
#
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    """Score (n, d) of a mixture of K round Gaussians, blurred by noise of standard deviation sigma, at y (n, d)."""
    ### BEGIN SOLUTION: Return the mean of the pulls of all blobs, weighted by the probability of each at y.
    variance = widths**2 + sigma**2
    away = y[:, None] - means
    log_p = np.log(weights) - 0.5 * means.shape[1] * np.log(variance) - 0.5 * np.sum(away**2, axis=2) / variance
    share = np.exp(log_p - log_p.max(axis=1, keepdims=True))
    share = share / share.sum(axis=1, keepdims=True)
    return -np.sum((share / variance)[:, :, None] * away, axis=1)
    ### END SOLUTION


# %% test="diffusion-score" points=4
two = (np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.array([1.0, 1.0]))
got = mixture_score(np.array([[1.0], [0.0]]), 0.0, *two)
expect(got, [[-0.238406], [0.0]], "mixture_score of the example at 1 and 0")
got = mixture_score(np.array([[500.0], [0.0]]), 0.0, *two)
expect(got, [[-499.0], [0.0]], "mixture_score of the example at 500 and 0", "at 500 only the blob at 1 counts")
got = mixture_score(np.array([[3.0, 0.0]]), 2.0, np.array([0.2, 0.8]), np.zeros((2, 2)), np.array([1.0, 3.0]))
why = "the pulls are -3/5 and -3/13, and their probabilities 0.272 and 0.728"
expect(got, [[-0.33119, 0.0]], "mixture_score at (3, 0), weights 0.2 and 0.8, both at 0, widths 1 and 3, sigma 2", why)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_score(mixture_score)
### END HIDDEN TESTS


# %%
def exact_score(y, sigma):
    """Your score of the three blobs with noise: (n, 2) -> (n, 2)."""
    return np.asarray(mixture_score(y, sigma, WEIGHTS, MEANS, WIDTHS))


figures.scores(mixture_density, exact_score, (0.1, 0.7, 2.0))
show_figure(
    "Three panels for the noise levels 0.1, 0.7 and 2: density in grey, over both coordinates. Arrows along your score "
    "should point to the blob nearest in units of its width if there is little noise, else to one place between blobs."
)

# %% [markdown]
# With little noise the arrows point to a blob, with much to one place between the blobs. At $\sigma = 0.1$ it is not
# always the nearest blob: at the bottom left, and at the right edge near 0 in the second coordinate, arrows
# point to the widest, at $(1, -2)$. What counts is the distance in units of the width.
#
# ### 1.3 Task 2: `denoise` (2 points)
#
# You see $y$, and want $x$. The best guess in the mean square is the mean of $x$ given $y$. How is it related to the
# score? Take data from $N(0, 1)$, where you know it: with noise of $\sigma$ the mean of $x$ is $y / (1 + \sigma^2)$,
# and the score is $-y / (1 + \sigma^2)$.
#
# By hand: for $\sigma = 1$ and $y = 2$ the best guess is 1, so it moves $y$ by $-1$. The score is $-1$. For
# $\sigma = 2$ and $y = 5$ the best guess is 1 again, so it moves $y$ by $-4$. The score is $-1$ again. Which function
# of the score and $\sigma$ gives the move in both cases? It does so for all data, Gaussian or not: *Tweedie's formula*
# (Robbins 1956; Efron 2011, JASA 106, 1602).
#
# - `y`, `score`: arrays of shape `(n, d)`: noisy points, and the score there
# - `sigma`: a number, or an array of shape `(n, 1)`, positive
# - returns an array of shape `(n, d)`: the mean of $x$ given $y$
#
# <details><summary>Hint 1</summary>
#
# The move is the score times something: 1 for $\sigma = 1$, and 4 for $\sigma = 2$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Units help. If $y$ is in metres, the score is in 1/metre. What has the unit metre², and is 1 and 4 in the examples?
#
# </details>
#
# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    """The mean of the clean x given noisy y (n, d), from the score there (n, d) and sigma."""
    ### BEGIN SOLUTION: Return y, moved by the score times the right factor.
    return y + sigma**2 * score
    ### END SOLUTION


# %% test="diffusion-denoise" points=2
for y, sigma in ((2.0, 1.0), (5.0, 2.0)):
    got = denoise(np.array([[y]]), np.array([[-1.0]]), sigma)
    expect(got, [[1.0]], f"denoise for y = {y:g}, sigma = {sigma:g} and the score -1", f"{y:g} moves by {1 - y:g}")
got = denoise(np.zeros((2, 1)), np.ones((2, 1)), np.array([[1.0], [3.0]]))
expect(got, [[1.0], [9.0]], "denoise for y = 0, the score 1, and sigma = 1 and 3")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_denoise(denoise)
### END HIDDEN TESTS

# %% [markdown]
# Is a denoised point a new sample? Look: for large noise, denoised points gather between the blobs, where no data are.
# They are means of what is possible. So they scatter less than the data, as the printed lines say.
#
# %%
found = {}
for sigma in (0.3, 1.0, 3.0):
    noisy = held + sigma * np.random.default_rng(7).normal(size=held.shape)
    found[sigma] = np.asarray(denoise(noisy, exact_score(noisy, sigma), sigma))
    print(f"σ = {sigma}: standard deviation of denoised points {found[sigma].std():.2f}, of the data {DATA_SD:.2f}")
figures.denoised(held, found)
show_figure(
    "Three panels for the noise levels 0.3, 1 and 3, over both coordinates: data points in grey, in three blobs, and "
    "denoised points in blue. With more noise the denoised points leave the blobs for the places between."
)


# %% [markdown]
# ### 1.4 Task 3: `matching_loss` (3 points)
#
# For real data nobody knows $p_\sigma$. But you know how the noise came in: given $x$, the noisy $y$ is
# $N(x, \sigma^2)$, and the slope of $\ln p(y \mid x)$ is $-(y - x)/\sigma^2 = -\varepsilon/\sigma$. Vincent (2011,
# Neural Computation 23, 1661) found that you may fit *this* slope. In the mean over all $x$ that lead to the same $y$,
# it is the score.
#
# The slope grows without bounds as $\sigma$ falls. So multiply the difference by $\sigma$ before you square it. By
# hand, in two dimensions: $\sigma = 0.5$, $\varepsilon = (1, -2)$. The slope is $(-2, 4)$. A score of $(-1, 2)$ is off
# by $(1, -2)$, times $\sigma$ that is $(0.5, -1)$, and the squared length 1.25. The loss is the mean of such numbers
# over the points.
#
# - `score`: array of shape `(n, d)`: what somebody says the score is at n noisy points
# - `noise`: array of shape `(n, d)`: the $\varepsilon$ of each
# - `sigma`: array of shape `(n, 1)`, positive
# - returns a number
#
# <details><summary>Hint 1</summary>
#
# $\sigma$ times the slope is $-\varepsilon$, whatever $\sigma$ is. Nothing needs to be divided.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Sum the squares over the axis 1, and take the mean over the points.
#
# </details>
#
# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    """Loss of denoising score matching, a number: score and noise (n, d), sigma (n, 1)."""
    ### BEGIN SOLUTION: Return the mean over points of the squared length of sigma times the difference.
    return np.mean(np.sum((sigma * score + noise) ** 2, axis=1))
    ### END SOLUTION


# %% test="diffusion-matching" points=3
got = matching_loss(np.array([[-1.0, 2.0]]), np.array([[1.0, -2.0]]), np.array([[0.5]]))
expect(got, 1.25, "matching_loss of the example", "0.5² + 1²")
got = matching_loss(np.array([[-2.0, 4.0], [0.0, 0.0]]), np.array([[1.0, -2.0], [0.0, 3.0]]), np.array([[0.5], [4.0]]))
expect(got, 4.5, "matching_loss of two points", "the first score is the slope, so it adds 0; the second adds 9")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_matching(matching_loss)
### END HIDDEN TESTS

# %% [markdown]
# How low can it get? Not to 0: from $y$ alone nobody knows $\varepsilon$. The mean of $\varepsilon$ given $y$ is
# $-\sigma s$, so the best loss is $\mathrm{E} |\varepsilon|^2 - \sigma^2 \, \mathrm{E} |s|^2$, and the first of these
# is the number of dimensions, 2. Compare, with 50 000 points for each noise level:
#
# %%
many = draw_mixture(50000, np.random.default_rng(11))
print("  σ      loss of the exact score   2 - σ² E|s|²   of half the score")
for sigma in (0.1, 0.3, 1.0, 3.0, 10.0):
    noise = np.random.default_rng(12).normal(size=many.shape)
    score, column = exact_score(many + sigma * noise, sigma), np.full((len(many), 1), sigma)
    best = 2 - sigma**2 * np.mean(np.sum(score**2, axis=1))
    both = [float(matching_loss(factor * score, noise, column)) for factor in (1, 0.5)]
    print(f"{sigma:5}   {both[0]:.3f}                     {best:.3f}          {both[1]:.3f}")

# %% [markdown]
# The loss of the exact score and $2 - \sigma^2 \, \mathrm{E} |s|^2$ agree to about 0.01. The rest is chance: the mean
# of $|\varepsilon|^2$ over these points is not just 2. Half the score costs $\sigma^2 \, \mathrm{E} |s|^2 / 4$ more. So
# a loss that stays up says nothing bad by itself. With little noise, even the exact score has a loss of almost 2. With
# much noise, $y$ tells $\varepsilon$ almost exactly, and the loss nears 0. So compare losses at the same noise levels
# alone.
#
# ## 2 Back by a stochastic equation
#
# ### 2.1 Task 4: `vp_kernel` (3 points)
#
# The first diffusion models do not only add noise. They also shrink the data, so that the variance stays at 1:
# *variance preserving*, VP. In the limit of many small steps that is a stochastic differential equation, an SDE (Song
# et al. 2021, arXiv:2011.13456)
#
# $$ \mathrm{d}x = -\frac{1}{2} \beta(t) \, x \, \mathrm{d}t + \sqrt{\beta(t)} \; \mathrm{d}W, \qquad
# \beta(t) = \beta_0 + (\beta_1 - \beta_0) \, t, \qquad 0 \le t \le 1 $$
#
# In a short time $\mathrm{d}t$, $\mathrm{d}W$ is a normal number times $\sqrt{\mathrm{d}t}$: that is the noise.
#
# Where is $x$ at time $t$, if it starts at $x_0$? By hand, with a constant $\beta$: the mean obeys
# $m' = -\frac{1}{2} \beta m$, so it is $x_0 \, e^{-\beta t / 2}$. The variance obeys $v' = \beta (1 - v)$ from 0, so it
# is $1 - e^{-\beta t}$. Together $x_t = \alpha x_0 + \sigma_t \, \varepsilon$ with $\alpha = e^{-\beta t/2}$ and
# $\sigma_t^2 = 1 - \alpha^2$. When $\beta$ changes in time, its integral from 0 to $t$ takes the place of $\beta t$.
#
# - `t`: a number or an array of times, from 0 to 1
# - `low`, `high`: positive numbers: $\beta_0$ and $\beta_1$
# - returns two numbers or arrays like `t`: $\alpha$ and $\sigma_t$
#
# For small $t$, $\sigma_t$ is small too, and must still be right to four digits, at $t = 10^{-15}$ for example.
#
# <details><summary>Hint 1</summary>
#
# The integral of a straight line is $\beta_0 t + (\beta_1 - \beta_0) t^2 / 2$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `1 - np.exp(-tiny)` loses its digits. `np.expm1(a)` is $e^a - 1$ with all of them.
#
# </details>
#
# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    """alpha and sigma of x_t = alpha x_0 + sigma noise at times t, for beta from low to high."""
    ### BEGIN SOLUTION: Return the factor of the data and the standard deviation of the noise.
    integral = low * t + 0.5 * (high - low) * t**2
    return np.exp(-0.5 * integral), np.sqrt(-np.expm1(-integral))
    ### END SOLUTION


# %% test="diffusion-kernel" points=3
got = vp_kernel(0.5, 2.0, 2.0)
expect(got, {"alpha": 0.606531, "sigma": 0.79506}, "vp_kernel(0.5, 2, 2)", "a constant beta, with the integral 1")
got = vp_kernel(np.array([0.5, 1.0]), 0.1, 20.0)
why = "the integrals of beta to these times are 2.5375 and 10.05"
expect(got, {"alpha": [0.281183, 0.006572], "sigma": [0.959654, 0.999978]}, "vp_kernel([0.5, 1], 0.1, 20)", why)
got, why = vp_kernel(1e-15, 0.1, 20.0), "1 minus a number that is almost 1 loses its digits"
expect(got, {"alpha": 1.0, "sigma": 1e-08}, "vp_kernel(1e-15, 0.1, 20)", why, atol=0)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_kernel(vp_kernel)
### END HIDDEN TESTS


# %% [markdown]
# ### 2.2 Task 5: `reverse_step` (4 points)
#
# An SDE can be run backwards (Anderson 1982). If forward in time
# $\mathrm{d}x = f \, \mathrm{d}t + g \, \mathrm{d}W$, then backward in time
#
# $$ \mathrm{d}x = \left( f - g^2 s \right) \mathrm{d}t + g \, \mathrm{d}W $$
#
# has the same density at each time. There is also an equation without noise that has these densities, the *probability
# flow ODE*. Its *drift*, what stands before $\mathrm{d}t$, is $f - \frac{1}{2} g^2 s$. Backward means that
# $\mathrm{d}t$ is negative. An *Euler step* takes drift and $g$ at its beginning, and holds them until its end.
#
# By hand: data from $N(0, 1)$ stay so at all times, and the score is $-x$. Take $\beta = 2$, $x = 3$, and a step of 0.1
# back. Here $f = -\frac{1}{2} \cdot 2 \cdot 3 = -3$ and $g^2 s = 2 \cdot (-3) = -6$. The ODE has the drift
# $-3 + 3 = 0$, so $x$ stays at 3. The SDE has $-3 + 6 = 3$, so $x$ moves by $3 \cdot (-0.1)$ to 2.7, and the noise adds
# $\sqrt{2 \cdot 0.1} = 0.447$ times a normal number. Both keep the variance at 1, in the limit of small steps.
#
# - `x`, `score`: arrays of shape `(n, d)`: points, and the score there
# - `beta`: a positive number: $\beta$ at this time
# - `step`: a positive number: how far back in time. The new time is $t$ minus `step`
# - `noise`: an array of shape `(n, d)` of normal numbers, for the SDE; or `None`, for the ODE
# - returns an array of shape `(n, d)`: the points after one Euler step of the VP equation above
#
# <details><summary>Hint 1</summary>
#
# First write down $f$ and $g^2$ of the VP equation. Then the drift of each. A step back is minus the drift times
# `step`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `if noise is None:` comes first. The two cases differ in two things: a factor ½, and a last term.
#
# </details>
#
# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    """Points (n, d) one Euler step back in time: by the SDE with normal numbers (n, d), by the ODE with None."""
    ### BEGIN SOLUTION: Return the points after a step of the ODE or of the SDE.
    if noise is None:
        return x + step * beta * (x + score) / 2
    return x + step * beta * (x / 2 + score) + np.sqrt(beta * step) * noise
    ### END SOLUTION


# %% test="diffusion-reverse" points=4
three = np.array([[3.0]])
expect(reverse_step(three, -three, 2.0, 0.1, None), [[3.0]], "reverse_step by the ODE, of the example")
got = reverse_step(three, -three, 2.0, 0.1, np.array([[1.0]]))
expect(got, [[3.147214]], "reverse_step by the SDE with the noise 1, of the example", "2.7, and 0.447 by the noise")
got = reverse_step(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 3.0, 0.2, None)
expect(got, [[1.3, 0.3]], "reverse_step by the ODE of x = (1, 0), score (0, 1), beta 3, step 0.2", "f is (-1.5, 0)")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_reverse(reverse_step)
### END HIDDEN TESTS

# %% [markdown]
# Now start from noise alone and go back to the data, with the exact score. At time $t$ the means and widths of the
# blobs are multiplied by $\alpha$, and noise of $\sigma_t$ is added. So your `mixture_score` knows the score. Watch ten
# points in the first coordinate.
#
# %%
def vp_score(x, t):
    """The exact score of the three blobs at time t of the VP equation: (n, 2) -> (n, 2)."""
    alpha, sigma = (float(part) for part in vp_kernel(t, LOW, HIGH))
    return np.asarray(mixture_score(x, sigma, WEIGHTS, alpha * MEANS, alpha * WIDTHS))


found = {
    name: go_back(vp_score, reverse_step, 10, 500, np.random.default_rng(3), stochastic)[:, :, 0]
    for name, stochastic in (("SDE", True), ("ODE", False))
}
figures.paths(np.linspace(1, 0, 501), found, MEANS[:, 0], WIDTHS)
show_figure(
    "Two panels of the first coordinate of ten points against time, from 1 to 0: jagged by the SDE, smooth by the ODE, "
    "from the same starts. Grey bands, two widths to both sides, mark the blobs: paths should end in them."
)

# %% [markdown]
# Nearly all paths should end in a grey band: a blob, with two of its widths to both sides (two bands overlap). But are
# the samples right? The *energy distance* compares two samples $a$ and $b$ by the mean distances of pairs,
# $2 \, \mathrm{E}|a - b| - \mathrm{E}|a - a'| - \mathrm{E}|b - b'|$. It is 0 only for equal distributions (Székely &
# Rizzo 2013). Estimated from 2000 points each, it scatters, and may fall below 0. The first line below shows what
# chance does: two samples of the data were compared eight times, and it has the mean ± the scatter of a single
# comparison. At the end, three mistakes are planted: half the score; blobs that pull with their weights alone, wherever
# the point is; and steps without $f$.
#
# %%
runs = {
    "SDE, 100 steps": (100, True, vp_score, reverse_step),
    "SDE, 30 steps": (30, True, vp_score, reverse_step),
    "ODE, 30 steps": (30, False, vp_score, reverse_step),
    "half the score, SDE": (100, True, lambda x, t: 0.5 * vp_score(x, t), reverse_step),
    "weights alone, SDE": (100, True, weights_alone(mixture_score, vp_kernel), reverse_step),
    "no drift, SDE": (100, True, vp_score, without_drift),
}
rng = np.random.default_rng(21)
print("two samples of the data  {:z7.3f} ± {:.3f}".format(*mean_and_scatter(draw_mixture, draw_mixture)))
for name, (steps, stochastic, score_of, step_of) in runs.items():
    sample = go_back(score_of, step_of, 2000, steps, rng, stochastic)[-1]
    print(f"{name:24} {energy_distance(sample, draw_mixture(2000, rng)):7.3f}")


# %% [markdown]
# Both equations come within a few thousandths of 0, as two samples of the data do. All three mistakes are far above,
# the missing drift the least. The ODE has smooth paths. A method that makes use of that takes fewer steps: it comes
# next.
#
# ## 3 Back by an ordinary equation
#
# ### 3.1 Task 6: `heun_sampler` (4 points)
#
# From here on we leave out the shrinking, and only add noise: $y = x + \sigma \varepsilon$, with $\sigma$ itself in the
# place of time (*variance exploding*, VE). Then the ODE is short (Karras et al. 2022, arXiv:2206.00364):
#
# $$ \frac{\mathrm{d}y}{\mathrm{d}\sigma} = -\sigma \, s(y, \sigma) $$
#
# It runs from a large $\sigma$, where $y$ is noise, down to 0. Euler's method takes the slope at the beginning of each
# step:
#
# %%
def euler_sampler(score, y, sigmas):
    """Points y (n, d) at the noise level sigmas[0], taken down to sigmas[-1] by Euler steps; score(y, sigma)."""
    for k in range(len(sigmas) - 1):
        y = y + (sigmas[k + 1] - sigmas[k]) * (-sigmas[k] * np.asarray(score(y, sigmas[k])))
    return y


# %% [markdown]
# *Heun's method* looks at both ends of the step. First take an Euler step. Ask for the slope at the place where it
# leads. Then take the step again *from the beginning*, with the mean of the two slopes.
#
# By hand: data from $N(0, 1)$ have the score $-y/(1 + \sigma^2)$. Start at $y = 1$, with $\sigma = 1$, and go to 0.5.
# The first slope is $1 \cdot \frac{1}{2} = 0.5$. Euler leads to $1 - 0.5 \cdot 0.5 = 0.75$. The slope there is
# $0.5 \cdot 0.75 / 1.25 = 0.3$. The mean of both is 0.4, so $y = 1 - 0.5 \cdot 0.4 = 0.8$. The exact answer is
# $\sqrt{1.25 / 2} = 0.791$.
#
# - `score`: a function. `score(y, sigma)` takes an array of shape `(n, d)` and a number, and returns the score `(n, d)`
# - `y`: array of shape `(n, d)`: points at the noise level `sigmas[0]`
# - `sigmas`: array of shape `(m,)`, with m at least 2: falling noise levels. The last may be 0, where the score need
#   not exist. If it is 0, do not ask for the score there, and take the last step by Euler's method. If not, by Heun's
# - returns an array of shape `(n, d)`: the points at the noise level `sigmas[-1]`
#
# <details><summary>Hint 1</summary>
#
# The loop is that of `euler_sampler`. Keep the first slope and the first guess under names of their own: you still need
# the old `y`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The second slope is at the guess, with the noise level `sigmas[k + 1]`, in both places where $\sigma$ occurs.
#
# </details>
#
# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    """Points y (n, d) at the noise level sigmas[0], taken down to sigmas[-1] by Heun steps; score(y, sigma)."""
    ### BEGIN SOLUTION: Return the points at the last noise level.
    for k in range(len(sigmas) - 1):
        sigma, after = sigmas[k], sigmas[k + 1]
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        if after > 0:
            slope = (slope - after * score(guess, after)) / 2
        y = y + (after - sigma) * slope
    return y
    ### END SOLUTION


# %% test="diffusion-heun" points=4
got = heun_sampler(normal_score, np.array([[1.0]]), np.array([1.0, 0.5]))
expect(got, [[0.8]], "heun_sampler of the example", "the last level is not 0, so this is a whole step of Heun")
got = heun_sampler(normal_score, np.array([[1.0], [-2.0]]), np.array([1.0, 0.5, 0.0]))
expect(got, [[0.64], [-1.28]], "heun_sampler from 1 over 0.5 to 0", "after the example, a step of Euler to 0")
got = heun_sampler(steep_score, np.array([[1.0]]), np.array([2.0, 1.0, 0.5]))
expect(got, [[0.667618]], "heun_sampler of steep_score from 2 over 1 to 0.5", "the first step leads to 0.746")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_heun(heun_sampler)
### END HIDDEN TESTS


# %% [markdown]
# How much better is it? The noise levels lie dense where $\sigma$ is small, as Karras et al. place them. Data from
# $N(0, 1)$ again, from $\sigma = 10$ down to 0: the exact answer is $y / \sqrt{1 + 10^2}$.
#
# %%
print("steps   error of Euler   of Heun")
numbers, errors = np.array([10, 20, 40, 80, 160]), []
for n in numbers:
    levels = noise_levels(n, 10.0, 1e-3)
    found = [float(np.asarray(f(normal_score, np.ones((1, 1)), levels))[0, 0]) for f in (euler_sampler, heun_sampler)]
    errors.append(np.abs(np.array(found) * np.sqrt(101) - 1))
    print(f"{n:5}   {errors[-1][0]:.3%}          {errors[-1][1]:.3%}")
figures.errors_of_samplers(numbers, *np.transpose(errors))
show_figure(
    "Relative error against the number of steps, from 10 to 160, both axes logarithmic: dashed for Euler's method, "
    "solid for your Heun sampler. The solid line should fall twice as steeply."
)

# %% [markdown]
# With twice the steps Euler's error halves, and Heun's falls to about a quarter, once steps are small: Heun's method
# is of *second order*, and its line falls twice as steeply. Each of its steps asks for the score twice. So compare Heun
# with Euler at twice the steps. It still wins, by far when steps are many.
#
# ### 3.2 Task 7: `ode_log_density` (4 points)
#
# Each path of the ODE begins at one point of the data, and ends at one point of the noise. So densities can be followed
# along it. Where paths spread, the density falls. How much they spread is said by the *divergence*, the sum of the
# derivatives $\partial / \partial y_i$ of component $i$. This is the change of variables of `flows`, step by step:
# along a path
#
# $$ \frac{\mathrm{d} \ln p_\sigma(y)}{\mathrm{d}\sigma} = -\nabla \cdot \left( -\sigma \, s \right) =
# \sigma \; \nabla \cdot s $$
#
# Start at $x$ with almost no noise, and go *up* to a large $\sigma$. There $p_\sigma$ is practically
# $N(0, \sigma^2 I)$, which you know. What the density has lost on the way, you add again.
#
# By hand, with data from $N(0, 1)$ in one dimension: $s = -y/(1 + \sigma^2)$, so $\nabla \cdot s = -1/(1 + \sigma^2)$.
# Go up in one step, from $\sigma = 0$ to 1, starting at $x = 1$. The first slope of $y$ is 0, so Euler leads to
# $y = 1$. The slope there is $1 \cdot 1/2 = 0.5$, and Heun's mean 0.25 leads to $y = 1.25$. The slope of the logarithm
# is 0 at the beginning, and $1 \cdot (-1/2)$ at Euler's guess. Its mean, $-0.25$, is what the density loses. So with
# $N(0, 1)$ at the end, $\ln p = -\frac{1}{2} \ln 2\pi - \frac{1}{2} \cdot 1.25^2 + 0.25 = -1.450$. One step is of
# course too few, and $\sigma = 1$ is not large.
#
# - `score`, `divergence`: functions of `(y, sigma)`. The first returns $s$, of shape `(n, d)`, the second
#   $\nabla \cdot s$, of shape `(n,)`
# - `x`: array of shape `(n, d)`, with d up to a few hundred, where a density itself may be too small for a float
# - `sigmas`: array of shape `(m,)`, with m at least 2: rising noise levels. The first may be 0, and both functions can
#   be asked there
# - returns an array of shape `(n,)`: $\ln p(x)$. Move $y$ by Heun's steps. In each step the logarithm changes by the
#   mean of its slopes at the beginning and at Euler's guess
#
# <details><summary>Hint 1</summary>
#
# Keep a running sum of what the logarithm changes by, of shape `(n,)`, beside `y`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In the end: the logarithm of $N(y; 0, \sigma^2 I)$ in $d$ dimensions is
# $-\frac{d}{2} \ln(2 \pi \sigma^2) - |y|^2 / 2\sigma^2$. Subtract the running sum: that is what changed on the way up.
#
# </details>
#
# %% solution="diffusion-density"
def ode_log_density(score, divergence, x, sigmas):
    """ln p (n,) of points x (n, d) by the ODE from sigmas[0] up to sigmas[-1], where the density is N(0, sigma^2 I)."""
    ### BEGIN SOLUTION: Return the log density at the end less what it changed by on the way.
    y, change = x, 0.0
    for k in range(len(sigmas) - 1):
        sigma, after = sigmas[k], sigmas[k + 1]
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        change = change + (after - sigma) * (sigma * divergence(y, sigma) + after * divergence(guess, after)) / 2
        y = y + (after - sigma) * (slope - after * score(guess, after)) / 2
    return -0.5 * x.shape[1] * np.log(2 * np.pi * after**2) - np.sum(y**2, axis=1) / (2 * after**2) - change
    ### END SOLUTION


# %% test="diffusion-density" points=4
one = np.array([[1.0]]), np.array([0.0, 1.0])
got = ode_log_density(normal_score, normal_divergence, *one)
expect(got, [-1.450189], "ode_log_density of the example", "N(0, 1) at y = 1.25, and 0.25 for what was lost")
got = ode_log_density(steep_score, steep_divergence, *one)
why = "y goes to 1.25; at Euler's guess the divergence is -1.5, and the logarithm loses 0.75"
expect(got, [-0.950189], "ode_log_density of the score -y³/(1 + σ²), in the example's step", why)
some = np.array([[0.0, 1.0], [2.0, -1.0]])
got = ode_log_density(normal_score, normal_divergence, some, np.linspace(0, 200**0.25, 400) ** 4)
why = "that is the logarithm of N(0, I) there"
expect(got, [-2.337877, -4.337877], "ode_log_density of two points in 2D, in many steps", why, atol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_density(ode_log_density)
### END HIDDEN TESTS


# %% [markdown]
# The three blobs, along the line through the first two: from the ODE with 200 steps, and exact. So many steps are right
# to about 0.05.
#
# %%
along = np.linspace(-4, 4, 161)
points = np.stack([along, 1.5 + 0.4286 * (along - 1.5)], axis=1)
found = np.asarray(ode_log_density(exact_score, divergence_of(exact_score), points, np.linspace(0, 80**0.25, 201) ** 4))
known = np.log(mixture_density(points, 0.0))
figures.log_densities(along, known, found)
show_figure(
    "Logarithm of the density against the first coordinate, from -4 to 4, along a line through two blobs: the exact "
    "one as a thick grey line, and yours along the ODE, dashed. They should lie on each other."
)
print(f"largest difference where ln p is above -25: {np.abs(found - known)[known > -25].max():.3f}")


# %% [markdown]
# ## 4 A network learns the score
#
# ### 4.1 Task 8: `preconditioning` (3 points)
#
# Now forget the blobs, and learn from points alone. A network should remove noise of all levels that a sampler asks
# for, here 0.02 to 15. But networks like inputs and targets of size 1. So Karras et al. put three factors around the
# network $F$:
#
# $$ D(y, \sigma) = c_\mathrm{skip} \, y + c_\mathrm{out} \; F \left( c_\mathrm{in} \, y, \tfrac14 \ln \sigma \right) $$
#
# $D$ is what denoises. Let the data have mean 0 and the standard deviation $\tau$ along each axis (for the blobs that
# is roughly so). The factors follow from three wishes:
#
# 1. the input $c_\mathrm{in} \, y$ has the variance 1;
# 2. $c_\mathrm{skip} \, y$ is the best guess of $x$ in the mean square, among all multiples of $y$;
# 3. what $F$ must give, $(x - c_\mathrm{skip} \, y) / c_\mathrm{out}$, has the variance 1, and $c_\mathrm{out}$ is
#    positive.
#
# By hand, for $\tau = 1$ and $\sigma = 1$: $y = x + \varepsilon$ has the variance 2, so $c_\mathrm{in} = 0.707$. The
# best multiple is ½. What remains is $x - \frac12 y = \frac12 x - \frac12 \varepsilon$, with the variance
# $\frac14 + \frac14 = \frac12$, so $c_\mathrm{out} = 0.707$. Do the same for any $\tau$ and $\sigma$, on paper.
#
# - `sigma`: a number, an array or a tensor, positive
# - `data_sd`: a positive number: $\tau$
# - returns three results like `sigma`: $c_\mathrm{skip}$, $c_\mathrm{out}$ and $c_\mathrm{in}$
#
# In training, numbers are in single precision, with seven digits, and $\sigma$ may be less than a thousandth of $\tau$.
# $c_\mathrm{out}$ must be right to four digits there, too: of 1 less a number close to 1, none are left.
#
# TensorFlow compiles this function with the training step. While it does, tensors have no values yet, and NumPy cannot
# take them. So use operators alone, `** 0.5` for a root.
#
# <details><summary>Hint 1</summary>
#
# The variance of $y$ is $\tau^2 + \sigma^2$, since data and noise are independent.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The best multiple of $y$ is the mean of $x y$ divided by the mean of $y^2$. The mean of $x y$ is $\tau^2$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# $x - c \, y = (1 - c) \, x - c \, \sigma \varepsilon$. Its variance is the sum of two squares. Put in your $c$, and it
# becomes simple.
#
# </details>
#
# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    """c_skip, c_out and c_in for data of standard deviation data_sd with noise of sigma."""
    ### BEGIN SOLUTION: Return the three factors.
    total = (sigma**2 + data_sd**2) ** 0.5
    return data_sd**2 / total**2, sigma * data_sd / total, 1 / total
    ### END SOLUTION


# %% test="diffusion-preconditioning" points=3
got = preconditioning(1.0, 1.0)
expect(got, {"c_skip": 0.5, "c_out": 0.707107, "c_in": 0.707107}, "preconditioning(1, 1)")
x, noise = np.array([3.0, 3.0, -3.0, -3.0]), np.array([1.0, -1.0, 1.0, -1.0])  # mean 0, and independent
y = x + 0.5 * noise
skip, out, into = (np.asarray(part) for part in preconditioning(0.5, 3.0))
why = "another multiple of y is nearer to x"
expect(np.mean((x - skip * y) * y), 0.0, "the mean of (x - c_skip y) y for sigma = 0.5 and τ = 3", why)
expect(np.std((x - skip * y) / out), 1.0, "the standard deviation of the target for sigma = 0.5 and τ = 3")
expect(np.std(into * y), 1.0, "the standard deviation of c_in y for sigma = 0.5 and τ = 3")
got = compiled(preconditioning)(tf.ones((1, 1)), 1.0)
expect(got, {"c_skip": [[0.5]], "c_out": [[0.707107]], "c_in": [[0.707107]]}, "preconditioning(1, 1), compiled")
got = 1000 * preconditioning(tf.constant([[0.001]]), 2.0)[1]
expect(got, [[1.0]], "1000 c_out for sigma = 0.001 and τ = 2, in single precision")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_preconditioning(preconditioning)
### END HIDDEN TESTS


# %% [markdown]
# ### 4.2 Task 9: `build_network` (6 points)
#
# $F$ takes $d$ numbers, $c_\mathrm{in} \, y$, and one more, $\frac14 \ln \sigma$. It gives $d$ numbers.
#
# - `d`: the number of dimensions of the data
# - `hidden`: the number of neurons in each hidden layer. Use three or four hidden layers, each with an activation such
#   as `"relu"`, `"gelu"` or `"silu"`. Two layers are too few for the bounds in sections 4.4 and 5.3
# - returns a Keras model that has its weights (it starts with `tfk.Input`, or was called once), from `(None, d + 1)` to
#   `(None, d)`. Each output depends on all inputs, and can be any real number. All layers are trainable. Each call
#   makes new ones
#
# There are 2 points for the network, and 4 when it is trained on the blobs, in section 4.4.
#
# <details><summary>Hint 1</summary>
#
# `tfk.Sequential` of `tfk.Input(shape=...)`, dense layers, and one more dense layer without an activation.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A score is smooth. So are the activations `"silu"` and `"gelu"`; `"relu"` does well, too.
#
# </details>
#
# %% solution="diffusion-network"
def build_network(d, hidden):
    """A dense network from d + 1 numbers to d."""
    ### BEGIN SOLUTION: Return a network with three or four hidden layers and a linear output.
    inner = [tfkl.Dense(hidden, "silu") for _ in range(3)]
    return tfk.Sequential([tfk.Input(shape=(d + 1,)), *inner, tfkl.Dense(d)])
    ### END SOLUTION


# %% test="diffusion-network" points=2
model = build_network(3, 8)
assert model.get_weights(), "build_network(3, 8) has no weights yet: does it start with tfk.Input?"
rng, found = np.random.default_rng(5), []
for turn in range(20):  # with large random weights, since a last layer may start at zero, and with moderate ones
    size, reach = (30, 100) if turn % 2 else (3, 1)
    model.set_weights([size * rng.normal(size=w.shape) if w.ndim > 1 else w for w in model.get_weights()])
    found.append(np.nan_to_num(model(reach * rng.normal(size=(50, 4)).astype("float32"))))
expect(found[0].shape, [50, 3], "the shape of what build_network(3, 8) gives for 50 points")
low, high = np.min(found), np.max(found)
assert min(-low, high) > 2, (
    f"With random weights and inputs, the outputs lie between {low:.2f} and {high:.2f}, expected some below -2 and "
    "some above 2: they can be any real number."
)
number = sum(weight.ndim > 1 for weight in model.get_weights())
assert number > 3, (
    f"build_network(3, 8) has {number} matrices of weights: one for the output, and so fewer than three hidden layers."
)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_network(build_network)
### END HIDDEN TESTS


# %% [markdown]
# ### 4.3 Task 10: `train_step` (9 points)
#
# One step of training. Add the noise, let the network denoise, and compare with the clean data:
#
# $$ L = \frac{1}{n} \sum_{i=1}^{n} \frac{ \left| D(y_i, \sigma_i) - x_i \right|^2 }{ c_\mathrm{out}(\sigma_i)^2 } $$
#
# The division makes noise levels count alike: unlike the loss of section 1.4, on the blobs this one is about 2 at both
# ends, little noise and much, for the exact score. Where has the score gone? By Tweedie's formula it is
# $(D - y) / \sigma^2$.
#
# By hand, in one dimension: $x = 0$, $\sigma = 1$, $\varepsilon = 1$, $\tau = 1$, and a network that gives 0. Then
# $y = 1$, $D = \frac12$, and $L = \frac14 / \frac12 = \frac12$. If the network gives $b$ instead,
# $D = \frac12 + 0.707 \, b$, and the slope of $L$ for $b$ at $b = 0$ is
# $2 \cdot \frac12 \cdot 0.707 / \frac12 = 1.414$. A descent with the rate 0.1 takes a bias to $-0.1414$.
#
# - `network`: a network $F$ as above. Its `trainable_variables` move, and nothing else
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `x`, `noise`: float32 tensors of shape `(n, d)`: clean data, and normal numbers $\varepsilon$
# - `sigma`: float32 tensor of shape `(n, 1)`: a positive noise level for each
# - `data_sd`: a positive number: $\tau$
# - returns the loss *before* the step, as a tensor
#
# The notebook compiles your function, so use TensorFlow, and neither NumPy nor `float(...)` on tensors. You may call
# your `preconditioning`. There are 3 points for the step, and 6 when it trains a network to make galaxies, in section
# 5.
#
# <details><summary>Hint 1</summary>
#
# `tf.concat([scaled, tf.math.log(sigma) / 4], axis=1)` is an input of the network.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Inside a `tf.GradientTape`: the network, $D$ and the loss. Sum the squares over the axis 1, and take the mean over the
# batch.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# After the tape: the gradient for `network.trainable_variables`, and `optimizer.apply` with both.
#
# </details>
#
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    """Moves a network by one step of denoising; returns its loss before the step."""
    ### BEGIN SOLUTION: Add the noise, take the gradient of the loss, apply it, and return the loss.
    skip, out, into = preconditioning(sigma, data_sd)
    y = x + sigma * noise
    with tf.GradientTape() as tape:
        clean = skip * y + out * network(tf.concat([into * y, tf.math.log(sigma) / 4], axis=1))
        loss = tf.reduce_mean(tf.reduce_sum(((clean - x) / out) ** 2, axis=1))
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return loss
    ### END SOLUTION


# %% test="diffusion-step" points=3
model, one = linear(np.zeros((2, 1))), tf.ones((1, 1))
got = train_step(model, descent(0.1), 0 * one, one, one, 1.0)
expect(got, 0.5, "train_step of the example", "a quarter, divided by c_out² = 1/2, before the step")
expect(model.get_weights()[1], [-0.141421], "the bias after the step of the example")
model = linear([[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]])
x, noise = tf.constant([[1.0, 0.0], [2.0, 3.0]]), tf.constant([[1.0, -1.0], [0.0, 2.0]])
sigma = tf.constant([[0.5], [2.0]])
got = compiled(train_step)(model, descent(0.1), x, sigma, noise, 1.5)
why = "y is (1.5, -0.5) and (2, 7), and the loss is the mean of 4.8868 and 7.5524"
expect(got, 6.219614, "train_step of two points in two dimensions, compiled", why)
expect(model.get_weights()[1], [-0.141988, -0.113509], "the bias after that step")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_step(train_step)
### END HIDDEN TESTS


# %% [markdown]
# ### 4.4 Training on the blobs
#
# Each batch has new points and new noise levels: $\ln \sigma$ is normal, with the mean $-0.5$ and the standard
# deviation 1.5. The optimiser keeps a running mean of the network's weights, and that is what we use in the end. It
# scatters less than the last weights.
#
# How low can the loss get here? At each noise level it is `matching_loss` times $\sigma^2 / c_\mathrm{out}^2$. So the
# exact score tells. A network that gives 0 has a loss of about 2, the number of dimensions.
#
# %%
def denoised_by(network, y, sigma, data_sd):
    """D(y, sigma) of a network, with your factors: (n, d) -> (n, d)."""
    skip, out, into = (float(part) for part in preconditioning(sigma, data_sd))
    inputs = np.concatenate([into * y, np.full((len(y), 1), np.log(sigma) / 4)], axis=1)
    return skip * y + out * np.asarray(network(inputs.astype("float32")), dtype=float)


tfk.utils.set_random_seed(SEED)
network = build_network(2, 64)
curve = repeated(train_step, network, draw_mixture, (256, 2), TOY_STEPS, DATA_SD, (-0.5, 1.5), SEED)


def learnt_score(y, sigma):
    """The score that the network has learnt: (n, 2) -> (n, 2)."""
    return (denoised_by(network, y, sigma, DATA_SD) - y) / sigma**2


lowest = lowest_loss(exact_score, matching_loss, preconditioning, held, DATA_SD, (-0.5, 1.5))
print(f"training loss: {curve[-300:].mean():.2f} over the last steps; of the exact score {lowest:.2f}")
levels = np.geomspace(0.03, 10, 12)
off = relative_errors(learnt_score, exact_score, held, levels)
start = 10 * np.random.default_rng(8).normal(size=(2000, 2))
made = np.asarray(heun_sampler(learnt_score, start, noise_levels(24, 10.0)))
figures.learnt(curve, lowest, levels, off, held, made)
show_figure(
    "Three panels: training loss by step, dashed for the exact score; relative error of the score by noise level, both "
    "logarithmic; data in grey and made points in red over both coordinates, which should cover the same three blobs."
)
worst = max(relative_errors(learnt_score, exact_score, held, (0.3, 0.6, 1.2, 2.5, 5.0)))
print(f"relative error of the score: {off[0]:.2f} at σ = {levels[0]:.2f}, at most {worst:.3f} for σ from 0.3 to 5")


# %% [markdown]
# The loss should fall to the dashed line within a few hundredths, and not to 0. At small noise the learnt score is off
# in relative terms, as the middle panel shows: by 0.7 to 1 at $\sigma = 0.03$ in our runs. If it is 3 or more there,
# look at tasks 8 to 10 again. Does it do harm? Make points eight times: with the learnt score, with the exact one, and
# with the exact one below $\sigma = 0.3$ alone.
#
# %%
mended = lambda y, sigma: (learnt_score if sigma > 0.3 else exact_score)(y, sigma)
print("energy distance of 2000 points to the data: mean of eight comparisons ± scatter of a single one")
for name, score in {"learnt": learnt_score, "exact": exact_score, "exact below 0.3": mended}.items():
    draw = lambda n, rng: heun_sampler(score, 10 * rng.normal(size=(n, 2)), noise_levels(24, 10.0))
    print("{:16} {:7.4f} ± {:.4f}".format(name, *mean_and_scatter(draw, draw_mixture)))


# %% [markdown]
# It does no harm that one could measure: where the noise is small, the sampler moves points by tiny amounts. Two tests
# judge your network, with the tests' own sampler: the relative error of the score on new points, the largest at five
# noise levels from 0.3 to 5, must be at most 0.2 (twenty trainings had 0.13 to 0.16), and the energy distance of 2000
# points to 4000 new data at most 0.005. A single number scatters. So the test always draws the same data, for which the
# exact score has -0.0003.
#
# %% test="diffusion-network" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: on new points, the relative error of the score at noise levels from 0.3 to 5 is at most 0.2.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_learnt_score(network, DATA_SD)
### END HIDDEN TESTS

# %% test="diffusion-network" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: 2000 points made with the learnt score have an energy distance to the data of at most 0.005.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_learnt_samples(network, DATA_SD)
### END HIDDEN TESTS


# %% [markdown]
# ## 5 Galaxies
#
# ### 5.1 Stamps in units of their noise
#
# The galaxies are those of `vae`: simulated stamps of 32 × 32 pixels, much like those of Euclid's visible camera. The
# file `galaxy_stamps.py` beside this notebook reads and measures them. `in_units_of_noise` brings pixels to units of
# their own noise: it then has the standard deviation 1 in all of them, at any brightness. `measured` gives the
# magnitude (smaller is brighter), the logarithm of the size in pixels, both ellipticities, and their length, from the
# moments that `vae` explains. It drops stamps that have no positive flux or size.
#
# %%
train_stamps, test_stamps = load_stamps()
rows = in_units_of_noise(train_stamps)
print(f"{len(train_stamps)} stamps to learn from, {len(test_stamps)} held out; {rows.shape[1]} pixels each")


# %% [markdown]
# ### 5.2 Task 11: `principal_components` (3 points)
#
# A dense network for 1024 pixels is large, and most of what it would learn is noise. A galaxy varies in few ways:
# brightness, size, shape, place. *Latent diffusion* (Rombach et al. 2022, arXiv:2112.10752) first turns the data into
# few numbers. Here principal components do that: the directions in which the data vary most.
#
# By hand, in two dimensions: the points $(0, 0)$, $(2, 2)$, $(4, 4)$ have the mean $(2, 2)$. They vary along
# $(1, 1)/\sqrt{2}$ alone, where they are at $-2.83$, 0 and 2.83. The squares add up to 16. Divided by the number of
# points, the variance is $16/3$, and the standard deviation 2.31.
#
# - `rows`: array of shape `(n, p)`: n data with p numbers each. Below, n is 5000 and p is 1024: there, a singular value
#   decomposition of `rows` takes three times as long as the covariance matrix, `(p, p)`, and its eigenvectors
# - `k`: how many components: at most p, and less than n. If the data do not vary along the last, its standard deviation
#   is 0 but for round-off, which must not make it `nan`
# - returns three arrays: the mean, of shape `(p,)`; the k components, of shape `(k, p)`, each of length 1, orthogonal
#   to each other, the one with the largest variance first; and the standard deviations of the data along them, of shape
#   `(k,)`, where the mean of the squares is over n. The sign of a component is yours to choose
#
# <details><summary>Hint 1</summary>
#
# The components are eigenvectors of the covariance matrix of the data. Its eigenvalues are the variances along them.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.linalg.eigh` returns the eigenvalues in rising order, and the eigenvectors as *columns*. You need the last ones
# first, and as rows.
#
# </details>
#
# %% solution="diffusion-components"
def principal_components(rows, k):
    """Mean (p,), the k first principal components (k, p), and standard deviations along them (k,) of rows (n, p)."""
    ### BEGIN SOLUTION: Return the mean, the components and the standard deviations along them.
    mean = rows.mean(axis=0)
    away = rows - mean
    variances, vectors = np.linalg.eigh(away.T @ away / len(rows))
    order = np.argsort(variances)[::-1][:k]
    return mean, vectors[:, order].T, np.sqrt(np.maximum(variances[order], 0))
    ### END SOLUTION


# %% test="diffusion-components" points=3
line = np.array([[0.0, 0.0], [2.0, 2.0], [4.0, 4.0]])
half = np.array([[3.0, 6.0, 6.0], [4.0, 2.0, -4.0], [2.0, -2.0, 1.0]])  # orthogonal, of the lengths 9, 6 and 3
cross = np.concatenate([half, -half]) + 5
axes = {1: [np.full(2, 0.5**0.5)], 2: [[1 / 3, 2 / 3, 2 / 3], [2 / 3, 1 / 3, -2 / 3]]}
for points, k, center, deviations in ((line, 1, [2.0, 2.0], [2.309401]), (cross, 2, [5.0] * 3, [5.196152, 3.464102])):
    name = f"principal_components of {len(points)} points in {len(center)} dimensions, k = {k}"
    got = principal_components(points, k)
    expect(got, {"the mean": center, "the components": ..., "the standard deviations": deviations}, name)
    expect(np.shape(got[1]), [k, len(center)], f"the shape of the components of {name}")
    up = np.asarray(got[1]) * np.sign(np.asarray(got[1])[:, :1])
    expect(up, axes[k], f"the components, turned so that they begin above 0, of {name}", "one in each row")
got = principal_components(np.outer([0.0, 1.0, 2.0, 5.0], [1.0, 2.0, 3.0]), 3)
expect(got[2], [7.0, 0.0, 0.0], "the standard deviations of four points on a line in 3D, k = 3")
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_components(principal_components)
### END HIDDEN TESTS

# %% [markdown]
# The codes are the numbers along 24 components. Most galaxies have small ones, and a few have large ones: these long
# tails are shortened by the function arcsinh. At the end each code has the mean 0 and the standard deviation 1, as a
# diffusion model likes it. Back to a stamp, all steps are undone. What the components leave out is almost pure noise,
# so noise is put in instead.
#
# %%
mean_row, components, spreads = (np.asarray(part) for part in principal_components(rows, 24))
space = CodeSpace(rows, mean_row, components, spreads)
to_codes, to_stamps = space.to_codes, space.to_stamps
codes, test_codes = to_codes(train_stamps), to_codes(test_stamps)
rows_of_stamps({"stamps": test_stamps[:10], "from codes": to_stamps(test_codes[:10], np.random.default_rng(1))})
show_figure(
    "Two rows of ten stamps in grey: held-out galaxies, and the same ones from their 24 codes, with fresh noise. They "
    "should look alike, but for the noise and the finest detail."
)

# %% [markdown]
# ### 5.3 Training on codes
#
# Your network, your step, your sampler. Only the data are others.
#
# %%
tfk.utils.set_random_seed(SEED)
galaxy_network = build_network(24, HIDDEN)
curve = repeated(train_step, galaxy_network, rows_of(codes), (256, 24), STEPS, 1.0, (-0.2, 1.5), SEED)


def galaxy_score(y, sigma):
    """The learnt score of codes: (n, 24) -> (n, 24)."""
    return (denoised_by(galaxy_network, y, sigma, 1.0) - y) / sigma**2


print(f"training loss: {curve[-300:].mean():.2f} over the last steps; a network that gives 0 has about 24")
rng = np.random.default_rng(31)
new_codes = np.asarray(heun_sampler(galaxy_score, 15 * rng.normal(size=(2000, 24)), noise_levels(24, 15.0)))
new_stamps = to_stamps(new_codes, rng)
plain_stamps = to_stamps(rng.multivariate_normal(np.zeros(24), np.cov(codes.T), size=2000), rng)
rows_of_stamps({"real": test_stamps[:10], "diffusion": new_stamps[:10], "Gaussian codes": plain_stamps[:10]})
show_figure(
    "Three rows of ten stamps in grey: held-out galaxies, galaxies by your diffusion model, and galaxies from codes "
    "drawn from one Gaussian with the right covariance."
)

# %% [markdown]
# Our loss ended at 19.0. How low it can get, nobody knows without the exact score. So look at the galaxies first. Can
# you tell them apart? Some from Gaussian codes have shapes that no galaxy has. Then measure, since what looks right can
# still be distributed wrongly. Kolmogorov's and Smirnov's statistic, KS, is the largest distance between two cumulative
# distributions. Codes from one Gaussian have the right means and covariances. Shuffled codes, each column by itself,
# have the right distribution of every code.
#
# %%
shuffled = np.stack([rng.permutation(column) for column in codes.T], axis=1)[:2000]
real = measured(train_stamps)
samples = {"diffusion": new_stamps, "Gaussian codes": plain_stamps, "shuffled codes": to_stamps(shuffled, rng)}
samples |= {"held out, by codes": to_stamps(test_codes, rng), "held out": test_stamps}
values = {name: measured(sample) for name, sample in samples.items()}
figures.histograms_of_measurements(real, {name: values[name] for name in ("diffusion", "Gaussian codes")}, NAMES)
show_figure(
    "Five histograms, of the measured magnitude, logarithm of the size in pixels, e₁, e₂ and |e|: training galaxies in "
    "grey, galaxies by diffusion in blue, from Gaussian codes in red. See where each outline leaves the grey."
)
table_of_statistics(values, real)

# %% [markdown]
# In magnitude and size your galaxies are nearer to real ones than those from Gaussian or shuffled codes, and so are the
# shapes that one can see: of the Gaussian codes more than one in ten give no moments, as the last column tells. But in
# $|e|$ they are hardly nearer, and too few have magnitudes near 22.9. Five numbers, each by itself, do not see all of a
# shape. So look *and* measure.
#
# The last line shows what chance does for 600 real stamps that the model has not seen, and the line above that their
# codes lose little. For 2000 stamps chance does less.
#
# Three tests judge your network with 2000 galaxies of their own, by their own sampler, against 2000
# stamps that are in no release: the largest of the five statistics must be at most 0.14, 0.12 and 0.105, for 2 points
# each. Twenty trainings had 0.068 to 0.086. If the largest is below 0.005, the tests fail, too: real galaxies are not
# as alike.
#
# %% test="diffusion-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in galaxy_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: the largest KS statistic of five measurements is at most 0.14.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_galaxies(galaxy_network, (mean_row, components, spreads), tier=1)
### END HIDDEN TESTS

# %% test="diffusion-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in galaxy_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: the largest KS statistic of five measurements is at most 0.12.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_galaxies(galaxy_network, (mean_row, components, spreads), tier=2)
### END HIDDEN TESTS

# %% test="diffusion-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in galaxy_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: the largest KS statistic of five measurements is at most 0.105.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_galaxies(galaxy_network, (mean_row, components, spreads), tier=3)
### END HIDDEN TESTS


# %% [markdown]
# ### 5.4 Task 12: `nearest` (3 points)
#
# A model that hands out its training examples passes every test above. So ask of each new galaxy how far the nearest
# training example is. By hand: the rows $(0, 0)$ and $(3, 4)$, and the examples $(0, 1)$ and $(6, 8)$. The first is 1
# away from the nearest, example 0. The second is 4.24 away from example 0 and 5 from example 1, so it has 4.24.
# Distances may be far smaller than the numbers themselves, 0.001 between numbers of 1000. So subtract before you
# square.
#
# - `a`: array of shape `(n, d)`
# - `b`: array of shape `(m, d)`
# - returns two arrays of shape `(n,)`: the Euclidean distance of each row of `a` to the nearest row of `b`, and the
#   number of that row, the first of them if several are equally near
#
# There are 2 points for the distances, and 1 for the galaxies that your network makes, below.
#
# <details><summary>Hint 1</summary>
#
# A loop over the rows of `a` is fine: `b - row` has the differences to all of `b`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.argmin` gives the first of the smallest.
#
# </details>
#
# %% solution="diffusion-nearest"
def nearest(a, b):
    """Distances from the rows of a (n, d) to the nearest row of b (m, d), and the numbers of those rows: two (n,)."""
    ### BEGIN SOLUTION: Return the distances to the nearest rows, and the numbers of these.
    squares = [np.sum((b - row) ** 2, axis=1) for row in a]
    return np.sqrt([row.min() for row in squares]), [np.argmin(row) for row in squares]
    ### END SOLUTION


# %% test="diffusion-nearest" points=2
got = nearest(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [6.0, 8.0]]))
expect(got, {"distances": [1.0, 4.242641], "numbers": [0, 0]}, "nearest of the example")
got = nearest(np.array([[6.0, 7.0], [2.0, 2.0]]), np.array([[0.0, 0.0], [6.0, 8.0], [4.0, 4.0]]))
why = "(6, 7) is 1 away from (6, 8); (2, 2) is as far from the rows 0 and 2"
expect(got, {"distances": [1.0, 2.828427], "numbers": [1, 0]}, "nearest of (6, 7) and (2, 2)", why)
got = nearest(np.array([[1000.0, 1000.0]]), np.array([[1001.0, 1000.0], [1000.001, 1000.0]]))
expect(got, {"distances": [0.001], "numbers": [1]}, "nearest of (1000, 1000)", rtol=1e-6, atol=0)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_nearest(nearest)
### END HIDDEN TESTS

# %% [markdown]
# What is near? Held-out galaxies tell: they are real, and nobody copied them. New galaxies should be about as far from
# the training set as these. For comparison, a model that copies: training codes with a little noise.
#
# %%
copied = codes[rng.integers(0, len(codes), 600)] + 0.1 * rng.normal(size=(600, 24))
some = {"held out": test_codes, "diffusion": new_codes[:600], "copies": copied}
away = {name: np.asarray(nearest(found, codes)[0]) for name, found in some.items()}
for name, distances in away.items():
    print(f"{name:10} median distance to the nearest training code {np.median(distances):.2f}")
figures.histograms_of_distances(away)
show_figure(
    "Histogram of the distance to the nearest training code, from 0 to 5 standard deviations, for 600 held-out "
    "galaxies in grey, 600 by diffusion in blue, and 600 planted copies in red, which are near 0.5."
)

# %% [markdown]
# Nearer than the held-out ones would mean copies; much farther, galaxies unlike real ones. Codes from one Gaussian, not
# shown here, are 1.6 times as far. A test makes 2000 galaxies with your network, and divides their median distance by
# that of 2000 held-out ones. The ratio must be at least 0.85 and at most 1.35. In twenty trainings of a right network
# it was 1.07 to 1.09.
#
# %% test="diffusion-nearest" points=1 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in galaxy_network.get_weights()]
assert all(finite), "Some weights of the network are nan or infinite: did the training diverge?"
# Hidden: new galaxies are 0.85 to 1.35 times as far from the training set as held-out ones are.
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_newness(galaxy_network, (mean_row, components, spreads))
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Under a condition
#
# ### 6.1 Task 13: `guidance` (2 points)
#
# You have measured something: $z = H x$ plus Gaussian noise with the standard deviation $r$. Which $x$ are possible
# now? By Bayes' theorem, the score of $p_\sigma(y \mid z)$ is that of $p_\sigma(y)$ plus a pull $u$, the gradient of
# $\ln p(z \mid y)$ for $y$ (Song et al. 2023, ICLR, "pseudoinverse-guided diffusion"). You get it in three steps.
#
# 1. Suppose that $x$ given $y$ is about Gaussian, with the mean $D$ and the covariance $V$. Then $z$ given $y$ is
#    Gaussian, too, with the mean $H D$ and the covariance $S = H V H^\top + r^2 I$.
# 2. When $y$ moves by a little, $D$ moves by $V / \sigma^2$ times that. (By Tweedie's formula, the derivative of $D$ is
#    the matrix $I + \sigma^2 \nabla s$, which is $V / \sigma^2$.) Treat $S$ as constant.
# 3. The gradient of the logarithm of that Gaussian with respect to $y$ is what you want.
#
# By hand, in two dimensions: $D = (0, 1)$, $V$ is the unit matrix, $\sigma = 1$. You have measured the first
# coordinate, $H = (1, 0)$, to be 3, with $r = 1$. Then $S = 2$, $z - H D = 3$, and $u = (1.5, 0)$. If $V$ has ½ off
# its diagonal, the second coordinate learns from the first: $u = (1.5, 0.75)$.
#
# - `denoised`: array of shape `(n, d)`: $D$ for n points
# - `covariance`: array of shape `(n, d, d)`: $V$ for each
# - `z`: array of shape `(m,)`: what was measured, the same for all points
# - `H`: array of shape `(m, d)`
# - `r`, `sigma`: positive numbers
# - returns an array of shape `(n, d)`: $u$ for each point
#
# <details><summary>Hint 1</summary>
#
# In one dimension, the gradient of a Gaussian's logarithm for its *mean* is the distance to the mean divided by the
# variance. Here the mean is $H D$, and the variance the matrix $S$. The chain rule leads on to $D$, and then to $y$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `H @ covariance @ H.T` works for all points at once: `(n, m, m)`. `np.linalg.solve` takes stacks of matrices, and
# stacks of columns: `away[:, :, None]`. A loop over the points is fine, too.
#
# </details>
#
# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    """Gradient (n, d) of ln p(z | y), from mean (n, d) and covariance (n, d, d) of x given y; z = H x + noise r."""
    ### BEGIN SOLUTION: Return the gradient for each point.
    spread = H @ covariance @ H.T + r**2 * np.eye(len(z))
    pull = np.linalg.solve(spread, (z - denoised @ H.T)[:, :, None])
    return (covariance @ H.T @ pull).reshape(denoised.shape) / sigma**2
    ### END SOLUTION


# %% test="diffusion-guidance" points=2
for off, expected in ((0.0, [1.5, 0.0]), (0.5, [1.5, 0.75])):
    given = np.array([[0.0, 1.0]]), np.array([[[1.0, off], [off, 1.0]]]), np.array([3.0]), np.array([[1.0, 0.0]])
    expect(guidance(*given, 1.0, 1.0), [expected], f"guidance of the example, with {off:g} in V")
matrices = np.array([[[2.0, 1.0, 0.0], [1.0, 2.0, 0.0], [0.0, 0.0, 1.0]], np.diag([1.0, 2.0, 3.0])])
clean, H = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
got = guidance(clean, matrices, np.array([3.0, 1.0]), H, 0.5, 2.0)
why = "S is ((2.25, 1), (1, 3.25)) for the first, ((1.25, 0), (0, 5.25)) for the second"
expected = [[0.633663, -0.128713, -0.29703], [0.4, 0.095238, 0.142857]]
expect(got, expected, "guidance of two points by two measured numbers, r = 0.5 and sigma = 2", why)
### BEGIN HIDDEN TESTS
from graders.checks import diffusion as checks

checks.check_guidance(guidance)
### END HIDDEN TESTS


# %% [markdown]
# Two properties of a galaxy, each with the mean 0 and the standard deviation 1, have the correlation 0.95. The first
# has been measured: 1.5, with the error 0.1. What about the second? Here all is Gaussian, so $D$ and $V$ are exact, and
# the answer is known. Against it stand your guidance; and *pasting*: after each step, the first number is replaced by
# the measured one plus noise, whose variance is the sum of those of the present level and of the error, and the sampler
# goes on.
#
# %%
PRIOR, SEEN, ERROR, FIRST = np.array([[1.0, 0.95], [0.95, 1.0]]), np.array([1.5]), 0.1, np.array([[1.0, 0.0]])


def prior_score(y, sigma):
    """The score of the two properties with noise: (n, 2) -> (n, 2)."""
    return -y @ np.linalg.inv(PRIOR + sigma**2 * np.eye(2))


def guided_score(y, sigma):
    """The score given the measurement: (n, 2) -> (n, 2)."""
    score = prior_score(y, sigma)
    covariance = np.linalg.inv(np.linalg.inv(PRIOR) + np.eye(2) / sigma**2)
    clean = np.asarray(denoise(y, score, sigma))
    return score + np.asarray(guidance(clean, np.tile(covariance, (len(y), 1, 1)), SEEN, FIRST, ERROR, sigma))


rng = np.random.default_rng(41)
gain = PRIOR[:, 0] / (PRIOR[0, 0] + ERROR**2)
everything = rng.multivariate_normal(np.zeros(2), PRIOR, size=2000)
start, levels = 80 * rng.normal(size=(2000, 2)), noise_levels(60, 80.0)
answers = {
    "exact": rng.multivariate_normal(gain * SEEN, PRIOR - np.outer(gain, PRIOR[0]), size=2000),
    "guided": np.asarray(heun_sampler(guided_score, start, levels)),
    "pasted": paste_and_denoise(heun_sampler, prior_score, start, levels, SEEN[0], ERROR, rng),
}
for name, sample in answers.items():
    print(f"{name:7} second property {sample[:, 1].mean():.2f} ± {sample[:, 1].std():.2f}")
figures.posteriors(everything, answers, SEEN[0], ERROR)
show_figure(
    "Three panels of the second property against the first, with draws from the prior in grey, along the diagonal, and "
    "a stripe at the measured 1.5 ± 0.1: exact draws given the measurement; guided samples; samples with the measured "
    "number pasted in. The first two lie where the stripe crosses the diagonal."
)

# %% [markdown]
# Exact and guided must agree to a few hundredths, in mean and standard deviation; if not, mend task 13. All pasted
# samples agree with the measurement, and yet they are wrong: the second number is too small and too wide. The score
# that moves it does not contain $\ln p(z \mid y)$, so it hears of the measured one only through noise. Guidance adds
# the right pull at all noise levels. For Gaussian data it is exact. For others it is an approximation, as good as a
# Gaussian is for $x$ given $y$.
#
# %% [markdown] answer="diffusion-trust" points=3
# ## 7 What would you believe?
#
# ### 7.1 Question 1: three claims (3 points, by hand)
#
# 1. A colleague learns the score of points in the plane with the loss of section 1.4, and writes: "The loss is
#    still 1.6 after a day, so the network has not learnt." What do you say, and what would you compute instead?
#    (1 point.)
# 2. Another shows a hundred galaxies from a diffusion model, which nobody can tell from real ones. He wants to
#    calibrate a shear measurement with them. Name two tests that the model should pass first, and what each finds.
#    (1 point.)
# 3. A third fills in the masked pixels of an image by pasting the known pixels into each step. "The known pixels come
#    out right, so this is a draw given the data." What is wrong, and how would you find out? (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: the loss of denoising score matching has a minimum that is not zero, since y does not tell the
# noise; it depends on the noise level and on the data (near d at small noise, near 0 at large). Look at the loss by
# noise level, against a reference (an exact case, a Gaussian fit, another network) or its change, and at the samples.
# The reason and one remedy are needed.
#
# 1 point for the second: two of these, each with what it finds. Measured distributions (size, ellipticity, flux)
# against held-out galaxies, by KS or the like: wrong populations that look right. Nearest training examples against
# those of held-out galaxies: copies. Relations between properties, or a classifier two-sample test: right margins with
# wrong correlations. Noise and PSF properties: wrong shear response.
#
# 1 point for the third: known pixels that agree are not enough. The unknown ones must be drawn from their distribution
# given the known ones, and pasting ignores what the known say about the unknown except through the next step: the
# result is not consistent, or has wrong shares and spreads. Test where the conditional is known (a Gaussian, a
# mixture), or by calibration: mask pixels of held-out images, and see whether the truth is spread as the samples are.
# === END MARK SCHEME ===

# %% [markdown]
# ## 8 What you have learnt
#
# You computed a score exactly, and saw that removing noise gives it. You went back from noise to data in two ways,
# found that small mistakes in the equations show in the samples, and read a density off the smooth way. Then a network
# learnt the score from points alone, and the same few lines made galaxies, from 24 numbers each. You measured them,
# looked for copies, and drew samples that agree with a measurement.
