# Redshifts, and parameters from maps. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Redshifts
#
# Euclid will image more than a billion galaxies. It cannot take a spectrum of each. So the redshift of most of them
# comes from a few colours: a *photometric redshift*. Often two redshifts explain the same colours. Then one number is
# the wrong answer, and a probability density is the right one. In this notebook you know the right density exactly. So
# you see how much a network still lacks. Then you do the same for maps: how much of a cosmological parameter does a map
# hold, and who gets it out, the power spectrum or a network?
#
# **What you will learn**
#
# - to measure how good redshifts are, and why the cut must be stated;
# - to compute the exact density $p(z \mid x)$ on a grid, and the limit that it sets on every other answer;
# - which single redshift is best, and for which loss;
# - to write, build and train a mixture density network, and to judge it by its gap to the limit;
# - why a flat PIT histogram lets a useless answer pass;
# - to stack densities into $n(z)$, and to mend a training set that is not representative;
# - to compute the Fisher information of a map, and to compare a network with the power spectrum.
#
# **Time**: about 240 minutes. There are 14 tasks, worth 50 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import figures
import scipy.signal
import scipy.special
import scipy.stats
from fields import Wrap, gaussian_maps, log_power, ring_powers
from trainer import adam, derivative, descent, line, repeated

# %%
# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
STEPS, MAP_STEPS = {"proof": (3, 2), "laptop": (2000, 300), "gpu": (20000, 3000)}[BUDGET]
HIDDEN, WIDTH = {"proof": (64, 16), "laptop": (64, 16), "gpu": (128, 32)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 Redshifts from colours
#
# ### 1.1 A small sky
#
# A filter measures the mean flux of a galaxy in a band of wavelengths. At redshift $z$, light that left with the
# wavelength $\lambda_0$ arrives with $\lambda = (1 + z) \lambda_0$. So the spectrum slides through the bands as $z$
# grows. Two features tell $z$. At 3900 Å the flux jumps: this *break* is large in old galaxies. Below 1216 Å, the
# Lyman-α line, the hydrogen on the way to us absorbs almost everything.
#
# A *magnitude* is $-2.5 \log_{10}$ of a flux, up to a constant: a smaller one is brighter. The difference of the
# magnitudes in two bands is a *colour*.
#
# Here is a sky simple enough to know everything about it. A galaxy has a redshift $z$, and a type $t$ from 0 (young and
# blue) to 1 (old and red), one of 11, all equally frequent. Five bands measure its magnitudes $x$: u, g, r, i and z,
# whose name has nothing to do with redshift. Each band has an error of its own, from 0.08 to 0.2 magnitudes. All five
# share the brightness of the galaxy, which is unknown: 22 ± 0.8 magnitudes. The spectra are invented, and much smoother
# than real ones.
#
# %%
BANDS = {"u": (3200, 4000), "g": (4100, 5500), "r": (5600, 6900), "i": (7000, 8200), "z": (8300, 9500)}  # Å
ERRORS = np.array([0.2, 0.08, 0.08, 0.1, 0.16])  # magnitudes
COV = np.diag(ERRORS**2) + 0.8**2  # of the five magnitudes around those of a galaxy with brightness 22
TYPES = np.linspace(0, 1, 11)
Z = np.expm1(np.linspace(0, np.log(4.5), 401))  # redshifts of the grid: even steps in ln(1 + z), to 3.5


def spectrum(rest, t):
    """Flux at rest-frame wavelengths in Å, of a galaxy of type t."""
    jump = 1 - (0.15 + 0.75 * t) / (1 + np.exp((rest - 3900) / 120))
    return (rest / 4500) ** (2.5 * t - 1.5) * jump * np.where(rest < 1216, 0.05, 1.0)


def magnitudes(z, t):
    """The five magnitudes of galaxies with brightness 22, without noise: z and t of any shape -> (..., 5)."""
    z, t = np.broadcast_arrays(z, t)
    seen = [np.linspace(*band, 41) / (1 + z[..., None]) for band in BANDS.values()]
    return 22 - 2.5 * np.log10(np.stack([spectrum(rest, t[..., None]).mean(axis=-1) for rest in seen], axis=-1))


def number_density(z, depth=0.7):
    """Galaxies per unit of redshift, not normalised; `depth` is larger for a deeper survey."""
    return z**2 * np.exp(-((z / depth) ** 1.5))


def simulate(n, rng, depth=0.7):
    """n galaxies of a survey: their redshifts (n,) and magnitudes (n, 5)."""
    fine = np.linspace(0, 3.5, 3501)
    below = np.cumsum(number_density(fine, depth))
    z, t = np.interp(rng.uniform(size=n), below / below[-1], fine), rng.choice(TYPES, size=n)
    brightness = rng.normal(0, 0.8, size=(n, 1))
    return z, magnitudes(z, t) + brightness + ERRORS * rng.normal(size=(n, 5))


PREDICTED = magnitudes(Z[:, None], TYPES)  # (401, 11, 5)
N_OF_Z = number_density(Z) / np.trapezoid(number_density(Z), Z)  # the prior p(z)
PRIOR = N_OF_Z[:, None] * np.full(11, 1 / 11)  # the prior p(z, t)
z_held, x_held = simulate(2000, np.random.default_rng(1000 + SEED))  # for you; the tests draw their own
print(f"{len(z_held)} galaxies, redshifts from {z_held.min():.2f} to {z_held.max():.2f}, mean {z_held.mean():.2f}")

# %% [markdown]
# The picture shows where the trouble comes from. One galaxy is near: its break is at 4400 Å, at the blue end of g. The
# other is far: its Lyman-α drop is at 3420 Å, in u. Both have the same bend in their colours, and noise hides the rest:
# $\chi^2 = d^\top C^{-1} d$, for the difference $d$ of their magnitudes and the covariance $C$ (`COV`, section 2.1), is
# smaller than noise alone makes it.
#
# %%
near, far = (0.13, 0.3), (1.81, 0.4)
wavelengths = np.linspace(3000, 9700, 700)
shown = {
    f"redshift {z}, type {t}": (wavelengths, spectrum(wavelengths / (1 + z), t), magnitudes(z, t))
    for z, t in (near, far)
}
figures.photometry(BANDS, shown, ERRORS)
apart = magnitudes(*near) - magnitudes(*far)
print(f"χ² between the two: {apart @ np.linalg.solve(COV, apart):.1f}. Noise alone makes 5 on average, in five bands.")
show_figure(
    "Two panels against the observed wavelength, with the five bands as coloured stripes. Left: the spectra of a near "
    "galaxy, with a break, and of a far one, with a drop at its blue end. Right: their magnitudes less that in r, with "
    "error bars but in r: they agree within these."
)


# %% [markdown]
# ### 1.2 Task 1: `redshift_metrics` (3 points)
#
# Suppose somebody gives you one redshift $\hat z$ for each galaxy. How good are they? Surveys quote three numbers
# (Pasquet et al. 2019, A&A 621, A26, section 4.1). All start from the *residual*, scaled by $1 + z$:
#
# $$ \Delta = \frac{\hat z - z}{1 + z} $$
#
# - the bias: the mean of $\Delta$;
# - $\sigma_\mathrm{MAD}$: a width that outliers do not spoil. Take the median of $\Delta$, then the median of the
#   distances from it, times 1.4826. For a Gaussian it is the standard deviation;
# - $\eta$: the fraction of outliers, with $|\Delta|$ larger than a cut. Without its cut it says nothing.
#
# By hand: the redshifts 0.1, 1, 1.4, 3 and 0.6 for galaxies at 0, 1, 1, 1 and 1 have $\Delta = 0.1, 0, 0.2, 1, -0.2$.
# Their mean is 0.22. Their median is 0.1, the distances from it are 0, 0.1, 0.1, 0.9 and 0.3, with the median 0.1. So
# $\sigma_\mathrm{MAD} = 0.148$. With a cut of 0.15, three of five are outliers: $\eta = 0.6$.
#
# - `z_phot`, `z_true`: arrays of shape `(n,)`; true redshifts are not negative
# - `cut`: a positive number. An object is an outlier if $|\Delta|$ is *above* it
# - returns three numbers: the bias, $\sigma_\mathrm{MAD}$ and $\eta$
#
# <details><summary>Hint 1</summary>
#
# Compute $\Delta$ once, as an array. All three come from it alone.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.median` twice: once for the middle, once for the distances from the middle. The mean of an array of `True` and
# `False` is a fraction.
#
# </details>
#
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    """Bias, sigma_MAD and fraction of outliers of n redshifts; an outlier has |residual| above the cut."""
    ### BEGIN SOLUTION: Return the bias, sigma_MAD and the fraction of outliers.
    residual = (z_phot - z_true) / (1 + z_true)
    width = 1.4826 * np.median(np.abs(residual - np.median(residual)))
    return np.mean(residual), width, np.mean(np.abs(residual) > cut)
    ### END SOLUTION


# %% test="redshifts-metrics" points=3
z_phot, z_true = np.array([0.1, 1.0, 1.4, 3.0, 0.6]), np.array([0.0, 1.0, 1.0, 1.0, 1.0])
expected = {"the bias": 0.22, "sigma_MAD": 0.14826, "eta": 0.6}
why = "the residuals are 0.1, 0, 0.2, 1 and -0.2"
expect(redshift_metrics(z_phot, z_true, 0.15), expected, "redshift_metrics of the example", why)
expected = {"the bias": 0.22, "sigma_MAD": 0.14826, "eta": 0.2}
why = "only the residual of 1 is above the cut"
expect(redshift_metrics(z_phot, z_true, 0.5), expected, "redshift_metrics with the cut 0.5", why)
got = redshift_metrics(np.array([0.25, 1.0]), np.zeros(2), 0.25)
expected = {"the bias": 0.625, "sigma_MAD": 0.555975, "eta": 0.5}
expect(got, expected, "redshift_metrics of residuals 0.25 and 1 with the cut 0.25", "0.25 is not above the cut")
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_metrics(redshift_metrics)
### END HIDDEN TESTS


# %% [markdown]
# ## 2 The exact answer
#
# ### 2.1 Bayes on a grid
#
# Nobody says which of two redshifts a galaxy has, but you can say how probable each is. By Bayes' theorem
#
# $$ p(z \mid x) \propto \sum_t p(x \mid z, t) \, p(z, t) $$
#
# The type is not asked for, so it is summed over. The *prior* $p(z, t)$ says how many galaxies there are of each kind
# (Benítez 2000, ApJ 536, 571). Here it is exactly known: $p(z, t) = n(z) / 11$, where $n(z)$ is the density of all
# redshifts. A grid of redshifts turns all of it into arrays.
#
# The *likelihood* $p(x \mid z, t)$ is known, too: a Gaussian around the magnitudes $m(z, t)$ of a galaxy with
# brightness 22. The unknown brightness shifts all bands together. Integrated over, it adds $0.8^2$ to every element of
# the covariance matrix $C$, whose diagonal has the squared errors of the bands as well.
#
# ### 2.2 Task 2: `log_likelihood` (2 points)
#
# The magnitudes $m$ that a redshift and a type predict are called a *template*. By hand, in one band: you measure
# $x = 22$, a template predicts 21, the error is 0.5. So $x$ is two standard deviations off, and $\ln p = -2$ up to a
# constant. In several bands with the covariance matrix $C$, the same is
#
# $$ \ln p(x \mid z, t) = -\frac{1}{2} \, (x - m)^\top C^{-1} (x - m) + \mathrm{const}, \qquad m = m(z, t) $$
#
# The constant is the same for all $z$ and $t$. Leave it out.
#
# - `x`: array of shape `(n, b)`: n galaxies in b bands
# - `predicted`: array of shape `(n_z, n_t, b)`: $m$ on a grid of redshifts and types
# - `cov`: array of shape `(b, b)`: the covariance matrix
# - returns an array of shape `(n, n_z, n_t)`
#
# <details><summary>Hint 1</summary>
#
# `x[:, None, None, :] - predicted` has all the differences, in the shape `(n, n_z, n_t, b)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Multiply the differences by the inverse of the matrix, then by the differences again, element by element, and add up
# over the bands. `np.einsum` can do it, too.
#
# </details>
#
# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    """-chi^2 / 2 of magnitudes x (n, b) for templates predicted (n_z, n_t, b): (n, n_z, n_t)."""
    ### BEGIN SOLUTION: Return minus half of chi squared for each galaxy, redshift and type.
    difference = x[:, None, None, :] - predicted
    return -0.5 * np.sum(difference @ np.linalg.inv(cov) * difference, axis=-1)
    ### END SOLUTION


# %% test="redshifts-likelihood" points=2
got = log_likelihood(np.array([[22.0]]), np.array([[[21.0], [22.0]]]), np.array([[0.25]]))
expect(got, [[[-2.0, 0.0]]], "log_likelihood of the example", "-2² / 2, and no constant")
cov = np.array([[0.05, 0.04], [0.04, 0.05]])
got = log_likelihood(np.array([[22.0, 22.0]]), np.array([[[21.7, 21.7]], [[21.7, 22.3]]]), cov)
why = "a shared error explains 0.3 too faint in both bands, but not 0.3 off in opposite directions"
expect(got, [[[-1.0], [-9.0]]], "log_likelihood for two bands that share an error", why)
got = log_likelihood(np.array([[22.0, 21.0], [21.0, 25.0]]), np.array([[[21.0, 23.0]]]), np.diag([0.25, 4.0]))
why = "-(4 + 1) / 2 for the first galaxy, and -(0 + 1) / 2 for the second"
expect(got, [[[-2.5]], [[-0.5]]], "log_likelihood of two galaxies in bands with errors of 0.5 and 2", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_likelihood(log_likelihood)
### END HIDDEN TESTS


# %% [markdown]
# ### 2.3 Task 3: `grid_posterior` (4 points)
#
# Turn log-likelihoods and prior into a density in $z$. By hand: one type, the redshifts 0, 1 and 4, equal likelihoods,
# and the prior `[1, 1, 0]`. The product is `[1, 1, 0]`. Its integral by the trapezoidal rule is $\frac{1}{2} (1 + 1)
# \cdot 1 + \frac{1}{2} (1 + 0) \cdot 3 = 2.5$. So the density is `[0.4, 0.4, 0]`. The sum, 2, would not do: the steps
# of the grid differ.
#
# - `log_like`: array of shape `(n, n_z, n_t)`, as above. All its numbers may be far below 0, -5000 say, or far above
# - `prior`: array of shape `(n_z, n_t)`, not negative. Where it is zero, no galaxy has that redshift and type
# - `z`: array of shape `(n_z,)`: rising redshifts, at uneven steps
# - returns an array of shape `(n, n_z)`: for each galaxy a density, whose integral over $z$ by `np.trapezoid` is 1
#
# There are 2 points for moderate numbers, and 2 for the hard ones.
#
# <details><summary>Hint 1</summary>
#
# `np.exp(-5000)` is 0, and then you divide 0 by 0. A constant may be taken away from all log-likelihoods of one galaxy
# first. Which one makes the largest term 1?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The largest term counts only if the prior allows it. So add the logarithm of the prior before you look for the
# largest. The logarithm of 0 is `-inf`, which is right here, whatever NumPy warns of.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `scipy.special.logsumexp` sums over types without leaving the logarithm. Add the logarithm of the prior to its
# argument, as in Hint 2. Its weights `b` look handy, but give `nan` where the prior is 0 and the logarithm is large.
#
# </details>
#
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    """p(z | x) on the grid z (n_z,), from log-likelihoods (n, n_z, n_t) and the prior (n_z, n_t): (n, n_z)."""
    ### BEGIN SOLUTION: Return the normalised density in z of each galaxy.
    with np.errstate(divide="ignore"):
        joint = scipy.special.logsumexp(log_like + np.log(prior), axis=-1)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, z)[:, None]
    ### END SOLUTION


# %% test="redshifts-posterior" points=2
z, log_like = np.array([0.0, 1.0, 4.0]), np.zeros((1, 3, 1))
got = grid_posterior(log_like, np.array([[1.0], [1.0], [0.0]]), z)
expect(got, [[0.4, 0.4, 0.0]], "grid_posterior of the example", "the integral of [1, 1, 0] is 2.5")
like = np.array([[[1.0, 3.0], [2.0, 2.0]], [[1.0, 1.0], [2.0, 4.0]]])
log_like = np.log(like)
got = grid_posterior(log_like, np.array([[1.0, 2.0], [0.5, 1.0]]), np.array([0.0, 1.0]))
why = "the sums of prior times likelihood are 1 + 6 and 1 + 2 for the first galaxy, 1 + 2 and 1 + 4 for the second"
expect(got, [[1.4, 0.6], [0.75, 1.25]], "grid_posterior of two galaxies, for two types", why)
expect(log_like, np.log(like), "log_like, afterwards,", "leave it as it is")
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_posterior(grid_posterior)
### END HIDDEN TESTS

# %% test="redshifts-posterior" points=2
prior, z = np.array([[1.0], [1.0], [0.0]]), np.array([0.0, 1.0, 4.0])
got = grid_posterior(np.array([[[-5000.0]] * 3, [[5000.0]] * 3]), prior, z)
name = "grid_posterior of a galaxy with -5000 everywhere, and one with 5000,"
expect(got, [[0.4, 0.4, 0.0]] * 2, name, "a constant for all of a galaxy changes nothing")
got = grid_posterior(np.array([[[5000.0], [5000.0], [7000.0]]]), prior, z)
why = "a likelihood where the prior is 0 changes nothing"
expect(got, [[0.4, 0.4, 0.0]], "grid_posterior of a galaxy with 5000, 5000 and 7000", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_posterior_far(grid_posterior)
### END HIDDEN TESTS


# %% [markdown]
# ### 2.4 The limit
#
# Now you have the exact answer for every galaxy. Here are four of them.
#
# %%
def exact_posterior(x, prior=PRIOR):
    """p(z | x) on the grid Z for galaxies x (n, 5): (n, 401); in parts, since the whole needs much memory."""
    parts = [grid_posterior(log_likelihood(x[k : k + 200], PREDICTED, COV), prior, Z) for k in range(0, len(x), 200)]
    return np.concatenate(parts)


def log_at(density, z):
    """ln of densities on the grid Z, (n, 401), at one redshift each, (n,)."""
    return np.log([np.interp(one, Z, row) for one, row in zip(z, density, strict=True)])


exact = exact_posterior(x_held)
log_exact = log_at(exact, z_held)
centre = np.trapezoid(Z * exact, Z, axis=1)
spread = np.sqrt(np.trapezoid((Z - centre[:, None]) ** 2 * exact, Z, axis=1))
peaks = np.array([len(scipy.signal.find_peaks(row, prominence=0.1 * row.max())[0]) for row in exact])
four = [*np.flatnonzero((peaks == 1) & (spread < 0.05))[:2], *np.flatnonzero((peaks > 1) & (spread > 0.4))[:2]]
priors = np.tile(N_OF_Z, (4, 1))
figures.densities(Z, {"exact": ("C0-", exact[four]), "n(z)": ("-", priors)}, "density p(z | x)", z_held[four])
show_figure(
    "Four panels of density against redshift, from 0 to 2.6: your exact posterior of a galaxy each, the grey curve "
    "n(z) in all, and a dashed line at the true redshift. Two galaxies have one main peak, two have several."
)
H = -log_exact.mean()
print(f"{np.mean(peaks > 1):.0%} of the galaxies have several peaks, which stand out by a tenth of the highest or more")
of_prior = -np.log(np.interp(z_held, Z, N_OF_Z)).mean()
print(f"mean of -ln p(z | x): exact {H:.3f}, n(z) for all {of_prior:.3f} nats")


# %% [markdown]
# The mean of $-\ln p(z \mid x)$ at the true redshifts estimates the *conditional entropy* $H$ of $z$ given $x$. For any
# other density $q(z \mid x)$, the expectation of $-\ln q$ is larger by a KL divergence, a distance of the two densities
# that is never negative (Goodfellow et al., *Deep Learning*, 2016, section 3.13). So no answer, of whatever network, is
# below $H$ but by chance. The difference is its *gap*. Its unit is the *nat*, since the logarithm is the natural one.
# $H$ is negative here, since densities can be above 1.
#
# Small teeth in the curves are no faults of yours. The mean flux in a band is that of 41 wavelengths, and the sharp
# edge at 1216 Å crosses them one by one.
#
# ### 2.5 Task 4: `best_points` (3 points)
#
# Some want one number all the same. Which one? Three candidates, from a density on a grid:
#
# - the mean: the integral of $z \, p$ by the trapezoidal rule;
# - the median: where the integral from the left reaches ½. Compute that integral at each point of the grid, by the
#   trapezoidal rule, and interpolate linearly between points. In the tests it is not ½ over an interval;
# - the mode: the point of the grid with the highest density, the first of them if there are several.
#
# By hand: $z$ = `[0, 1, 3]` with the density `[0.5, 0.5, 0]`. The integral from the left is `[0, 0.5, 1]`, so the
# median is 1. $z \, p$ is `[0, 0.5, 0]`, and the mean 0.75. The mode is 0.
#
# - `density`: array of shape `(n, n_z)`, normalised: n densities
# - `z`: array of shape `(n_z,)`: rising redshifts, at uneven steps
# - returns three arrays of shape `(n,)`: means, medians and modes
#
# <details><summary>Hint 1</summary>
#
# Between two points of the grid, the integral grows by the width of the step times the mean of the two densities.
# `np.cumsum` adds them up. It starts one point late: put a 0 in front.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.interp(0.5, integral, z)` finds where a rising integral is ½. It takes one row at a time; a loop is fine.
#
# </details>
#
# %% solution="redshifts-points"
def best_points(density, z):
    """Means, medians and modes of n densities (n, n_z) on the grid z (n_z,): three arrays (n,)."""
    ### BEGIN SOLUTION: Return the mean, the median and the mode of each density.
    areas = np.diff(z) * (density[:, 1:] + density[:, :-1]) / 2
    below = np.concatenate([np.zeros((len(density), 1)), np.cumsum(areas, axis=1)], axis=1)
    medians = np.array([np.interp(0.5, row, z) for row in below])
    return np.trapezoid(z * density, z), medians, z[np.argmax(density, axis=1)]
    ### END SOLUTION


# %% test="redshifts-points" points=3
got = best_points(np.array([[0.5, 0.5, 0.0]]), np.array([0.0, 1.0, 3.0]))
expected = {"the mean": [0.75], "the median": [1.0], "the mode": [0.0]}
why = "z times the density is [0, 0.5, 0], and the integral from the left [0, 0.5, 1]"
expect(got, expected, "best_points of the example", why)
got = best_points(np.array([[0.0, 0.25, 0.625], [0.5, 0.5, 0.0]]), np.array([0.0, 1.0, 3.0]))
expected = {"the mean": [2.25, 0.75], "the median": [13 / 7, 1.0], "the mode": [3.0, 0.0]}
why = "the integrals from the left are [0, 0.125, 1] and [0, 0.5, 1]"
expect(got, expected, "best_points of the densities [0, 0.25, 0.625] and [0.5, 0.5, 0] at 0, 1 and 3", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_points(best_points)
### END HIDDEN TESTS

# %% [markdown]
# Each is best for another loss: the mean for the mean square, the median for the mean absolute error, and the mode for
# nearly the fewest outliers, if the cut is small. Look for the smallest number in the columns of these three losses:
# rms, mean |error| and η(0.05).
#
# %%
points = [np.asarray(part) for part in best_points(exact, Z)]
figures.table_of_points(dict(zip(("mean", "median", "mode"), points, strict=True)), z_held, redshift_metrics)

# %% [markdown]
# Only the cut differs between the last two columns. With the cut at 0.05 the mode has the fewest outliers here, with
# the cut at 0.15 the median. They win by few galaxies of 2000: with others, the order may turn. And even the best of
# all answers has outliers. No network will get rid of them. They are in the colours, not in the method.
#
# ## 3 A network that gives a density
#
# ### 3.1 Mixtures
#
# With real galaxies you have no exact likelihood, but examples: colours of galaxies whose spectrum was taken. A
# *mixture density network* (Bishop 1994, Aston University NCRG/94/004) learns $q(z \mid x)$ from such pairs. It gives
# the parameters of a mixture of $K$ Gaussians: logits $\ell_k$, means $\mu_k$ and scales $\sigma_k$,
#
# $$ q(z \mid x) = \sum_k w_k \, \mathcal{N}(z; \mu_k, \sigma_k^2), \qquad w_k = \frac{e^{\ell_k}}{\sum_j e^{\ell_j}} $$
#
# It is trained on the mean of $-\ln q(z \mid x)$: the quantity whose limit you know.
#
# %%
figures.data_flow()
show_figure(
    "A diagram, from left to right: five magnitudes become colours and the r magnitude, which go into a dense network. "
    "It gives K logits, K means and K scales. Together they make a density q(z | x)."
)


# %% [markdown]
# ### 3.2 Task 5: `mixture_log_density` (3 points)
#
# By hand: two components with equal logits, the means -3 and 3, both scales 3. At $z = 0$ both Gaussians have the
# density $e^{-1/2} / (3 \sqrt{2\pi}) = 0.0807$, so the mixture has 0.0807, too, and $\ln q = -2.518$.
#
# - `z`: tensor of shape `(n,)`
# - `logits`, `means`, `scales`: tensors of shape `(n, K)`; scales are positive. All four have the same float type
# - returns a tensor of shape `(n,)`: $\ln q(z)$ for each object
#
# Use TensorFlow, not NumPy: gradients have to pass through. Logits may be as large as 1000, and $z$ may be a hundred
# scales from every mean. The logarithm is an ordinary number there, and so must yours be.
#
# <details><summary>Hint 1</summary>
#
# Never leave the logarithm. First write down the logarithm of one term, $\ln w_k + \ln \mathcal{N}$. Then you need the
# logarithm of a sum of exponentials of these.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.nn.log_softmax` makes $\ln w_k$ of logits, and `tf.reduce_logsumexp` is what its name says. `z[:, None]` stands
# beside `(n, K)`.
#
# </details>
#
# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    """ln of a mixture of Gaussians at z (n,), with logits, means and scales (n, K): a tensor (n,)."""
    ### BEGIN SOLUTION: Return the log density of the mixture for each object.
    log_normals = -0.5 * ((z[:, None] - means) / scales) ** 2 - tf.math.log(scales) - 0.5 * np.log(2 * np.pi)
    return tf.reduce_logsumexp(tf.nn.log_softmax(logits) + log_normals, axis=1)
    ### END SOLUTION


# %% test="redshifts-mixture" points=3
zero, three = tf.zeros(1), tf.constant([[3.0, 3.0]])
got = mixture_log_density(zero, 0 * three, tf.constant([[-3.0, 3.0]]), three)
expect(got, [-2.517551], "mixture_log_density of the example", "ln 0.0807")
logits, means, scales = np.log([3.0, 1.0]), [0.0, 2.0], [1.0, 0.5]
parts = (tf.constant([part, part], tf.float32) for part in (logits, means, scales))
got = mixture_log_density(tf.constant([0.0, 2.0]), *parts)
why = "the weights are 3/4 and 1/4, and the second Gaussian is the narrow one"
expect(got, [-1.206397, -1.427265], "mixture_log_density of two unequal components", why)
why = "the second component has the weight exp(-1000), and is still the nearer one"
parts = (tf.constant([part]) for part in ([1000.0, 0.0], [100.0, 0.0], [1.0, 1.0]))
got = mixture_log_density(zero, *parts)
expect(got, [-1000.918939], "mixture_log_density for the logits 1000, 0 and means 100, 0", why, rtol=1e-5)
one = tf.ones((1, 1))
got = derivative(mixture_log_density, [3.0], 0 * one, one, 2 * one)
assert got is not None, "No gradient passes through mixture_log_density: use TensorFlow throughout."
why = "-(z - mean) / scale² for one component"
expect(got, [-0.5], "the derivative by z at 3, for the mean 1 and the scale 2,", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_mixture(mixture_log_density)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.3 Task 6: `mixture_parameters` (2 points)
#
# A network gives $3K$ raw numbers, which can be anything. Logits and means can be anything, too. But a scale must be
# positive. And it is good if the components begin at different places. So with raw numbers $a$, $b$, $c$ and fixed
# centres
#
# $$ \ell_k = a_k, \qquad \mu_k = \mathrm{centre}_k + b_k, \qquad \sigma_k = 0.005 + \ln \left( 1 + e^{c_k} \right) $$
#
# The last function is the *softplus*. The smallest scale, 0.005, keeps a component from collapsing onto one galaxy.
#
# - `raw`: tensor of shape `(n, 3 * K)`. The first K columns are for the logits, the next K for the means, the last K
#   for the scales
# - `centres`: array of shape `(K,)`, of the same float type
# - returns three tensors of shape `(n, K)`: logits, means and scales
#
# For example, six raw zeros with the centres `[1, 2]` give the logits `[0, 0]`, the means `[1, 2]`, and the scales
# `[0.698, 0.698]`, since $0.005 + \ln 2 = 0.698$. Use TensorFlow again: gradients have to pass.
#
# <details><summary>Hint 1</summary>
#
# `len(centres)` is K.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.split(raw, 3, axis=1)` cuts into three equal parts.
#
# </details>
#
# %% solution="redshifts-parameters"
def mixture_parameters(raw, centres):
    """Logits, means and scales, tensors (n, K), from raw numbers (n, 3 K) and the centres (K,) of the means."""
    ### BEGIN SOLUTION: Return the logits, the means and the scales.
    logits, shifts, widths = tf.split(raw, 3, axis=1)
    return logits, centres + shifts, 0.005 + tf.nn.softplus(widths)
    ### END SOLUTION


# %% test="redshifts-parameters" points=2
raw = tf.constant([[0.0, 0.0, 0.0, 0.5, 0.0, 1.0]])
got = mixture_parameters(raw, np.array([1.0, 2.0], "float32"))
expected = {"logits": [[0.0, 0.0]], "means": [[1.0, 2.5]], "scales": [[0.698147, 1.318262]]}
expect(got, expected, "mixture_parameters of 0, 0, 0, 0.5, 0, 1 and centres 1, 2", "K is 2")
raw = tf.constant([[1.0, 2.0, 3.0, 0.1, 0.2, 0.3, 0.0, 1.0, 200.0]])
got = mixture_parameters(raw, np.array([0.0, 1.0, 5.0], "float32"))
expected = {"logits": [[1.0, 2.0, 3.0]], "means": [[0.1, 1.2, 5.3]], "scales": [[0.698147, 1.318262, 200.005]]}
expect(got, expected, "mixture_parameters of 1, 2, 3, 0.1, 0.2, 0.3, 0, 1, 200", "K is 3, and ln(1 + exp(200)) is 200")
got = derivative(mixture_parameters, [[0.0, 0.0, 0.0]], np.array([1.0], "float32"))
assert got is not None, "No gradient passes through mixture_parameters: use TensorFlow throughout."
why = "the derivatives of a logit, a mean and a scale by their raw number at 0"
expect(got, [[1.0, 1.0, 0.5]], "the derivative of all by three raw zeros", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_parameters(mixture_parameters)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.4 Task 7: `build_network` (8 points)
#
# Build a dense network that takes the features of a galaxy and gives $3K$ raw numbers.
#
# - `n_inputs`: the number of features
# - `n_components`: the number $K$ of components
# - `hidden`: the number of neurons in each hidden layer. Use two or three hidden layers, with ReLU or a relative of it
#   (`"relu"`, `"gelu"`, `"silu"`). Three are safer. A sigmoid learns too slowly here
# - returns a Keras model that has its weights (it starts with `tfk.Input`, or was called once), from
#   `(None, n_inputs)` to `(None, 3 * n_components)`. Each raw number depends on all features, and can be any real
#   number. All layers are trainable. Each call makes new ones
#
# There are 2 points for the network, and 6 when it is trained, in section 3.6.
#
# <details><summary>Hint 1</summary>
#
# `tfk.Sequential` of `tfk.Input(shape=...)`, dense layers, and one more dense layer.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Which activation can the last layer have, if each raw number may be any real number?
#
# </details>
#
# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    """A dense network from n_inputs features to 3 n_components raw numbers."""
    ### BEGIN SOLUTION: Return a network with two or three hidden layers and 3 n_components outputs.
    inner = [tfkl.Dense(hidden, "silu") for _ in range(3)]
    return tfk.Sequential([tfk.Input(shape=(n_inputs,)), *inner, tfkl.Dense(3 * n_components)])
    ### END SOLUTION


# %% test="redshifts-network" points=2
model = build_network(4, 3, 8)
assert model is not None, "build_network(4, 3, 8) is None: is there a return statement?"
assert model.get_weights(), "build_network(4, 3, 8) has no weights yet: does it start with tfk.Input?"
rng = np.random.default_rng(4)  # large weights, since a last layer may start at zero
large = [10 * rng.normal(size=np.shape(w)) if np.ndim(w) > 1 else w for w in model.get_weights()]
model.set_weights(large)
x, step = rng.normal(size=(50, 4)).astype("float32"), np.ones(4, "float32")
got, low, high = (np.asarray(model(at)) for at in (x, x - step, x + step))
expect(got.shape, [50, 9], "the shape of what build_network(4, 3, 8) gives for 50 rows")
assert np.isfinite(got).all(), "build_network(4, 3, 8) gives numbers that are nan or infinite."
assert min(-got.min(), got.max()) > 10, (
    f"With large weights, build_network(4, 3, 8) gives numbers from {got.min():.3g} to {got.max():.3g}, "
    "expected any real numbers: which activation has the last layer?"
)
assert not np.allclose(low + high, 2 * got, atol=1e-4 * np.abs(got).max()), (
    "build_network(4, 3, 8) gives straight lines: where are hidden layers with an activation?"
)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_network(build_network)
### END HIDDEN TESTS


# %% [markdown]
# ### 3.5 Task 8: `train_step` (3 points)
#
# Write one step of training, for a network and a loss that are given.
#
# - `model`: a network without dropout or batch normalisation: training mode makes no difference. Layers of it that are
#   not trainable stay as they are
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `loss_function`: `loss_function(target, answer)`, with what the network gives as the answer, returns a tensor: one
#   number
# - `x`, `target`: tensors: a batch
# - returns the loss *before* the step, as a tensor: not `float(...)` of it
#
# By hand: the network $w x$ with $w = 2$, the squared error as the loss, $x = 1$ and the target 0 have the loss 4. Its
# derivative is $2 w x^2 = 4$. A gradient descent with the rate 0.1 takes $w$ to 1.6. In the test, `line` makes this
# network, and `descent` and `adam` make optimisers. The notebook compiles your function with `tf.function`, so use
# TensorFlow.
#
# <details><summary>Hint 1</summary>
#
# A `tf.GradientTape` records what happens inside its `with` block. What must be inside?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The network must be called inside, and the loss computed. Outside, `tape.gradient` takes the loss and a list of
# variables. Which ones may move?
#
# </details>
#
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    """Moves a network by one step on a batch; returns its loss before the step."""
    ### BEGIN SOLUTION: Take the gradient of the loss with respect to the variables of the network, and apply it.
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
    ### END SOLUTION


# %%
def squared_error(target, answer):
    """The mean square of the differences."""
    return tf.reduce_mean((target - answer) ** 2)


def lopsided(target, answer):
    """The mean square of the answers less three times the targets."""
    return tf.reduce_mean((answer - 3 * target) ** 2)


# %% test="redshifts-step" points=3
model, x, target = line(), tf.constant([[1.0]]), tf.constant([[0.0]])
loss = train_step(model, descent(0.1), squared_error, x, target)
expect(loss, 4.0, "train_step of the example", "the loss before the step")
plain = isinstance(loss, (int, float, np.generic))
assert not plain, "train_step returns a plain number, expected a tensor."
expect(model.get_weights()[0], [[1.6]], "the weight after the step", "2 - 0.1 * 4")
model, target = line(), tf.constant([[3.0]])
got = train_step(model, adam(0.1, model), lopsided, x, target)
why = "(2 - 3 * 3)², by the loss that is given, whose first argument is the target"
expect(got, 49.0, "train_step with the loss `lopsided`, x = 1 and the target 3", why)
why = "Adam's first step is as long as its rate, 0.1, whatever the derivative"
expect(model.get_weights()[0], [[2.1]], "the weight after a step by Adam", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_step(train_step)
### END HIDDEN TESTS

# %% [markdown]
# ### 3.6 Training
#
# The network sees 60 000 galaxies, for as many steps as `STEPS` says, with batches of 256. Its features are the four
# colours, and the magnitude in r.
#
# %%
K = 6
CENTRES = np.linspace(0.2, 2.2, K).astype("float32")


def features(x):
    """Four colours, and the magnitude in r less 22: (n, 5) -> (n, 5), in float32."""
    return np.concatenate([x[:, :-1] - x[:, 1:], x[:, 2:3] - 22], axis=1).astype("float32")


def mixture_loss(z, raw):
    """The mean of -ln q(z | x) over a batch."""
    return -tf.reduce_mean(mixture_log_density(z, *mixture_parameters(raw, CENTRES)))


z_train, x_train = simulate(60000, np.random.default_rng(SEED))
tfk.utils.set_random_seed(SEED)
network = build_network(5, K, HIDDEN)
data = features(x_train), z_train.astype("float32")
curve = repeated(train_step, network, mixture_loss, data, 256, STEPS, 3e-3, SEED)

# %% [markdown]
# Its loss, against the limit. The dotted line is the best that *one* Gaussian a galaxy can do: the one with the mean
# and the variance of the exact density.
#
# %%
raw_held = network(features(x_held))
z_tensor = tf.constant(z_held, tf.float32)
log_network = np.asarray(mixture_log_density(z_tensor, *mixture_parameters(raw_held, CENTRES)))
log_single = scipy.stats.norm.logpdf(z_held, centre, spread)
figures.losses(curve, -log_network.mean(), H, -log_single.mean())
show_figure(
    "Loss in nats against the training step: your network in training, and horizontal lines for your network on "
    "held-out galaxies, for the exact density, and for the best single Gaussian. No line should be below the exact one."
)
print(f"the limit H: {H:.3f} ± {log_exact.std() / np.sqrt(len(log_exact)):.3f} nats")
for name, log_q in (("your network", log_network), ("one Gaussian, the best", log_single)):
    off = log_exact - log_q
    print(f"gap of {name}: {off.mean():.3f} ± {off.std() / np.sqrt(len(off)):.3f} nats")

# %% [markdown]
# The gap is a mean of differences, galaxy by galaxy. The closer two densities are, the smaller is its error, since both
# have bad luck with the same galaxies. $H$ has no partner to share bad luck with.
#
# Three tests judge your network on 4000 new galaxies. The gap must be at most 0.35, 0.22 and 0.15 nats, for 2 points
# each. The second of them asks, roughly, for more than any single Gaussian gives. The gap must not be below zero by
# more than 5 standard errors: no density can be.
#
# %% test="redshifts-network" points=2 needs="training"
got = np.asarray(network(features(x_held)))
expect(got.shape, [len(x_held), 3 * K], "the shape of network(features(x_held))")
assert np.isfinite(got).all(), "Some raw numbers are nan or infinite: did the training diverge?"
# Hidden: on 4000 new galaxies, the gap is at most 0.35 nats.
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_gap(network, tier=1)
### END HIDDEN TESTS

# %% test="redshifts-network" points=2 needs="training"
got = np.asarray(network(features(x_held)))
expect(got.shape, [len(x_held), 3 * K], "the shape of network(features(x_held))")
assert np.isfinite(got).all(), "Some raw numbers are nan or infinite: did the training diverge?"
# Hidden: on 4000 new galaxies, the gap is at most 0.22 nats.
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_gap(network, tier=2)
### END HIDDEN TESTS

# %% test="redshifts-network" points=2 needs="training"
got = np.asarray(network(features(x_held)))
expect(got.shape, [len(x_held), 3 * K], "the shape of network(features(x_held))")
assert np.isfinite(got).all(), "Some raw numbers are nan or infinite: did the training diverge?"
# Hidden: on 4000 new galaxies, the gap is at most 0.15 nats.
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_gap(network, tier=3)
### END HIDDEN TESTS


# %% [markdown]
# The same four galaxies as before, and what your network says about them.
#
# %%
def network_density(x):
    """Densities of your network on the grid Z: (n, 5) -> (n, 401), normalised there."""
    parts = [tf.repeat(part, len(Z), axis=0) for part in mixture_parameters(network(features(x)), CENTRES)]
    log_q = mixture_log_density(tf.constant(np.tile(Z, len(x)), tf.float32), *parts)
    density = np.exp(np.asarray(log_q, dtype=float)).reshape(len(x), len(Z))
    return density / np.trapezoid(density, Z, axis=1)[:, None]


learnt = network_density(x_held)
both = {"exact": ("C0-", exact[four]), "your network": ("C3--", learnt[four])}
figures.densities(Z, both, "density", ())
show_figure(
    "Four panels of density against redshift, from 0 to 2.6, for the same galaxies as before: the exact density as a "
    "solid line, and that of your network, dashed. Do the large peaks agree? Small teeth are in the exact one alone."
)


# %% [markdown]
# The main peaks are there, but two near ones may run together, and weights may be off by a tenth or so. The rest of
# the gap is in the height of a sharp peak, or the valley between two.
#
# ## 4 Is the density right?
#
# ### 4.1 Task 9: `pit` (3 points)
#
# With real data there is no exact density. A usual test is the *probability integral transform* (PIT): the integral of
# $p(z \mid x)$ from the left up to the true redshift. If the densities are right, the truth is below the median in half
# of all cases, and below the 10% point in a tenth. So the PIT is uniform between 0 and 1.
#
# By hand: $z$ = `[0, 1, 3]` with the density `[0.5, 0.5, 0]` has the integral `[0, 0.5, 1]` at its points. Linear
# interpolation gives the PIT 0.25 for the truth 0.5, and 0.75 for the truth 2.
#
# - `density`: array of shape `(n, n_z)`, normalised
# - `z`: array of shape `(n_z,)`: rising redshifts, at uneven steps
# - `z_true`: array of shape `(n,)`: the truth of each object. Left of the grid the PIT is 0, right of it 1
# - returns an array of shape `(n,)`: the integral by the trapezoidal rule at the points of the grid, interpolated
#   linearly between them
#
# <details><summary>Hint 1</summary>
#
# You have computed the integral from the left for the medians.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For a median you looked for the redshift where it is ½. Here you look for its value at a redshift: `np.interp` with
# its last two arguments exchanged.
#
# </details>
#
# %% solution="redshifts-pit"
def pit(density, z, z_true):
    """The integral of n densities (n, n_z) on the grid z (n_z,) from the left up to z_true (n,): (n,)."""
    ### BEGIN SOLUTION: Return the integral up to the truth of each object.
    areas = np.diff(z) * (density[:, 1:] + density[:, :-1]) / 2
    below = np.concatenate([np.zeros((len(density), 1)), np.cumsum(areas, axis=1)], axis=1)
    return np.array([np.interp(z_true[i], z, below[i]) for i in range(len(z_true))])
    ### END SOLUTION


# %% test="redshifts-pit" points=3
z, density = np.array([0.0, 1.0, 3.0]), np.array([[0.5, 0.5, 0.0]] * 3)
got = pit(density, z, np.array([0.5, 2.0, 3.5]))
expect(got, [0.25, 0.75, 1.0], "pit of the example", "the integral, [0, 0.5, 1], is linear between points of the grid")
density = np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.25], [0.0, 0.5, 0.25]])
got = pit(density, z, np.array([0.5, 2.0, -1.0]))
why = "the integrals from the left are [0, 1, 1] and twice [0, 0.25, 1]"
expect(got, [0.5, 0.625, 0.0], "pit of three densities", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_pit(pit)
### END HIDDEN TESTS

# %% [markdown]
# Now four answers: the exact density; your network; the exact density made too narrow, by squaring it; and $n(z)$
# itself for every galaxy, whatever its colours. The table has the largest distance between the cumulative distribution
# of the PIT and the uniform one (the Kolmogorov-Smirnov distance), and the gap. By chance, 2000 right answers are
# farther than 0.030 in one case of 20.
#
# %%
narrow = exact**2 / np.trapezoid(exact**2, Z, axis=1)[:, None]
answers = {"exact": exact, "your network": learnt, "exact, squared": narrow, "n(z) for all": np.tile(N_OF_Z, (2000, 1))}
ranks = {name: np.asarray(pit(density, Z, z_held)) for name, density in answers.items()}
gaps = [np.mean(log_exact - log_at(density, z_held)) for density in answers.values()]
figures.histograms_of_pit(ranks, [scipy.stats.kstest(row, "uniform").statistic for row in ranks.values()], gaps)
show_figure(
    "Four histograms of your PIT, from 0 to 1 in 20 bins, with a line at 100 galaxies a bin: for the exact density, "
    "for your network, for the exact density squared, and for n(z). Flat is what right densities give."
)


# %% [markdown]
# $n(z)$ has learnt nothing from the colours, and its PIT is flat within chance, like that of the exact answer. Squared
# densities pile up at both ends: the truth is too often in a tail. So the PIT finds what is too sharp or too wide on
# average. The gap says whether the densities are sharp where they can be. Look at both.
#
# ### 4.2 Task 10: `bin_densities` (3 points)
#
# Weak lensing sorts galaxies into *tomographic bins* by a point estimate. Then it needs $n(z)$ of each bin: how the
# true redshifts are spread. That is the mean of the densities of the galaxies in the bin, for $p(z \mid \mathrm{bin})$
# is the mean of $p(z \mid x)$ over them. A histogram of point estimates is something else.
#
# By hand: three galaxies with the points 0.2, 0.5 and 0.9, and the edges `[0, 0.5, 1, 2]`. The first is in bin 0. The
# second is on an edge, and belongs to the bin on its right, with the third. Bin 2 is empty.
#
# - `density`: array of shape `(n, n_z)`
# - `points`: array of shape `(n,)`: a point estimate for each galaxy
# - `edges`: array of shape `(m + 1,)`, rising. Bin $i$ holds the points with `edges[i] <= point < edges[i + 1]`. Points
#   outside of all bins are left out
# - returns an array of shape `(m, n_z)`: the mean density of each bin, or zeros where a bin is empty
#
# <details><summary>Hint 1</summary>
#
# A loop over the bins is fine. For each, an array of `True` and `False` says who is inside.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The mean of no rows is `nan`. Start with an array of zeros, and fill those rows that have galaxies.
#
# </details>
#
# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    """Mean densities (m, n_z) of the objects whose points (n,) are in each of m bins, from densities (n, n_z)."""
    ### BEGIN SOLUTION: Return the mean density of each bin, zeros for an empty one.
    stacked = np.zeros((len(edges) - 1, density.shape[1]))
    for i in range(len(stacked)):
        inside = (points >= edges[i]) & (points < edges[i + 1])
        if inside.any():
            stacked[i] = density[inside].mean(axis=0)
    return stacked
    ### END SOLUTION


# %% test="redshifts-bins" points=3
density, three = np.array([[1.0, 0.0], [0.5, 0.5], [0.1, 0.9]]), np.array([0.2, 0.5, 0.9])
got = bin_densities(density, three, np.array([0.0, 0.5, 1.0, 2.0]))
why = "0.5 is on an edge, and belongs to bin 1. Bin 2 is empty."
expect(got, [[1.0, 0.0], [0.3, 0.7], [0.0, 0.0]], "bin_densities of the example", why)
got = bin_densities(density, three, np.array([0.3, 0.6, 0.9]))
why = "the first point is left of all edges, and the last is on the last edge: both are out"
expect(got, [[0.5, 0.5], [0.0, 0.0]], "bin_densities with the edges 0.3, 0.6 and 0.9", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_bins(bin_densities)
### END HIDDEN TESTS

# %% [markdown]
# Four bins, by the mode of the exact density. Compare the mean redshift of each: the true one, that of your stacked
# densities, and the mean of the modes, which is what their histogram has.
#
# %%
EDGES = np.array([0.0, 0.4, 0.8, 1.3, 3.5])
stacked = np.asarray(bin_densities(exact, points[2], EDGES))
inside = [np.digitize(points[2], EDGES) == number for number in (1, 2, 3, 4)]
figures.tomographic_bins(Z, stacked, [(z_held[rows], points[2][rows]) for rows in inside], EDGES)
show_figure(
    "Four panels, one for each tomographic bin, of density against redshift, from 0 to 3.5: a grey histogram of true "
    "redshifts, your stacked densities as a line, and the bin as a stripe. True redshifts reach out of the bins."
)


# %% [markdown]
# Stacked densities have the true means, within about two errors. Modes do not: they are too low in the first three
# bins, in the third by little, and too high in the last. Galaxies whose redshift is in another peak are in the bin,
# too: in the first bin, so many that the true mean lies outside of it. Means of densities as points would average to
# the right mean, but their histogram is still too narrow.
#
# The first bin has two peaks by chance: it has few galaxies. The small teeth in the last bin are those of section 2.4.
# The valley at 2.2 and the spike at 2.28 are chance, too. Before $z = 2.29$, where the edge at 1216 Å leaves the band
# u, the magnitude in u changes fast. So densities are narrow there, and a few galaxies make a peak. Other galaxies have
# theirs elsewhere.
#
# ### 4.3 Task 11: `reweight` (3 points)
#
# Suppose that near galaxies have a spectrum more often than far ones. A network that has learnt from them has learnt
# their $n(z)$, too. Call that the old prior. If galaxies at a given redshift have the same distribution $p(x \mid z)$
# of magnitudes in both samples, then only the prior is wrong. A cut in brightness changes $p(x \mid z)$, and is not
# mended by another prior. By Bayes' theorem
#
# $$ p_\mathrm{old}(z \mid x) \propto p(x \mid z) \, n_\mathrm{old}(z), \qquad
# p_\mathrm{new}(z \mid x) \propto p(x \mid z) \, n_\mathrm{new}(z) $$
#
# What must you multiply the old density by, to have the new one up to a constant?
#
# By hand: the density `[1, 1]` at $z$ = `[0, 1]`, old `[1, 2]`, new `[1, 6]`. The product is `[1, 3]`, its integral 2,
# and the result `[0.5, 1.5]`.
#
# - `density`: array of shape `(n, n_z)`, normalised
# - `old`, `new`: arrays of shape `(n_z,)`, not negative, and not normalised. Where the old one is zero, nothing was
#   learnt: the result is zero there. Each row of `density` has a redshift at which all three are above zero
# - `z`: array of shape `(n_z,)`: rising redshifts, at uneven steps
# - returns an array of shape `(n, n_z)`, normalised by the trapezoidal rule
#
# <details><summary>Hint 1</summary>
#
# Divide one formula by the other: $p(x \mid z)$ cancels. What is left is an array of shape `(n_z,)`, the same for all
# galaxies.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.divide` has an argument `where`: it divides there, and leaves elsewhere what its argument `out` had.
#
# </details>
#
# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    """Densities (n, n_z) on the grid z (n_z,), with the prior old (n_z,) exchanged for new (n_z,): (n, n_z)."""
    ### BEGIN SOLUTION: Return the normalised densities under the new prior.
    seen = old > 0
    changed = np.zeros(density.shape)
    changed[:, seen] = density[:, seen] * new[seen] / old[seen]
    return changed / np.trapezoid(changed, z)[:, None]
    ### END SOLUTION


# %% test="redshifts-reweight" points=3
flat, z = np.array([[1.0, 1.0]]), np.array([0.0, 1.0])
got = reweight(flat, np.array([1.0, 2.0]), np.array([1.0, 6.0]), z)
expect(got, [[0.5, 1.5]], "reweight of the example", "both priors count")
expect(flat, [[1.0, 1.0]], "the given density, afterwards,", "make a new array")
density, z = np.array([[0.4, 0.4, 0.0], [0.0, 0.2, 0.4]]), np.array([0.0, 1.0, 4.0])
got = reweight(density, np.array([1.0, 2.0, 0.0]), np.ones(3), z)
why = "0 where the old prior is 0, and each integral is 1"
expect(got, [[2 / 3, 1 / 3, 0.0], [0.0, 0.5, 0.0]], "reweight of two densities from the prior [1, 2, 0] to 1", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_reweight(reweight)
### END HIDDEN TESTS

# %% [markdown]
# Two old priors. One is of a shallow survey, which thins out at high redshift but ends nowhere. The other is cut: it
# has no galaxy beyond $z = 1$. Each line has the gap to the exact density, on the sample that you know. The
# densities are exact for their own prior, so nothing but the prior is wrong.
#
# %%
shallow = number_density(Z, 0.45)
for name, old in (("shallow", shallow), ("cut at z = 1", np.where(Z < 1, N_OF_Z, 0.0))):
    wrong = exact_posterior(x_held[:1000], np.maximum(old, 0)[:, None] * np.full(11, 1 / 11))
    mended = np.asarray(reweight(wrong, old, N_OF_Z, Z))
    with np.errstate(divide="ignore"):
        gaps = [np.mean(log_exact[:1000] - log_at(density, z_held[:1000])) for density in (wrong, mended)]
    print(f"old prior {name:13} gap {gaps[0]:.3f} before, {gaps[1]:z.3f} after reweighting")

# %% [markdown]
# The shallow prior can be mended without a loss. The other cannot: its gap is infinite, since some galaxies have a
# redshift that it calls impossible. What was never seen no weight brings back.

# %% [markdown]
# ## 5 A parameter from a map
#
# ### 5.1 Maps with a slope
#
# A map of the density contrast, the density over its mean less 1, holds cosmological parameters in its *power
# spectrum*, the mean square of its Fourier modes. Here is the simplest case: a square map with 16 × 16 pixels,
# periodic, and $P(k) \propto k^{-s}$. Its variance is 1, whatever the slope $s$. The slope is what you want to know.
# The prior is uniform between 1 and 3.
#
# A Gaussian map $g$ is white noise, filtered in Fourier space. A log-normal map has the same modes at first, but then
# every pixel becomes $\delta = e^{g - 1/2} - 1$. That is closer to the real sky: peaks are high, and voids are shallow.
# Nothing gets lost, since $g = \ln(1 + \delta) + \frac{1}{2}$. The four maps below have the same random numbers. The
# colours end at -2 and 4: a Gaussian map can be below -1, a log-normal one cannot.
#
# `fields.py`, beside this notebook, has `log_power(slope)`, which gives $\ln P$ of each mode, with 0 at $k = 0$, and
# `gaussian_maps(slope, rng)`, which draws a map for each slope.
#
# %%
def lognormal(g):
    """The log-normal density contrast of Gaussian maps."""
    return np.exp(g - 0.5) - 1


rng = np.random.default_rng(2000 + SEED)
slope_held = rng.uniform(1, 3, size=2000)
g_held = gaussian_maps(slope_held, rng)
shown = {}
for slope in (1, 3):
    g = gaussian_maps(np.array([slope]), np.random.default_rng(5))[0]
    shown |= {f"Gaussian, slope {slope}": g, f"log-normal, slope {slope}": lognormal(g)}
figures.maps(shown)
show_figure(
    "Four maps of 16 by 16 pixels, with their values in colour: a Gaussian and a log-normal map with slope 1, "
    "which are rough, and both with slope 3, which have large smooth patches. Log-normal maps have few high peaks."
)


# %% [markdown]
# ### 5.2 Task 12: `fisher_matrix` (3 points)
#
# How well can anybody measure the slope? The Fourier grid of a real map holds one independent Gaussian number a cell.
# (Most modes are complex: two numbers, in the two cells $k$ and $-k$. A few are real: one number, in one cell.) Each
# has a variance proportional to $P_k$, and half of the squared derivative of $\ln P_k$ is its information on a
# parameter. Together they have the *Fisher matrix* (Tegmark, Taylor & Heavens 1997, ApJ 480, 22)
#
# $$ F_{ij} = \frac{1}{2} \sum_{k \ne 0} \frac{\partial \ln P_k}{\partial \theta_i}
# \frac{\partial \ln P_k}{\partial \theta_j} $$
#
# No unbiased estimate of a single parameter has an error below $1 / \sqrt{F}$ (Cramér and Rao). The sum is over all
# cells of the Fourier grid but $k = 0$.
#
# By hand: let the parameter be $\ln A$, with $P = A \, P_0$. The derivative is 1 for each mode. A map of 2 × 2 pixels
# has 3 cells besides $k = 0$, each with a real mode, so $F = 1.5$. Add a second parameter, which changes $\ln P$ by its
# value at two of the three. Then $F$ is `[[1.5, 1], [1, 1]]`.
#
# - `log_p_of`: a function that takes an array `theta` of shape `(d,)`, and returns $\ln P$ of shape `(N, N)`. Its
#   element `[0, 0]` is $k = 0$: leave it out, whatever it is
# - `theta`: array of floats of shape `(d,)`: where the derivatives are taken
# - `step`: a positive number $h$. Use the central difference, $\left( f(\theta + h) - f(\theta - h) \right) / 2h$, in
#   one parameter at a time
# - returns an array of shape `(d, d)`
#
# <details><summary>Hint 1</summary>
#
# A row of `np.eye(d)` times the step moves one parameter, and leaves the others.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Flatten the derivatives to the shape `(d, N * N)` and drop the first column. A matrix product does the sum over modes.
#
# </details>
#
# %% solution="redshifts-fisher"
def fisher_matrix(log_p_of, theta, step):
    """Fisher matrix (d, d) of a Gaussian map at theta (d,), from log_p_of(theta), (N, N), by central differences."""
    ### BEGIN SOLUTION: Return half the sum over modes of products of derivatives, without k = 0.
    ways = step * np.eye(len(theta))
    slopes = np.array([(log_p_of(theta + way) - log_p_of(theta - way)).ravel()[1:] for way in ways]) / (2 * step)
    return 0.5 * slopes @ slopes.T
    ### END SOLUTION


# %% test="redshifts-fisher" points=3
flat, tilt = np.ones((2, 2)), np.array([[7.0, 2.0], [0.0, -1.0]])
got = fisher_matrix(lambda theta: theta[0] * flat, np.array([0.3]), 0.01)
expect(got, [[1.5]], "fisher_matrix of an amplitude on 2 x 2 pixels", "three modes, half each")
change = np.array([[0.0, 1.0], [1.0, 0.0]])
got = fisher_matrix(lambda theta: theta[0] * flat + theta[1] * change, np.array([0.3, 0.1]), 0.01)
why = "the second parameter changes two modes. Move one parameter at a time."
expect(got, [[1.5, 1.0], [1.0, 1.0]], "fisher_matrix of two parameters", why)
got = fisher_matrix(lambda theta: theta[0] * flat + theta[1] * tilt, np.array([0.3, 0.1]), 0.01)
why = "the derivatives are 1, 1, 1 and 2, 0, -1, and 7 is at k = 0"
expect(got, [[1.5, 0.5], [0.5, 2.5]], "fisher_matrix of an amplitude and a tilt", why)
theta = np.array([0.5, 3.0])
got = fisher_matrix(lambda theta: (theta[0] ** 2 + theta[0] * theta[1]) * flat, theta, 0.1)
why = "the derivatives are 2 * 0.5 + 3 and 0.5: central differences find them exactly, if one parameter moves at a time"
expect(got, [[24.0, 3.0], [3.0, 0.375]], "fisher_matrix of a curved ln P at [0.5, 3], with the step 0.1,", why)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_fisher(fisher_matrix)
### END HIDDEN TESTS

# %%
def bound(slope):
    """The error that no unbiased estimate of a slope from one map is below."""
    return np.asarray(fisher_matrix(lambda theta: log_power(theta[0]), np.array([slope]), 0.01)).item() ** -0.5


for slope in (1.0, 2.0, 3.0):
    print(f"slope {slope}: no unbiased estimate from one map has an error below {bound(slope):.3f}")
print(f"rms of this bound over the prior: {np.sqrt(np.mean([bound(s) ** 2 for s in np.linspace(1, 3, 201)])):.3f}")


# %% [markdown]
# ### 5.3 Task 13: `slope_posterior` (4 points)
#
# The Fisher matrix is a bound. The exact posterior is an answer. For a Gaussian map with the Fourier transform
# $\tilde g$, `np.fft.fft2`, of $N \times N$ pixels,
#
# $$ \ln L = -\frac{1}{2} \sum_{k \ne 0} \left( \frac{p_k}{P_k} + \ln P_k \right), \qquad
# p_k = \frac{|\tilde g_k|^2}{N^2} $$
#
# Here $p_k$ is the measured power of a mode, one for each cell of the Fourier grid, not a density. By hand: the map
# `[[1, -1], [1, -1]]` has one mode, $\tilde g = 4$, so $p = 16 / 4 = 4$ there, and 0 in the two others. Compare $P = 1$
# with $P = 4$ for all modes. The first has $\ln L = -\frac{1}{2} \cdot 4 = -2$, the second $-\frac{1}{2} (1 + 3 \ln 4)
# = -2.579$. With the parameters 0 and 1 for the two, the density is proportional to 1 and $e^{-0.579} = 0.560$, and the
# integral by the trapezoidal rule is 0.780: the density is `[1.282, 0.718]`.
#
# - `maps`: array of shape `(n, N, N)`. Their means may be anything: $k = 0$ is left out
# - `slopes`: array of shape `(m,)`: rising values of the parameter, at uneven steps. The prior is uniform
# - `log_powers`: array of shape `(m, N, N)`: $\ln P$ for each of them
# - returns an array of shape `(n, m)`: a density for each map, whose integral by `np.trapezoid` is 1
#
# Log-likelihoods may be far below zero, as before.
#
# <details><summary>Hint 1</summary>
#
# Flatten both: $p$ to `(n, N * N - 1)` and $\ln P$ to `(m, N * N - 1)`. Then $\sum_k p_k / P_k$ for all pairs is one
# matrix product.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What you did in `grid_posterior` with the largest logarithm, do again.
#
# </details>
#
# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    """Densities (n, m) of a parameter on the grid slopes (m,), from maps (n, N, N) and ln P (m, N, N)."""
    ### BEGIN SOLUTION: Return the normalised density of the parameter for each map.
    size = maps[0].size
    power = (np.abs(np.fft.fft2(maps)) ** 2 / size).reshape(len(maps), size)[:, 1:]
    log_p = log_powers.reshape(len(slopes), size)[:, 1:]
    log_like = -0.5 * (power @ np.exp(-log_p).T + log_p.sum(axis=1))
    density = np.exp(log_like - log_like.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, slopes)[:, None]
    ### END SOLUTION


# %% test="redshifts-slope" points=4
small = np.array([[[1.0, -1.0], [1.0, -1.0]]])
one_and_four = np.log([np.ones((2, 2)), 4 * np.ones((2, 2))])
got = slope_posterior(small, np.array([0.0, 1.0]), one_and_four)
expect(got, [[1.2818, 0.7182]], "slope_posterior of the example", "p is 4, 0 and 0", rtol=1e-3)
got = slope_posterior(small + 5, np.array([0.0, 1.0]), one_and_four)
name = "slope_posterior of the example's map plus 5"
expect(got, [[1.2818, 0.7182]], name, "k = 0 is left out", rtol=1e-3)
pixel = np.zeros((3, 3))
pixel[0, 1] = 3.0
one_and_four = np.log([np.ones((3, 3)), 4 * np.ones((3, 3))])
got = slope_posterior(np.array([pixel, 100 * pixel]), np.array([0.0, 1.0]), one_and_four)
why = "all eight p are 1 for the first map. For the second they are 10000, and the two ln L -40000 and about -10000."
expect(got, [[1.8545, 0.1455], [0.0, 2.0]], "slope_posterior of a pixel of 3, and of one of 300,", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_slope(slope_posterior)
### END HIDDEN TESTS

# %% [markdown]
# For the mean square error, the best point is the mean of the posterior. Its rms error is the limit for both kinds of
# maps: from a log-normal map, you can compute the Gaussian one first.
#
# Now act as if you did not know that. The third line feeds $\delta$ itself to the formula for Gaussian maps. The two
# last fit the slope by least squares to logarithms of the measured $P(k)$, and to their squares, on 8000 maps of their
# own kind. $P(k)$ stands for the 11 means of $p_k$ over rings, in which $|k|$ rounds to 1, ..., 11.
#
# %%
GRID = np.linspace(1, 3, 201)


def mean_slope(maps):
    """The mean of the posterior of each map, as if it were Gaussian."""
    return np.trapezoid(np.asarray(slope_posterior(maps, GRID, log_power(GRID))) * GRID, GRID, axis=1)


def rms(found):
    """The rms error of slopes of the held-out maps."""
    return np.sqrt(np.mean((found - slope_held) ** 2))


slope_train = rng.uniform(1, 3, size=8000)
g_train = gaussian_maps(slope_train, rng)
LIMIT = rms(mean_slope(g_held))
print(f"the exact posterior's mean: rms error {LIMIT:.4f}, the limit for both kinds of maps")
print(f"2, the middle of the prior, for every map: {rms(2.0) / LIMIT:.2f} times the limit")
misled = rms(mean_slope(lognormal(g_held)))
print(f"log-normal maps in the formula for Gaussian ones: {misled / LIMIT:.2f} times the limit")
for name, kind in (("Gaussian", np.array), ("log-normal", lognormal)):
    weights = np.linalg.lstsq(ring_powers(kind(g_train)), slope_train, rcond=None)[0]
    print(f"a fit to P(k) of {name} maps: {rms(ring_powers(kind(g_held)) @ weights) / LIMIT:.2f} times the limit")


# %% [markdown]
# The limit lies between the bounds that the Fisher matrix gives for slopes 1 and 3, but below 0.103, the rms of the
# bound over the prior (section 5.2). That is no contradiction: the bound is for unbiased estimates, and the mean of a
# posterior is drawn to the middle of the prior.
#
# For Gaussian maps, the exact posterior knows a map by its $p_k$ alone. So no network can do better than it, but by
# chance. The fit to rings comes near, and what it still lacks is its own fault. For log-normal maps, the error of this
# fit is 2.26 times the limit, as if it used a fifth ($1 / 2.26^2$) of the information. There a network has something to
# win. The wrong formula is no better than no map at all.
#
# ### 5.4 Task 14: `build_map_network` (6 points)
#
# Build a convolutional network from a map to one number. The maps are periodic, and a shift changes nothing about the
# slope. A good network knows that: it gives *the same number for a shifted map*, whatever its weights. So
#
# - pad each convolution with what is on the other side of the map. The layer `Wrap` does that: it adds one pixel on
#   each side. A convolution 3 × 3 with `padding="valid"` then gives back the size;
# - do not stride and do not pool between, which would break the symmetry;
# - average over the whole map at the end, and only then use dense layers. One or two are enough, the output included.
#
# The arguments and the result:
#
# - `size`: the number of pixels on a side
# - `width`: the number of filters of a convolution, a multiple of 4. Use three convolutions, or four, with ReLU or a
#   relative of it
# - returns a Keras model that has its weights, from `(None, size, size, 1)` to `(None, 1)`, which can give any real
#   number. Each call makes new layers
#
# There are 2 points for the network, and 4 when it is trained.
#
# <details><summary>Hint 1</summary>
#
# `tfk.Sequential` takes `Wrap()` like any other layer.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tfkl.GlobalAveragePooling2D()` averages over the map: `(None, size, size, width)` becomes `(None, width)`.
#
# </details>
#
# %% solution="redshifts-maps"
def build_map_network(size, width):
    """A convolutional network from periodic maps (size, size, 1) to one number, the same for shifted maps."""
    ### BEGIN SOLUTION: Return a network of convolutions on wrapped maps, a global average, and dense layers.
    convolutions = []
    for filters in (width, width, 2 * width):
        convolutions += [Wrap(), tfkl.Conv2D(filters, 3, activation="relu")]
    head = [tfkl.GlobalAveragePooling2D(), tfkl.Dense(64, "relu"), tfkl.Dense(1)]
    return tfk.Sequential([tfk.Input(shape=(size, size, 1)), *convolutions, *head])
    ### END SOLUTION


# %% test="redshifts-maps" points=2
model = build_map_network(8, 4)
assert model is not None, "build_map_network(8, 4) is None: is there a return statement?"
some = np.random.default_rng(3).normal(size=(5, 8, 8, 1)).astype("float32")
got, moved = (np.asarray(model(maps)) for maps in (some, np.roll(some, (3, -2), axis=(1, 2))))
expect(got.shape, [5, 1], "the shape of what build_map_network(8, 4) gives for 5 maps")
why = "pad with Wrap, without strides, and average over the whole map"
atol = 1e-4 * max(1, np.abs(got).max())
name = "what build_map_network(8, 4) gives for shifted maps, less what it gave before the shift,"
expect(moved - got, np.zeros((5, 1)), name, why, atol=atol)
assert model.get_weights(), "build_map_network(8, 4) has no weights yet: does it start with tfk.Input?"
rng, answers = np.random.default_rng(4), []
for _ in range(20):  # large weights, since a last layer may start at zero
    model.set_weights([10 * rng.normal(size=np.shape(w)) if np.ndim(w) > 1 else w for w in model.get_weights()])
    answers.append(np.asarray(model(some)))
low, high = np.min(answers), np.max(answers)
assert min(-low, high) > 10, (
    f"With large weights, build_map_network(8, 4) gives numbers from {low:.3g} to {high:.3g}, expected any real "
    "numbers: which activation has the last layer?"
)
# Ordinary weights, by the number of inputs of each neuron.
model.set_weights([w / (5 * np.sqrt(w[..., 0].size)) if np.ndim(w) > 1 else w for w in model.get_weights()])
mixed = some.reshape(5, 64)[:, rng.permutation(64)].reshape(some.shape)
got, mixed = (np.asarray(model(maps)) for maps in (some, mixed))
assert not np.allclose(mixed, got, atol=1e-3 * np.abs(got).max()), (
    "build_map_network(8, 4) gives the same for maps whose pixels are shuffled: do the convolutions see neighbours, "
    "and have they an activation?"
)
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_map_network(build_map_network)
### END HIDDEN TESTS

# %% [markdown]
# Train it on 8000 log-normal maps, by your step, in batches of 64. It sees $\delta$, as you would measure it. The
# target is the slope less 2, and the loss is the squared error.
#
# %%
tfk.utils.set_random_seed(SEED)
map_network = build_map_network(16, WIDTH)
data = lognormal(g_train)[..., None].astype("float32"), (slope_train - 2)[:, None].astype("float32")
curve = repeated(train_step, map_network, squared_error, data, 64, MAP_STEPS, 5e-3, SEED)
found = np.asarray(map_network(lognormal(g_held)[..., None].astype("float32")))[:, 0] + 2
ratio = rms(ring_powers(lognormal(g_held)) @ weights) / LIMIT
figures.slopes(np.sqrt(curve) / LIMIT, rms(found) / LIMIT, ratio, slope_held, found)
show_figure(
    "Left: rms error of the slope in units of the limit, against the training step, for your network in training, with "
    "lines for your network on held-out maps, for a fit to P(k), and for the limit at 1. Right: slopes from your "
    "network against true slopes, both from 1 to 3, with the diagonal."
)
print(f"your network: {rms(found) / LIMIT:.2f} times the limit; the fit to P(k): {ratio:.2f} times")

# %% [markdown]
# The slopes bend to the middle at both ends, as means of a posterior do: the network has learnt the prior, too. What it
# still lacks is in the map: the logarithm and your exact formula get it out.
#
# Two tests judge your network on 2000 new log-normal maps. Its rms error must be at most 2.1 and 1.85 times the limit,
# for 2 points each. An error below 0.9 times the limit fails, too: nobody can have it.
#
# %% test="redshifts-maps" points=2 needs="training"
assert np.isfinite(found).all(), "Some slopes are nan or infinite: did the training diverge?"
# Hidden: on 2000 new log-normal maps, the rms error is at most 2.1 times that of the exact posterior's mean.
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_map_error(map_network, tier=1)
### END HIDDEN TESTS

# %% test="redshifts-maps" points=2 needs="training"
assert np.isfinite(found).all(), "Some slopes are nan or infinite: did the training diverge?"
# Hidden: on 2000 new log-normal maps, the rms error is at most 1.85 times that of the exact posterior's mean.
### BEGIN HIDDEN TESTS
from graders.checks import redshifts as checks

checks.check_map_error(map_network, tier=2)
### END HIDDEN TESTS

# %% [markdown] answer="redshifts-trust" points=3
# ## 6 Whom do you trust?
#
# ### 6.1 Question 1: three claims (3 points, by hand)
#
# 1. A survey writes: "The largest distance of the PIT of our 2000 densities from uniform is 0.02, so each galaxy's
#    density is right." Is 0.02 small? What may still be wrong, and what would you ask for? (1 point.)
# 2. A colleague trains a network on bright galaxies, whose spectra give $z$, and applies it to faint ones. "We
#    reweight by the ratio of the two $n(z)$, so it does not matter." What must be true for that? Name one case in
#    which it fails. (1 point.)
# 3. Another trains a network on Gaussian maps. "On 50 new maps, our rms error is 20% below that of the exact
#    posterior's mean: networks see beyond the power spectrum." What do you say, and what would you check? (1 point.)
#
# A few sentences for each are enough.
#
# === BEGIN MARK SCHEME ===
# 1 point for the first: 0.02 is within chance for 2000 galaxies (0.030 in one case of 20). But the PIT tests
# calibration on average over all galaxies, not each density. n(z) for every galaxy passes; densities too narrow for
# some and too wide for others may pass as well. Ask for a measure of sharpness: the mean of -ln p(z | x) at true
# redshifts (or CRPS, CDE loss), or the PIT in bins of colour or magnitude. One fault and one remedy are needed;
# that 0.02 is chance need not be said.
#
# 1 point for the second: p(x | z) must be the same in both samples (the same distribution of magnitudes and errors at a
# given redshift), and the old sample must have galaxies wherever the new one has. It fails here already if the network
# sees magnitudes, since at each redshift the faint ones have others; also if faint galaxies have larger errors, other
# types, or redshifts that no bright one has. A condition and a case are needed.
#
# 1 point for the third: for Gaussian maps, the likelihood depends on the data through the squared modes alone, so the
# posterior from all P_k is exact, and its mean has the smallest expected squared error under that prior. A lower error
# is chance (the rms of 50 errors is uncertain by about 1 / sqrt(100) = 10%; their ratio by less, on the same maps), or
# a mistake: test maps used in training, another prior or slope range in the test, P(k) in rings or with a wrong
# normalisation rather than the exact likelihood, maps that are not Gaussian or not of the stated power. The statement
# and one check are needed.
# === END MARK SCHEME ===

# %% [markdown]
# ## 7 What you have learnt
#
# You computed the exact density of a redshift, and with it a limit for all other answers. You built a network that
# gives a density, trained it by a step of your own, and measured how much it lacks. You saw that a flat PIT can belong
# to an answer that knows nothing, and that only some wrong priors can be mended. Then a map: for a Gaussian one, the
# power spectrum is all there is. For a log-normal one, it is not, and a network came closer to the limit.
