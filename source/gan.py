# Generative adversarial networks. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Generative adversarial networks
#
# A simulation of the cosmic web takes days. A network that has seen enough of them makes another one in milliseconds,
# and no two are alike. How do you teach it, when you cannot write down the probability of a web? You train a second
# network to tell the copies from the originals, and let the two compete.
#
# **What you will learn**
#
# - what the best discriminator looks like, and what the generator minimises when it plays against that one;
# - to write the losses of both players so that they stay finite, and to see why one of them stops teaching;
# - to read a ratio of two densities off a classifier;
# - to train two networks in turns, each while the other is frozen;
# - to see a generator forget most of what it should make, to measure that, and to mend it;
# - to judge samples by a two-sample test, and density fields by their power spectrum.
#
# **Time**: about 180 minutes. There are 15 tasks, worth 51 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
import figures
from progress import counted

# The settings of this notebook. On a GPU set the environment variable COURSE_BUDGET to "gpu" before you start Jupyter:
# everything trains longer, and the fields in larger batches. "proof" only shows that everything runs:
# hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
CLASSIFIER_EPOCHS, RING_STEPS, FIELD_STEPS, FIELD_BATCH = {
    "proof": (1, 8, 4, 8),
    "laptop": (12, 1600, 1400, 32),
    "gpu": (40, 8000, 8000, 128),
}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 The best discriminator
#
# ### 1.1 The game
#
# A generator $G$ turns random numbers $z$ into samples $G(z)$. A discriminator $D$ looks at a sample $x$ and gives the
# probability $D(x)$ that it is real. The two play for the value
#
# $$ V(D, G) = \mathbb{E}_{x \sim p}\left[\ln D(x)\right] + \mathbb{E}_{z}\left[\ln(1 - D(G(z)))\right] $$
#
# (Goodfellow et al. 2014, arXiv:1406.2661, equation 1). The discriminator wants it large, the generator small. Here $p$
# is the density of real data. Call $q$ the density of $G(z)$.
#
# Hold the generator fixed. At each $x$ the discriminator chooses a number $D$ and gets $p \ln D + q \ln(1 - D)$.
#
# **By hand first.** At some $x$ real data are three times as likely as generated ones, say $p = 3$ and $q = 1$. Which
# $D$ is the best there? Where does the derivative vanish?
#
# <details><summary>Check</summary>
#
# The derivative is $3/D - 1/(1 - D)$. It vanishes for $3 (1 - D) = D$, that is at $D = \tfrac34$: of four samples that
# you meet there, three are real.
#
# </details>
#
# ### 1.2 Task 1: `optimal_discriminator` (2 points)
#
# Give the best $D$, called $D^*$, for any two densities. Densities of many-dimensional data are tiny or huge: the
# density of a standard normal in 2000 dimensions is about $e^{-2800}$ at a typical point, and a computer rounds that to
# 0. Their logarithms are ordinary numbers. So work with these.
#
# - `log_p`, `log_q`: natural logarithms of both densities at the same points, arrays of finite floats of the same shape
# - returns $D^*$ at these points, an array of that shape
#
# It must also work where both densities are far too small or too large for a number.
#
# For example, let real data follow $\mathcal{N}(0, 1)$ and generated data $\mathcal{N}(1, 1)$. Then
# $\ln p - \ln q = \tfrac12 - x$, and $D^*$ is 0.5 at $x = \tfrac12$ and 0.6225 at $x = 0$.
#
# <details><summary>Hint 1</summary>
#
# First for $p$ and $q$: where does $p/D - q/(1 - D)$ vanish? Then divide the numerator and the denominator of your
# result by $p$. What is left of the densities is one ratio.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A ratio is the exponential of a difference of logarithms. You know a function of the form $1 / (1 + e^{-t})$, and
# TensorFlow has a version of it that does not overflow.
#
# </details>
#
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    """The best D, from the logarithms of the densities of real (p) and generated (q) data, in their shape."""
    ### BEGIN SOLUTION: Return the probability that a point is real, from the difference of the two logarithms.
    return tf.sigmoid(log_p - log_q)
    ### END SOLUTION


# %% [markdown]
# The first test is for ordinary densities. The second is for densities that are too small or too large for a number, or
# whose ratio is. `log_normal_density` is the logarithm of a Gaussian density; the notebook uses it again below.
#
# %%
def log_normal_density(x, mean, sd):
    """ln N(x; mean, sd^2), in float64."""
    x = np.asarray(x, dtype=np.float64)
    return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd * np.sqrt(2 * np.pi))


# %% test="gan-optimal" points=1
x = np.array([0.5, 0.0, 2.0])
got = optimal_discriminator(log_normal_density(x, 0, 1), log_normal_density(x, 1, 1))
why = "p is the density of real data, and belongs in the numerator"
expect(got, [0.5, 0.622459, 0.182426], "D* of N(0, 1) and N(1, 1) at x = 0.5, 0, 2", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_optimal_discriminator(optimal_discriminator)
### END HIDDEN TESTS

# %% test="gan-optimal" points=1
why = "p belongs in the numerator, and no exponential of one density alone is needed: exp(3000) is infinite"
for larger, smaller in ((-3000.0, -3001.0), (3001.0, 3000.0)):
    got = optimal_discriminator(np.array([larger, smaller]), np.array([smaller, larger]))
    name = f"D* for ln p = {larger:g} and ln q = {smaller:g}, and the other way round,"
    expect(got, [0.731059, 0.268941], name, why, atol=1e-4)
got = optimal_discriminator(np.array([500.0, -500.0]), np.array([-500.0, 500.0]))
why = "exp(1000) is infinite, and infinite over infinite is nan: use a sigmoid that does not overflow"
expect(got, [1.0, 0.0], "D* where ln p - ln q is 1000 and -1000", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_optimal_discriminator_far(optimal_discriminator)
### END HIDDEN TESTS

# %% [markdown]
# You have found
#
# $$ D^*(x) = \frac{p(x)}{p(x) + q(x)} $$
#
# (Goodfellow et al. 2014, proposition 1). It is ½ where both are equally likely.
#
# Here is your $D^*$ for one real density and two generators. The better the generator, the closer is $D^*$ to ½: the
# best discriminator can do no more than guess.
#
# %%
x = np.linspace(-5, 5, 501)
log_p, generators = log_normal_density(x, 0, 1), {}
for centre, sd in ((2.0, 0.7), (0.3, 1.1)):
    log_q = log_normal_density(x, centre, sd)
    title = rf"generator $\mathcal{{N}}({centre:g}, {sd:g}^2)$"
    generators[title] = np.exp(log_q), np.asarray(optimal_discriminator(log_p, log_q))
figures.best_discriminators(x, np.exp(log_p), generators)
show_figure(
    "Two panels against x, from -5 to 5, for the generators N(2, 0.7²) and N(0.3, 1.1²): the densities p of real and "
    "q of generated data as filled curves, and your best discriminator D* as a line. A dotted line marks ½."
)

# %% [markdown]
# ### 1.3 What the generator minimises
#
# Put $D^*$ into the value. The generator then faces
#
# $$ V(D^*, G) = 2\, \mathrm{JSD}(p, q) - \ln 4 $$
#
# (Goodfellow et al. 2014, theorem 1), with the *Jensen-Shannon divergence* in nats
#
# $$ \mathrm{JSD}(p, q) = \tfrac12 \int p \ln \frac{p}{M}\, \mathrm{d}x + \tfrac12 \int q \ln \frac{q}{M}\, \mathrm{d}x,
# \qquad M = \frac{p + q}{2} $$
#
# (Lin 1991, IEEE Transactions on Information Theory 37, 145). It is 0 if $p = q$. It is never more than $\ln 2$, which
# it reaches when $p$ and $q$ do not overlap. Where a density is 0 its term is 0, because $t \ln t \to 0$ for
# $t \to 0$.
#
# ### 1.4 Task 2: `jensen_shannon` (3 points)
#
# - `p`, `q`: densities at the points of an equally spaced grid, arrays of shape `(n,)`; both may be 0 in places, and
#   their sums times `dx` are 1
# - `dx`: the spacing of the grid
# - returns the divergence in nats, a number: approximate an integral by a sum over the grid times `dx`
#
# For example, $\mathcal{N}(0, 1)$ and $\mathcal{N}(1, 1)$ on a fine and wide grid give 0.1114. And for `dx` = 0.5, the
# densities `[2, 0]` and `[0, 2]` give $\ln 2 = 0.6931$.
#
# <details><summary>Hint 1</summary>
#
# Write a small function for $\int p \ln(p/M)$, and call it twice.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# For the zeros, leave out the points where the density of the term is 0, by a mask. There $M$ may be 0 as well.
#
# </details>
#
# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    """Jensen-Shannon divergence in nats of two densities (n,) on a grid of spacing dx."""
    ### BEGIN SOLUTION: Return half of both divergences from the middle, without the places of no density.
    middle = (p + q) / 2

    def from_middle(density):
        there = density > 0
        return np.sum(density[there] * np.log(density[there] / middle[there])) * dx

    return (from_middle(p) + from_middle(q)) / 2
    ### END SOLUTION


# %% [markdown]
# The first test has no zeros, the second has.
#
# %% test="gan-jsd" points=2
x = np.linspace(-9, 10, 1901)
p, q = np.exp(log_normal_density(x, 0, 1)), np.exp(log_normal_density(x, 1, 1))
why = "mind the two halves, the natural logarithm, and dx"
expect(jensen_shannon(p, q, 0.01), 0.11142, "jensen_shannon of N(0, 1) and N(1, 1)", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_jensen_shannon(jensen_shannon)
### END HIDDEN TESTS

# %% test="gan-jsd" points=1
got = jensen_shannon(np.array([2.0, 0.0]), np.array([0.0, 2.0]), 0.5)
why = "ln 2, for where a density is 0 its term is 0"
expect(got, np.log(2), "jensen_shannon of two densities that do not overlap", why)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_jensen_shannon_zeros(jensen_shannon)
### END HIDDEN TESTS

# %% [markdown]
# Now shift a generator with the right shape away from the data, and look at what it has to minimise. Beyond a few
# widths the curve is flat: a generator that is far off learns nothing from the best discriminator. The distance by
# which one density would have to be moved onto the other goes on growing: the dotted line, on the scale at the right.
# That is the idea of the Wasserstein GAN (Arjovsky, Chintala & Bottou 2017, arXiv:1701.07875).
#
# %%
x = np.linspace(-10, 20, 1501)
shifts = np.linspace(0, 8, 33)
p = np.exp(log_normal_density(x, 0, 1))
divergences = np.array(
    [np.asarray(jensen_shannon(p, np.exp(log_normal_density(x, shift, 1)), x[1] - x[0])).item() for shift in shifts]
)
figures.value_and_distance(shifts, 2 * divergences - np.log(4))
show_figure(
    "Value V(D*, G) in nats, by your jensen_shannon, against the shift of the generator, from 0 to 8 standard "
    "deviations, with a dashed line at its largest value, 0. Dotted, on the scale at the right: the Wasserstein "
    "distance, which grows from 0 to 8. Where does the solid line become flat?"
)

# %% [markdown]
# ## 2 Losses
#
# ### 2.1 The discriminator's loss
#
# We do not know the densities. But the expectations in $V$ are means over samples, and a network can play $D$. It gives
# a *logit* $\ell(x)$, any real number, with $D = \sigma(\ell) = 1 / (1 + e^{-\ell})$. The discriminator minimises $-V$:
#
# $$ L_D = -\frac1n \sum_{i=1}^{n} \ln D(x_i) - \frac1m \sum_{j=1}^{m} \ln(1 - D(G(z_j))) $$
#
# Each term is the binary cross-entropy of section 1 of the lecture, with the label 1 for real and 0 for generated. A
# discriminator that gives ½ everywhere has $L_D = \ln 4 = 1.386$: at the start of a game, about, and at its end if
# $q = p$. The converse does not hold, as section 5 will show.
#
# For $\ell = 100$ the computer rounds $\sigma(\ell)$ to 1, and $\ln(1 - D)$ is $-\infty$. Early in a game a
# discriminator may well be that sure. Both logarithms are a *softplus*, $\mathrm{softplus}(t) = \ln(1 + e^t)$:
#
# $$ -\ln \sigma(\ell) = \mathrm{softplus}(-\ell), \qquad -\ln(1 - \sigma(\ell)) = \mathrm{softplus}(\ell) $$
#
# ### 2.2 Task 3: `discriminator_loss` (3 points)
#
# - `real_logits`: logits of real samples, an array of floats of shape `(n, 1)`
# - `fake_logits`: logits of generated samples, shape `(m, 1)`, of the same precision; $m$ may differ from $n$
# - returns $L_D$, a number, right for logits of any magnitude
#
# For example, the real logits `[[2.0], [0.0]]` and the generated ones `[[-1.0]]` give
# $\tfrac12(0.1269 + 0.6931) + 0.3133 = 0.7233$.
#
# <details><summary>Hint 1</summary>
#
# Two means, one for each kind of sample, and their sum.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# TensorFlow has `tf.nn.softplus`. Keras has `tfk.losses.BinaryCrossentropy`, which takes logits if you tell it so. With
# NumPy, `np.logaddexp(0, t)` is $\ln(e^0 + e^t)$. A loss in NumPy is fine here, but section 4 cannot use it.
#
# </details>
#
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    """Cross-entropy of the real ones plus that of the generated ones, from logits (n, 1) and (m, 1); a number."""
    ### BEGIN SOLUTION: Return the sum of two means, one for each kind, by a function that takes logits.
    of_real = tf.reduce_mean(tf.nn.softplus(-real_logits))
    of_fake = tf.reduce_mean(tf.nn.softplus(fake_logits))
    return of_real + of_fake
    ### END SOLUTION


# %% [markdown]
# The first test is for moderate logits, the second for a discriminator that is very sure.
#
# %% test="gan-dloss" points=2
got = discriminator_loss(np.array([[2.0], [0.0]]), np.array([[-1.0]]))
why = "the label of real samples is 1, and each kind has its own mean"
expect(got, 0.723299, "discriminator_loss([[2.0], [0.0]], [[-1.0]])", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_discriminator_loss(discriminator_loss)
### END HIDDEN TESTS

# %% test="gan-dloss" points=1
got = discriminator_loss(np.array([[-1000.0]]), np.array([[1000.0]]))
why = "1000 for each kind. The computer rounds D to 0 or 1 here: take a softplus that works on logits."
expect(got, 2000.0, "discriminator_loss([[-1000]], [[1000]])", why, rtol=1e-3)
got = discriminator_loss(np.array([[1000.0]]), np.array([[-1000.0]]))
expect(got, 0.0, "discriminator_loss([[1000]], [[-1000]])", "the label of real samples is 1")
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_discriminator_loss_sure(discriminator_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### 2.3 The generator's loss
#
# Only the second term of $V$ depends on the generator. It minimises
#
# $$ L_G^\mathrm{sat} = \frac1m \sum_j \ln(1 - D(G(z_j))) $$
#
# That is the *saturating* loss. Goodfellow et al. (2014, section 3) recommend another one in practice, the
# *non-saturating* loss:
#
# $$ L_G^\mathrm{ns} = -\frac1m \sum_j \ln D(G(z_j)) $$
#
# Both are small where the discriminator is fooled. They differ in how much they teach.
#
# ### 2.4 Task 4: `generator_loss` (3 points)
#
# - `fake_logits`: logits of generated samples, an array of floats of shape `(m, 1)`
# - `saturating`: `True` for the first loss, `False` for the second
# - returns the loss, a number, right for logits of any magnitude
#
# For example, the logits `[[-2.0], [1.0]]` give $\tfrac12(-0.1269 - 1.3133) = -0.7201$ if saturating, and
# $\tfrac12(2.1269 + 0.3133) = 1.2201$ if not.
#
# <details><summary>Hint 1</summary>
#
# Each is a mean of softplus, of the logit or of minus the logit. Which one has a sign in front?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Since $\ln(1 - \sigma(\ell)) = -\mathrm{softplus}(\ell)$, the saturating loss is never positive, and the other never
# negative.
#
# </details>
#
# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    """Mean of ln(1 - D) if saturating, of -ln D if not, from the logits (m, 1) of generated samples; a number."""
    ### BEGIN SOLUTION: Return the mean of one softplus or the other, with its sign.
    if saturating:
        return -tf.reduce_mean(tf.nn.softplus(fake_logits))
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))
    ### END SOLUTION


# %% test="gan-gloss" points=2
why = "the saturating one is the mean of ln(1 - D), the other the mean of -ln D"
for saturating, expected in ((True, -0.720095), (False, 1.220095)):
    got = generator_loss(np.array([[-2.0], [1.0]]), saturating)
    expect(got, expected, f"generator_loss([[-2.0], [1.0]], saturating={saturating})", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_generator_loss(generator_loss)
### END HIDDEN TESTS

# %% test="gan-gloss" points=1
for fake, saturating, expected, why in (
    (1000.0, True, -1000.0, "the mean of ln(1 - D) is never above 0"),
    (-1000.0, False, 1000.0, "the mean of -ln D is never below 0"),
    (1000.0, False, 0.0, "D is 1"),
    (-1000.0, True, 0.0, "1 - D is 1"),
):
    why += ". The computer rounds D to 0 or 1 here: take a softplus that works on logits."
    got = generator_loss(np.array([[fake]]), saturating)
    expect(got, expected, f"generator_loss([[{fake:g}]], saturating={saturating})", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_generator_loss_sure(generator_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### 2.5 What the generator learns from them
#
# The generator sees the discriminator only through the gradient. By the chain rule, everything that reaches it is
# multiplied by $\partial L_G / \partial \ell_j$, the derivative with respect to the logit of its sample $j$. Use
#
# $$ \frac{\mathrm{d}}{\mathrm{d}t}\, \mathrm{softplus}(t) = \sigma(t) $$
#
# ### 2.6 Task 5: `generator_gradient` (2 points)
#
# - `fake_logits`: logits of any magnitude, an array of floats of shape `(m, 1)` or `(m,)`
# - `saturating`: as for `generator_loss`
# - returns $\partial L_G / \partial \ell_j$ for each logit, in the shape of `fake_logits`; the loss is a mean over the
#   batch
#
# Derive it on paper and write the formula; the tests look at its values alone. For example, the logits
# `[[-2.0], [1.0]]` give `[[-0.0596], [-0.3655]]` if saturating, and `[[-0.4404], [-0.1345]]` if not.
#
# <details><summary>Hint 1</summary>
#
# Each logit occurs in one term of the mean. What does the mean do to the derivative of a term?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Both gradients are negative: the generator always wants larger logits. One is proportional to $D$, the other to
# $1 - D = \sigma(-\ell)$.
#
# </details>
#
# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    """Derivative of the generator's loss, a mean over the batch, with respect to each logit, in their shape."""
    ### BEGIN SOLUTION: Return the derivative of one term of the mean for each logit.
    sign = 1.0 if saturating else -1.0
    return -tf.sigmoid(sign * fake_logits) / len(fake_logits)
    ### END SOLUTION


# %% test="gan-gradient" points=2
for saturating, expected in (
    (True, [[-0.0596015], [-0.3655293]]),
    (False, [[-0.4403985], [-0.1344707]]),
):
    got = generator_gradient(np.array([[-2.0], [1.0]]), saturating)
    name = f"generator_gradient([[-2.0], [1.0]], saturating={saturating})"
    expect(got, expected, name, "differentiate one term, and mind the mean", atol=1e-4)
    got = generator_gradient(np.zeros(5), saturating)
    name = f"generator_gradient([0, 0, 0, 0, 0], saturating={saturating})"
    expect(got, np.full(5, -0.1), name, "the loss is a mean over all logits, here five", atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_generator_gradient(generator_gradient)
### END HIDDEN TESTS

# %% [markdown]
# The losses and the sizes of their gradients, for one sample. At the left the discriminator sees through the fake.
# There the generator has most to learn. With the saturating loss it gets almost no gradient there, with the other
# almost the largest. Zero loss is not what counts: the slope is.
#
# %%
logits, losses_of_generator = np.linspace(-8, 8, 65), {}
for saturating, kind_of_loss in ((True, "saturating"), (False, "non-saturating")):
    heights = [np.asarray(generator_loss(np.array([[logit]]), saturating)).item() for logit in logits]
    slopes = [np.asarray(generator_gradient(np.array([[logit]]), saturating)).item() for logit in logits]
    losses_of_generator[kind_of_loss] = heights, np.abs(slopes)
figures.losses_of_one_logit(logits, losses_of_generator)
show_figure(
    "Two panels against the logit of a generated sample, from -8 to 8. Left: your saturating and your non-saturating "
    "loss of the generator, in nats. Right: the sizes of their gradients. At the left end the discriminator is sure "
    "of a fake, at the right end it is fooled."
)

# %% [markdown]
# ## 3 A density ratio
#
# ### 3.1 A classifier that measures
#
# Solve $D^* = p / (p + q)$ for the ratio of the densities:
#
# $$ \frac{p(x)}{q(x)} = \frac{D^*(x)}{1 - D^*(x)} = e^{\ell^*(x)} $$
#
# with the logit $\ell^*$ of $D^*$. A classifier that is trained well gives the ratio of two densities, though it has
# seen neither, only samples (Mohamed & Lakshminarayanan 2016, arXiv:1610.03483; Sugiyama, Suzuki & Kanamori 2012,
# *Density Ratio Estimation in Machine Learning*). This is used in simulation-based inference and to reweight
# simulations.
#
# That holds for as many real as generated samples. In a training set of $n_p$ real and $n_q$ generated ones, mixed, the
# best classifier takes the numbers into account:
#
# $$ D^*(x) = \frac{n_p\, p(x)}{n_p\, p(x) + n_q\, q(x)} $$
#
# ### 3.2 Task 6: `density_ratio` (2 points)
#
# - `logits`: of the best classifier, an array of floats of any shape
# - `n_real`, `n_fake`: the numbers $n_p$ and $n_q$ in its training set
# - returns $p / q$ at the same points, in the shape of `logits`
#
# For example, the logits `[0, 1]` give `[1, 2.718]` for 100 of each, and `[0.25, 0.6796]` for 400 real and 100
# generated samples.
#
# <details><summary>Hint 1</summary>
#
# What is $D^* / (1 - D^*)$ now? It is the exponential of the logit.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# With more real samples, the same logit means a smaller ratio of densities.
#
# </details>
#
# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    """p / q from the logits of a classifier that was trained with n_real real and n_fake generated samples."""
    ### BEGIN SOLUTION: Return the odds of real, freed from the numbers of samples of each kind.
    return np.exp(logits) * n_fake / n_real
    ### END SOLUTION


# %% test="gan-ratio" points=2
for n_real, n_fake, expected in ((100, 100, [1.0, 2.718282]), (400, 100, [0.25, 0.679570])):
    got = density_ratio(np.array([0.0, 1.0]), n_real, n_fake)
    why = "it is p / q, the real over the generated density"
    expect(got, expected, f"density_ratio([0, 1], {n_real}, {n_fake})", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_density_ratio(density_ratio)
### END HIDDEN TESTS

# %% [markdown]
# ### 3.3 A network for it
#
# Does a trained network reach $D^*$? Where both densities are known you can look. Real data follow a mixture of two
# Gaussians, $0.6\, \mathcal{N}(-1, 0.4^2) + 0.4\, \mathcal{N}(1.2, 0.6^2)$. The generator is no network, but
# $\mathcal{N}(0, 1.5^2)$. It is fixed, so there is no game yet, only a classifier.
#
# ### 3.4 Task 7: `build_discriminator` (4 points)
#
# - `dim`: how many numbers a sample has, from 1 to 5
# - returns a new Keras model that has its weights: samples `(None, dim)` in, logits `(None, 1)` out, at most 20 000
#   parameters, and at least one hidden layer with an activation
#
# The output is a logit, not a probability: any real number, if the weights are large enough. Outside of training it
# follows from its sample alone (batch normalisation and dropout are allowed), and every number of the sample must
# count. The notebook then trains your network for `dim` = 1. You get 1 point for the network. 2 points are for a mean
# error $|D - D^*|$ of at most 0.05 after training, and 1 more for at most 0.025. It is the mean over 4000 new points,
# half of them drawn from $p$ and half from $q$. The network learns $D^*$ from the samples: do not write the densities
# into it.
#
# <details><summary>Hint 1</summary>
#
# The logit $\ln p - \ln q$ has two bumps here. A hidden layer of 4 neurons is too small for that, two hidden layers of
# 32 are enough.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A `tfk.Sequential` that begins with `tfk.Input` of shape `(dim,)`. Which activation has a layer whose output has no
# bounds?
#
# </details>
#
# %% solution="gan-discriminator"
def build_discriminator(dim):
    """A network: samples (None, dim) -> logits (None, 1) of being real."""
    ### BEGIN SOLUTION: Build a network with hidden layers, and one neuron without activation at its end.
    return tfk.Sequential(
        [
            tfk.Input(shape=(dim,)),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(1),
        ]
    )
    ### END SOLUTION


# %% test="gan-discriminator" points=1
model = build_discriminator(2)
assert getattr(model, "weights", []), "build_discriminator(2) is None, or has no weights: has it a tfk.Input?"
points = np.array([[3.0, 5.0], [-5.0, 4.0], [9.0, -1.0], [-7.0, -8.0]], "float32")
expect(np.shape(model(points)), [4, 1], "the shape of what build_discriminator(2) gives for 4 samples", "logits")
assert model.count_params() <= 20_000, (
    f"build_discriminator(2) has {model.count_params()} parameters, expected at most 20000: make the layers smaller."
)
rng, logits = np.random.default_rng(3), []
kernels = [number for number, w in enumerate(model.get_weights()) if w.ndim > 1]
for turn in range(20):  # with large random weights, since a last layer may start at zero: of all layers, or of the last
    sizes = {number: 30.0 for number in kernels} if turn % 2 else {kernels[-1]: 1000.0}
    drawn = [rng.normal(size=w.shape) if w.ndim > 1 else w for w in model.get_weights()]
    model.set_weights([sizes.get(number, 1.0) * w for number, w in enumerate(drawn)])
    logits.append(np.nan_to_num(model(points if turn % 2 else points / 5)))
assert min(-np.min(logits), np.max(logits)) > 30, (
    f"build_discriminator(2) gave values from {np.min(logits):.3g} to {np.max(logits):.3g} with large random weights, "
    "expected logits, which have no bounds and both signs: give the last layer no activation."
)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_discriminator_network(build_discriminator)
### END HIDDEN TESTS

# %% [markdown]
# The training takes a few seconds. The loss is the cross-entropy of the mixed set, so it is half of $L_D$, and
# its best possible value is known: $\tfrac12 \ln 4 - \mathrm{JSD}(p, q)$.
#
# %%
N_REAL = N_FAKE = 20_000 if BUDGET != "proof" else 100


def log_mixture_density(x):
    """ln p of the real data of this section."""
    parts = [np.log(0.6) + log_normal_density(x, -1.0, 0.4), np.log(0.4) + log_normal_density(x, 1.2, 0.6)]
    return np.logaddexp(*parts)


def draw_both(n_real, n_fake, rng):
    """n_real points from p, then n_fake from q, an array (n_real + n_fake,)."""
    first = rng.random(n_real) < 0.6
    real = np.where(first, rng.normal(-1.0, 0.4, n_real), rng.normal(1.2, 0.6, n_real))
    return np.concatenate([real, rng.normal(0.0, 1.5, n_fake)])


def train_classifier(model):
    """Trains a network on samples of both kinds; returns the loss by epoch."""
    rng = np.random.default_rng(SEED)
    x = draw_both(N_REAL, N_FAKE, rng)[:, None].astype("float32")
    y = np.concatenate([np.ones(N_REAL), np.zeros(N_FAKE)])[:, None].astype("float32")
    batch = 500
    steps = CLASSIFIER_EPOCHS * -(-len(x) // batch)
    model.compile(
        tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(1e-2, steps)),
        tfk.losses.BinaryCrossentropy(from_logits=True),
    )
    return model.fit(x, y, batch_size=batch, epochs=CLASSIFIER_EPOCHS, verbose=0).history["loss"]


def probability_real(x):
    """D at points x (n,), by the trained network."""
    return 1 / (1 + np.exp(-logits_of(x)))


def logits_of(x):
    """Logits at points x (n,), by the trained network."""
    points = np.asarray(x, dtype="float32")[:, None]
    return np.asarray(classifier(points), dtype=np.float64)[:, 0]


tfk.utils.set_random_seed(SEED)
classifier = build_discriminator(1)
loss_by_epoch = train_classifier(classifier)

x = np.linspace(-5, 5, 401)
log_p, log_q = log_mixture_density(x), log_normal_density(x, 0, 1.5)
best_loss = np.log(4) / 2 - np.asarray(jensen_shannon(np.exp(log_p), np.exp(log_q), x[1] - x[0])).item()
both_d = np.asarray(optimal_discriminator(log_p, log_q)), probability_real(x)
both_ratios = np.exp(log_p - log_q), np.asarray(density_ratio(logits_of(x), N_REAL, N_FAKE))
figures.trained_discriminator(loss_by_epoch, best_loss, x, both_d, both_ratios)
show_figure(
    "Three panels. Training: cross-entropy in nats against the epoch, and the best possible value as a dotted line. "
    "The discriminator: probability of real against x, for D* and for your trained network. The density ratio, on a "
    "logarithmic scale: p/q, and the one from your logits."
)

x = draw_both(2000, 2000, np.random.default_rng(SEED + 1))
best = np.asarray(optimal_discriminator(log_mixture_density(x), log_normal_density(x, 0, 1.5)))
print(f"mean |D - D*| over 4000 new points: {np.mean(np.abs(probability_real(x) - best)):.4f} "
      "(at most 0.05 for 2 points, 0.025 for 1 more)")  # fmt: skip

# %% [markdown]
# In the middle the network follows $D^*$. At the ends there are hardly any real samples, and the logit is a guess: on a
# logarithmic scale that shows. A ratio is worth no more than the samples behind it.
#
# The line below the plot says how far your network is from the marks. Grading draws other points, so a number close to
# a mark may fall on either side of it. The next two tests do not compare it with the marks; only grading does.
#
# %% test="gan-discriminator" points=2 needs="training"
# Judged when graded: mean |D - D*|, at most 0.05.
got = np.asarray(probability_real(np.array([-1.0, 0.0, 1.0])))
expect(got.shape, [3], "the shape of probability_real([-1, 0, 1])")
assert np.isfinite(got).all(), "probability_real returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_trained_discriminator(probability_real, classifier, tier=1)
### END HIDDEN TESTS

# %% test="gan-discriminator" points=1 needs="training"
# Judged when graded: mean |D - D*|, at most 0.025.
got = np.asarray(probability_real(np.array([-1.0, 0.0, 1.0])))
expect(got.shape, [3], "the shape of probability_real([-1, 0, 1])")
assert np.isfinite(got).all(), "probability_real returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_trained_discriminator(probability_real, classifier, tier=2)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Taking turns
#
# ### 4.1 A step of the discriminator
#
# Now both are networks, and learn in turns (Goodfellow et al. 2014, algorithm 1). In the discriminator's turn you
#
# 1. draw a batch of real samples $x$ and a batch of random numbers $z$,
# 2. compute $L_D$ from the logits of $x$ and of $G(z)$,
# 3. take its gradient with respect to the variables of the discriminator, and let the optimiser move these.
#
# The generator is *frozen*: it is used, and none of its variables moves. Frozen does not mean that no gradient flows
# through a network. It means that nothing is applied to its variables.
#
# ![Noise z enters the generator, which gives fakes. Fakes and real data enter the discriminator, which gives a logit. A
# dashed arrow from the logit to the discriminator: its step moves real logits up and fake ones down. Another one from
# the logit to the generator: its step moves fake logits up, through the frozen
# discriminator.](attachment:two_players.png)
#
# ### 4.2 Task 8: `discriminator_step` (4 points)
#
# Use TensorFlow functions alone. A tape does not see what NumPy computes, and the notebook will compile your step with
# `tf.function`, which runs its Python code once and then repeats only the TensorFlow operations. So a loss of section 2
# with NumPy, `float(...)` or `.numpy()` in it stops with an error here. Write it again without.
#
# - `generator`, `discriminator`: Keras models; samples are `generator(z)`, logits are `discriminator(x)`. All are dense
#   networks here and in section 5, so that `training=True` changes nothing
# - `optimizer`: any Keras optimiser; `optimizer.apply(gradients, variables)` moves the variables, in its own way
# - `real`: real samples, a tensor `(n, dim)`
# - `z`: random numbers, a tensor `(n, latent_dim)`
# - returns $L_D$ before the update, a tensor that holds one number
#
# A discriminator may be sure: the loss and the update are right for logits of any magnitude, as in section 2.
#
# 2 points are for the loss and the update, 2 for the frozen generator.
#
# <details><summary>Hint 1</summary>
#
# A `tf.GradientTape` records what you compute inside of its `with` block. Compute the loss in there, and ask the tape
# for the gradient afterwards.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A Keras model has a list `trainable_variables`. Whose list do you ask the gradient for, and whose do you give to the
# optimiser?
#
# </details>
#
# %% solution="gan-dstep"
def discriminator_step(generator, discriminator, optimizer, real, z):
    """Moves the discriminator alone by one step on a batch; returns its loss before the step."""
    ### BEGIN SOLUTION: Take the gradient of the loss for the variables of one network, and apply it to them.
    fake = generator(z)
    with tf.GradientTape() as tape:
        on_real = tf.reduce_mean(tf.nn.softplus(-discriminator(real)))
        on_fake = tf.reduce_mean(tf.nn.softplus(discriminator(fake)))
        loss = on_real + on_fake
    gradients = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(gradients, discriminator.trainable_variables)
    return loss
    ### END SOLUTION


# %% [markdown]
# The tests use two tiny networks: `tiny_networks` gives a generator $G(z) = u z$ with $u = 2$ and a discriminator
# $\ell(x) = w x$ with $w = \tfrac12$. For the real samples 1 and 2 and the random numbers 2 and -1, the logits are
# ½, 1, 2 and -1.
#
# %%
def tiny_networks():
    """A generator G(z) = 2 z and a discriminator with logit x / 2, each with a single variable."""
    networks = []
    for value in (2.0, 0.5):
        model = tfk.Sequential([tfk.Input(shape=(1,)), tfkl.Dense(1, use_bias=False)])
        model.set_weights([np.array([[value]])])
        networks.append(model)
    return networks


def descent(learning_rate):
    """Plain gradient descent: an optimiser for one network."""
    return tfk.optimizers.SGD(learning_rate)


# %% test="gan-dstep" points=2
generator, discriminator = tiny_networks()
got = discriminator_step(
    generator, discriminator, descent(0.1), tf.constant([[1.0], [2.0]]), tf.constant([[2.0], [-1.0]])
)
why = "the loss of section 2 before the update; after it the loss is 1.5166"
expect(got, 1.613764, "discriminator_step of the tiny networks", why, atol=1e-4)
why = "the optimiser subtracts 0.1 times the derivative of the loss, which is 1.0349"
got = discriminator.get_weights()[0][0, 0]
expect(got, 0.396506, "w, at first 0.5, after a step of rate 0.1", why, atol=1e-4)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_discriminator_step(discriminator_step)
### END HIDDEN TESTS

# %% test="gan-dstep" points=2
generator, discriminator = tiny_networks()
discriminator_step(
    generator, discriminator, descent(0.1), tf.constant([[1.0], [2.0]]), tf.constant([[2.0], [-1.0]])
)
got = generator.get_weights()[0][0, 0]
expect(got, 2.0, "the generator's u after discriminator_step", "it is frozen here", rtol=0, atol=0)
assert generator.trainable_variables, (
    "discriminator_step left the generator without trainable variables: its own turn comes next."
)
assert float(discriminator.get_weights()[0][0, 0]) != 0.5, (
    "discriminator_step did not move the discriminator's w: apply the gradient to its variables."
)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_discriminator_step_frozen(discriminator_step)
### END HIDDEN TESTS

# %% [markdown]
# ### 4.3 A step of the generator
#
# In the generator's turn the discriminator is frozen, and the generator follows the gradient of its non-saturating
# loss. That gradient comes *through* the discriminator: the logits of $G(z)$ depend on the generator's variables only
# by way of $x = G(z)$.
#
# ### 4.4 Task 9: `generator_step` (4 points)
#
# Use TensorFlow functions alone here too.
#
# - `generator`, `discriminator`, `optimizer`, `z`: as for `discriminator_step`
# - returns $L_G^\mathrm{ns}$ before the update, a tensor that holds one number; for logits of any magnitude, too
#
# 2 points are for the loss and the update, 2 for the frozen discriminator. For the tiny networks and the random numbers
# 2 and -1, the loss is $\tfrac12(0.1269 + 1.3133) = 0.7201$.
#
# <details><summary>Hint 1</summary>
#
# This time the samples must be made inside of the tape: it has to see how they depend on the generator.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The discriminator stands between the loss and the generator. Call it inside of the tape, and leave its variables
# alone.
#
# </details>
#
# %% solution="gan-gstep"
def generator_step(generator, discriminator, optimizer, z):
    """Moves the generator alone by one step of its non-saturating loss; returns the loss before the step."""
    ### BEGIN SOLUTION: Take the gradient of the loss through the discriminator, for the generator's variables.
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    gradients = tape.gradient(loss, generator.trainable_variables)
    optimizer.apply(gradients, generator.trainable_variables)
    return loss
    ### END SOLUTION


# %% test="gan-gstep" points=2
generator, discriminator = tiny_networks()
try:
    got = generator_step(generator, discriminator, descent(0.1), tf.constant([[2.0], [-1.0]]))
except ValueError as error:
    raise AssertionError(f"generator_step stopped: {error} Is G(z) computed inside of the tape?") from None
why = "the non-saturating loss before the update"
expect(got, 0.720095, "generator_step of the tiny networks", why, atol=1e-4)
why = "the optimiser subtracts 0.1 times the derivative of the loss, which is 0.1232"
got = generator.get_weights()[0][0, 0]
expect(got, 1.987684, "u, at first 2, after a step of rate 0.1", why, rtol=1e-5, atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_generator_step(generator_step)
### END HIDDEN TESTS

# %% test="gan-gstep" points=2
generator, discriminator = tiny_networks()
try:
    generator_step(generator, discriminator, descent(0.1), tf.constant([[2.0], [-1.0]]))
except ValueError as error:
    raise AssertionError(f"generator_step stopped: {error} Is G(z) computed inside of the tape?") from None
got = discriminator.get_weights()[0][0, 0]
expect(got, 0.5, "the discriminator's w after generator_step", "it is frozen here", rtol=0, atol=0)
assert float(generator.get_weights()[0][0, 0]) != 2.0, (
    "generator_step did not move the generator's u: apply the gradient to its variables."
)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_generator_step_frozen(generator_step)
### END HIDDEN TESTS

# %% [markdown]
# ## 5 The ring
#
# ### 5.1 A game on eight islands
#
# Real samples now are points in the plane. They come from eight Gaussians on a ring of radius 2, each with a standard
# deviation of 0.1 and an eighth of the points. Metz et al. (2017, arXiv:1611.02163) use such a ring to show how GANs
# fail. The generator gets two random numbers for each point. Both networks have two hidden layers of 64 neurons.
#
# Eight islands can be missed in two ways: no points on an island, or points in the sea. You count both.
#
# ### 5.2 Task 10: `modes_covered` (3 points)
#
# - `samples`: points, shape `(n, 2)`, at least one
# - `centres`: the centres of the modes, shape `(modes, 2)`; the circles of the given radius do not overlap
# - `radius`: a point belongs to a mode if its distance from the centre is at most this
# - `at_least`: a mode is covered if at least this many points belong to it, a whole number from 1 on
# - returns two numbers: how many modes are covered, and the fraction of all points that belong to some mode, be it
#   covered or not
#
# 2 points are for the first number, 1 for the second.
#
# For example, let the centres be (0, 0) and (5, 0), the radius 1 and the points (0, 0.5), (0.5, 0), (5, 0.5) and
# (3, 0). Then for `at_least` = 2 one mode is covered, and the fraction is 0.75.
#
# <details><summary>Hint 1</summary>
#
# You want all distances, an array `(n, modes)`. With axes of length 1 in the right places, a difference of both arrays
# has the shape `(n, modes, 2)`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The nearest centre is not enough: a point in the sea has a nearest centre as well. Compare each distance with the
# radius, and count along an axis.
#
# </details>
#
# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    """How many modes have at least so many samples within the radius, and the fraction of samples in some mode."""
    ### BEGIN SOLUTION: Return the number of modes with enough points near them, and the fraction of points near any.
    distance = np.linalg.norm(samples[:, None, :] - centres[None, :, :], axis=2)
    belongs = distance <= radius
    covered = np.sum(belongs.sum(axis=0) >= at_least)
    return covered, np.mean(belongs.any(axis=1))
    ### END SOLUTION


# %% test="gan-modes" points=2
samples = np.array([[0.0, 0.5], [0.5, 0.0], [5.0, 0.5], [3.0, 0.0]])
centres = np.array([[0.0, 0.0], [5.0, 0.0]])
why = "two points belong to the first, one to the second, and one to none"
for at_least, covered in ((1, 2), (2, 1), (3, 0)):
    expected = {"the number of modes": covered, "the fraction": ...}
    got = modes_covered(samples, centres, 1.0, at_least)
    expect(got, expected, f"modes_covered of the example with at_least={at_least}", why)
samples = np.array([[0.0, 1.0], [0.9, 0.9]])
why = "their distances are 1, which is not more than the radius, and 1.27"
for at_least, covered in ((1, 1), (2, 0)):
    expected = {"the number of modes": covered, "the fraction": ...}
    got = modes_covered(samples, centres[:1], 1.0, at_least)
    expect(got, expected, f"modes_covered of (0, 1) and (0.9, 0.9) with at_least={at_least}", why)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_modes_covered(modes_covered)
### END HIDDEN TESTS

# %% test="gan-modes" points=1
samples = np.array([[0.0, 0.5], [0.5, 0.0], [5.0, 0.5], [3.0, 0.0]])
centres = np.array([[0.0, 0.0], [5.0, 0.0]])
expected = {"the number of modes": ..., "the fraction": 0.75}
why = "three of the four points belong to a mode, covered or not"
expect(modes_covered(samples, centres, 1.0, 2), expected, "modes_covered of the example", why)
got = modes_covered(np.array([[0.0, 1.0], [0.9, 0.9]]), np.array([[0.0, 0.0]]), 1.0, 1)
expected = {"the number of modes": ..., "the fraction": 0.5}
why = "their distances are 1, which is not more than the radius, and 1.27"
expect(got, expected, "modes_covered of (0, 1) and (0.9, 0.9)", why)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_quality(modes_covered)
### END HIDDEN TESTS

# %% [markdown]
# ### 5.3 How it collapses
#
# The next cell plays the game with your two steps, and with an impatient generator: in each round the discriminator
# makes one step and the generator five. It takes some seconds. Points beyond 3 on either axis count, but are not drawn.
#
# %%
LATENT_DIM, RING_BATCH, SPREAD = 2, 256, 0.1
ANGLES = 2 * np.pi * np.arange(8) / 8
CENTRES = 2.0 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def draw_ring(n=RING_BATCH):
    """n real points, a tensor (n, 2)."""
    mode = tf.random.uniform((n,), 0, 8, tf.int32)
    return tf.gather(tf.constant(CENTRES, tf.float32), mode) + SPREAD * tf.random.normal((n, 2))


def draw_z(n=RING_BATCH):
    """Random numbers for n points, a tensor (n, LATENT_DIM)."""
    return tf.random.normal((n, LATENT_DIM))


def ring_networks():
    """A generator and a discriminator for the ring."""

    def network(inputs, outputs):
        hidden = [tfkl.Dense(64, activation="leaky_relu") for _ in range(2)]
        return tfk.Sequential([tfk.Input(shape=(inputs,)), *hidden, tfkl.Dense(outputs)])

    return network(LATENT_DIM, 2), network(2, 1)


def play_ring(one_round):
    """Plays RING_STEPS rounds. Returns the generator, both losses by round, and its points at five times.

    `one_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress)` returns the losses of
    the discriminator and of the generator. Both learning rates fall from 0.003 to 0.
    """
    tfk.utils.set_random_seed(SEED)
    generator, discriminator = ring_networks()
    optimizers = [tfk.optimizers.Adam(3e-3, beta_1=0.5, beta_2=0.99) for _ in range(2)]
    for optimizer, network in zip(optimizers, (generator, discriminator), strict=True):
        optimizer.build(network.trainable_variables)

    @tf.function
    def rounds(first, count):
        history = tf.TensorArray(tf.float32, size=count)
        for i in tf.range(count):
            progress = tf.cast(first + i, tf.float32) / RING_STEPS
            both = one_round(generator, discriminator, *optimizers, progress)
            both = [tf.reshape(tf.cast(loss, tf.float32), ()) for loss in both]
            history = history.write(i, tf.stack(both))
        return history.stack()

    z = np.random.default_rng(SEED).normal(size=(1000, LATENT_DIM)).astype("float32")
    losses, snapshots = [], {}
    chunk = RING_STEPS // 8
    for first in counted(range(0, RING_STEPS, chunk // 5 or 1), "part"):
        for optimizer in optimizers:
            optimizer.learning_rate = 3e-3 * (1 + np.cos(np.pi * first / RING_STEPS)) / 2
        losses.append(rounds(tf.constant(first), tf.constant(chunk // 5 or 1)).numpy())
        done = first + (chunk // 5 or 1)
        if done in (chunk, 2 * chunk, 4 * chunk, 6 * chunk, RING_STEPS):
            snapshots[done] = generator(z).numpy()
    return generator, np.concatenate(losses), snapshots


def plot_ring(losses, snapshots, title):
    """The generator's points at five times, and the losses."""
    panels = {}
    for done, points in snapshots.items():
        covered, good = modes_covered(points, CENTRES, 3 * SPREAD, 20)
        modes = f"{int(covered)} mode{'s'[: int(covered) != 1]}"
        panels[f"round {done}: {modes},\n{100 * float(good):.0f}% in circles"] = points
    figures.game_on_the_ring(panels, CENTRES, 3 * SPREAD, losses, title)
    show_figure(
        f"{title}. Generated points in orange, real ones in grey and eight circles around these, x₁ against x₂, both "
        "from -3 to 3: "
        f"{'; '.join(' '.join(above.split()) for above in panels)}. Below: both losses in nats "
        "against the round, with ln 4 and ln 2 as dotted lines."
    )


def energy_in_the_plane(a, b, directions=60):
    """The energy distance of section 6 between points (n, 2) and (m, 2), quick for thousands of them; a number.

    A length is pi / 2 times the mean length of its shadows on lines in all directions. On a line the energy distance is
    twice the integral over the squared difference of the cumulative distributions (Székely & Rizzo 2013).
    """
    angles = np.pi * (np.arange(directions) + 0.5) / directions
    jumps = np.concatenate([np.full(len(a), 1 / len(a)), np.full(len(b), -1 / len(b))])
    total = 0.0
    for direction in np.stack([np.cos(angles), np.sin(angles)], axis=1):
        shadows = np.concatenate([a, b]) @ direction
        order = np.argsort(shadows)
        total += 2 * np.sum(np.cumsum(jumps[order])[:-1] ** 2 * np.diff(shadows[order]))
    return np.pi / 2 * total / directions


def print_ring_scores(points):
    """The three numbers that task 11 asks for, of points (n, 2) and of as many of the ring."""
    for name, some in (("your generator", points), ("the ring itself", draw_ring(len(points)).numpy())):
        some = some.astype(float)
        shares = [np.asarray(modes_covered(some, centre[None], 3 * SPREAD, 1)[1]).item() for centre in CENTRES]
        energy = energy_in_the_plane(some, draw_ring(len(points)).numpy().astype(float))
        print(f"{name:15} | poorest circle {100 * min(shares):4.1f}% | in circles, an eighth at most counted for each "
              f"{100 * sum(min(share, 1 / 8) for share in shares):3.0f}% | energy distance {energy:.4f}")  # fmt: skip


# %%
def impatient_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    """One step of the discriminator, then five of the generator."""
    loss_d = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    for _ in range(5):
        loss_g = generator_step(generator, discriminator, generator_optimizer, draw_z())
    return loss_d, loss_g


collapsed, loss_history, snapshots = play_ring(impatient_round)
plot_ring(loss_history, snapshots, "An impatient generator")
print_ring_scores(collapsed(np.random.default_rng(2).normal(size=(4000, LATENT_DIM)).astype("float32")).numpy())

# %% [markdown]
# This is *mode collapse*. All points sit in one place, whatever $z$ is. The place is on the ring or beside it, and it
# jumps around.
#
# Think of the order of the two players. If the discriminator reacts to every change of the generator, the generator has
# to find one answer to all of its objections: $\min_G \max_D V$. If the generator reacts fully to a discriminator that
# stands still, it faces $\max_D \min_G V$, and the best answer to a fixed $D$ is to put every sample where $D$ is
# largest (Goodfellow 2016, arXiv:1701.00160, section 5.1.1). By the time the discriminator has learned that this place
# is fake, the generator is elsewhere.
#
# ### 5.4 Mend it
#
# The value of the game at $D^*$ is a divergence between $p$ and $q$, but only if the discriminator is close to $D^*$.
# Remedies from the literature, which you may combine:
#
# - **More turns for the discriminator**, fewer for the generator: Goodfellow et al. (2014, algorithm 1) let the
#   discriminator make several steps for one of the generator. Too many hurt as well: in this game five leave some
#   islands with too few points.
# - **A gradient penalty**: add $\frac{\gamma}{2}\, \mathbb{E}_{x \sim p} \lVert \nabla_x\, \ell(x) \rVert^2$ to the
#   discriminator's loss, so that it stays smooth and the game calms down near its end (Mescheder, Geiger & Nowozin
#   2018, arXiv:1801.04406; they call it $R_1$). Here, try $\gamma = 0.1$.
# - **Instance noise**: add Gaussian noise to everything that the discriminator sees, real or not, and let it fade away
#   (Sønderby et al. 2017, arXiv:1610.04490). Then $p$ and $q$ overlap from the beginning.
# - **Another loss**, such as least squares (Mao et al. 2017, arXiv:1611.04076), the Wasserstein loss with a penalty
#   (Gulrajani et al. 2017, arXiv:1704.00028), or the relativistic one (Jolicoeur-Martineau 2018, arXiv:1807.00734).
#
# Which of them helps depends on what is wrong. Look at what is different in the impatient round first.
#
# ### 5.5 Task 11: `mended_round` (7 points)
#
# Write one round of training, by your own choice. It is played as often as the impatient one, with the same networks
# and learning rates. Use TensorFlow functions alone: it is compiled too. A call of `np.random` would run once, and its
# numbers would come again in every round.
#
# - `generator`, `discriminator`, `generator_optimizer`, `discriminator_optimizer`: as in your steps, one optimiser for
#   each network
# - `progress`: a tensor that holds one number, from 0 at the beginning of the training to 1 at its end, for what should
#   change with time
# - returns two tensors that hold one number each, the losses of the discriminator and of the generator, for the plot
#
# `draw_ring()` gives 256 real points, a tensor `(256, 2)`. `draw_z()` gives random numbers for 256 points, also
# `(256, 2)`. For another number of points, such as 64, write `draw_ring(64)`.
#
# In every round both networks make at least one step, each towards its own goal, with new real points and new random
# numbers. Only its optimiser moves a network: the tests set one of the learning rates to 0, and that network must stand
# still while the other goes on. So do not clip weights by hand; a penalty in the loss is fine. The more steps in a
# round, the longer the training: the impatient round makes six in all.
#
# You get 1 point for a round that does so. Then it trains the networks, and 4000 new points are judged. A circle has a
# radius of 0.3, three standard deviations:
#
# - 2 points for at least 5% of the points in each of the eight circles; the ring itself has 12%
# - 2 points for at least 55% in the circles, where no circle counts for more than 12.5%, an eighth of all points: with
#   30% of the points in each of two circles and 10% in a third it is 35%. The ring itself has 98%
# - 2 points for an energy distance of at most 0.015 from 4000 points of the ring; two such sets of the ring itself are
#   at 0.001. Section 6 explains that distance.
#
# The lines below the plot of each game give these numbers. Its titles are milder: they count a mode from 20 of 1000
# points on. Grading draws other points, so a number close to a mark may fall on either side of it.
#
# <details><summary>Hint 1</summary>
#
# Count the steps of each player in the impatient round. Which of the two orders above is that close to?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Begin with a fair game, by your steps of section 4, and look at the numbers below the plot. For a penalty, or for
# noise, you need a step of your own: copy yours, and change the loss.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# For the penalty you need the gradient of the logits with respect to the *samples*. That takes a second tape inside of
# the first, told to watch the samples. The sum of the logits over the batch has the gradient that you want, row by
# row.
#
# </details>
#
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    """One round of training that covers the ring; returns the losses of the discriminator and of the generator."""
    ### BEGIN SOLUTION: Move both networks, in a way that keeps the discriminator a match for the generator.
    real, fake = draw_ring(), generator(draw_z())
    with tf.GradientTape() as tape:
        with tf.GradientTape() as inner:
            inner.watch(real)
            on_real = discriminator(real)
            total = tf.reduce_sum(on_real)
        slope = inner.gradient(total, real)
        loss_d = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(discriminator(fake)))
        penalized = loss_d + 0.05 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))
    variables = discriminator.trainable_variables
    discriminator_optimizer.apply(tape.gradient(penalized, variables), variables)

    z = draw_z()
    with tf.GradientTape() as tape:
        loss_g = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(z))))
    variables = generator.trainable_variables
    generator_optimizer.apply(tape.gradient(loss_g, variables), variables)
    return loss_d, loss_g
    ### END SOLUTION


# %% test="gan-mended" points=1
tfk.utils.set_random_seed(1)
networks = ring_networks()
before = [network.get_weights() for network in networks]
got = mended_round(*networks, descent(0.01), descent(0.01), tf.constant(0.5))
expect(got, {"the discriminator's loss": ..., "the generator's loss": ...}, "mended_round of new networks")
assert np.isfinite(np.concatenate([np.ravel(loss) for loss in got])).all(), (
    f"mended_round returned the losses {got}, expected finite numbers."
)
for name, network, old in zip(("generator", "discriminator"), networks, before, strict=True):
    moved = max(np.abs(a - b).max() for a, b in zip(old, network.get_weights(), strict=True))
    assert moved > 0, f"mended_round did not move the {name}: both networks learn in every round."
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_mended_round(mended_round)
### END HIDDEN TESTS

# %%
mended, loss_history, snapshots = play_ring(mended_round)


def sample_ring(n, seed):
    """n points (n, 2) of your mended generator."""
    z = np.random.default_rng(seed).normal(size=(n, LATENT_DIM)).astype("float32")
    return mended(z).numpy()


plot_ring(loss_history, snapshots, "Mended")
print_ring_scores(sample_ring(4000, 2))

# %% [markdown]
# Where both losses are near $\ln 4$ and $\ln 2$, this discriminator cannot tell the two kinds apart now. That is all
# they say. The impatient game ends at least as near to these values as a good one, with all of its points in one place.
# The losses of a GAN are relative to the opponent, and do not show quality.
#
# The next three tests do not compare your numbers with the marks; only grading does.
#
# %% test="gan-mended" points=2 needs="training"
# Judged when graded: the poorest circle, at least 5%.
got = np.asarray(sample_ring(1000, 1))
expect(got.shape, [1000, 2], "the shape of sample_ring(1000, 1)")
assert np.isfinite(got).all(), "sample_ring returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_ring_covered(sample_ring, mended)
### END HIDDEN TESTS

# %% test="gan-mended" points=2 needs="training"
# Judged when graded: the share in circles, an eighth at most counted for each, at least 55%.
got = np.asarray(sample_ring(1000, 1))
expect(got.shape, [1000, 2], "the shape of sample_ring(1000, 1)")
assert np.isfinite(got).all(), "sample_ring returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_ring_good(sample_ring, mended)
### END HIDDEN TESTS

# %% test="gan-mended" points=2 needs="training"
# Judged when graded: the energy distance, at most 0.015.
got = np.asarray(sample_ring(1000, 1))
expect(got.shape, [1000, 2], "the shape of sample_ring(1000, 1)")
assert np.isfinite(got).all(), "sample_ring returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_ring_energy(sample_ring, mended)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Are two samples from one distribution?
#
# ### 6.1 A distance between samples
#
# Counting modes needs to know the modes. A *two-sample test* needs nothing but two samples. One statistic is the
# energy distance: for independent $a, a'$ from one distribution and $b, b'$ from the other,
#
# $$ \mathcal{E} = 2\, \mathbb{E} \lVert a - b \rVert - \mathbb{E} \lVert a - a' \rVert -
# \mathbb{E} \lVert b - b' \rVert $$
#
# It is never negative, and 0 only if the two distributions are the same (Székely & Rizzo 2013, Journal of Statistical
# Planning and Inference 143, 1249). From samples $a_1 \dots a_n$ and $b_1 \dots b_m$, each expectation is a mean over
# all pairs. Take all $n^2$ pairs within $a$, those of a point with itself included, and all $m^2$ within $b$: then the
# estimate is never negative either.
#
# ### 6.2 Task 12: `energy_distance` (2 points)
#
# - `a`, `b`: samples, arrays of shape `(n, d)` and `(m, d)`
# - returns $\mathcal{E}$, a number
#
# It will be tried on a few hundred points.
#
# For example, $a$ with the points 0 and 1 on a line and $b$ with the point 3, shapes `(2, 1)` and `(1, 1)`, give
# $2 \cdot 2.5 - 0.5 - 0 = 4.5$.
#
# <details><summary>Hint 1</summary>
#
# Write a function for the mean distance between two sets, and call it three times.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The distances are those of `modes_covered`. Within a set of two points there are four pairs, two of which have the
# distance 0.
#
# </details>
#
# %% solution="gan-energy"
def energy_distance(a, b):
    """Energy distance between samples (n, d) and (m, d), from means over all pairs; a number."""
    ### BEGIN SOLUTION: Return twice the mean distance between the samples, less both mean distances within.
    def mean_distance(first, second):
        return np.mean(np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2))

    return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b)
    ### END SOLUTION


# %% test="gan-energy" points=2
got = energy_distance(np.array([[0.0], [1.0]]), np.array([[3.0]]))
why = "the mean distance within the first set is 0.5, a point with itself included"
expect(got, 4.5, "energy_distance of 0, 1 and 3", why)
got = energy_distance(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]))
expect(got, 10.0, "energy_distance of (0, 0) and (3, 4)", "their distance is 5")
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_energy_distance(energy_distance)
### END HIDDEN TESTS

# %% [markdown]
# Is a distance of 0.01 a lot? If both samples come from one distribution, it does not matter which point is in which
# sample. So shuffle all points, split them again, and compute the distance many times. The fraction of shuffles that
# reach the observed value, with the observed one counted among them, is a p-value (Phipson & Smyth 2010, Statistical
# Applications in Genetics and Molecular Biology 9, article 39).
#
# %%
def shuffle_test(a, b, shuffles=49, seed=0):
    """The energy distance of two samples, those of shuffled samples, and the p-value."""
    rng = np.random.default_rng(seed)
    observed = np.asarray(energy_distance(a, b)).item()
    both, shuffled = np.concatenate([a, b]), []
    for _ in range(shuffles):
        both = rng.permutation(both)
        shuffled.append(np.asarray(energy_distance(both[: len(a)], both[len(a) :])).item())
    return observed, np.array(shuffled), (1 + np.sum(np.array(shuffled) >= observed)) / (1 + shuffles)


def true_ring(n, seed):
    """n points (n, 2) of the ring, in NumPy."""
    rng = np.random.default_rng(seed)
    return CENTRES[rng.integers(0, 8, n)] + SPREAD * rng.normal(size=(n, 2))


samples = {
    "the ring again": true_ring(150, 1),
    "mended": sample_ring(150, 1).astype(float),
    "collapsed": collapsed(np.random.default_rng(1).normal(size=(150, LATENT_DIM)).astype("float32")).numpy(),
}
tests = {name: shuffle_test(points, true_ring(150, 2)) for name, points in samples.items()}
figures.shuffled_distances(tests)
show_figure(
    "Energy distance from 150 points of the ring, on a logarithmic axis, for the ring again, the mended and the "
    "collapsed generator: grey ticks for shuffled samples, a red dot for the observed distance. The p-values are, in "
    f"this order, {', '.join(f'p = {p_value:.2f}' for _, _, p_value in tests.values())}."
)

# %% [markdown]
# With 49 shuffles the smallest possible p-value is 0.02. A large one is no proof of a good generator: 150 points cannot
# see small faults, and with enough points every generator is found out. That is why your score above is a distance and
# no p-value.
#
# Do not compare these distances with the 0.015 of section 5, which is for 4000 points. The pairs of a point with itself
# make the estimate too large, the more so the fewer points there are. For two samples of 150 points of the ring itself
# it is 0.03 on average, and anything from 0.01 to 0.08 is common.
#
# ## 7 Density fields
#
# ### 7.1 A toy universe
#
# The matter of the universe is clumpy: most cells of a map are emptier than the mean, and a few are many times denser.
# A simple model has the logarithm of the density as a Gaussian random field $g$ with variance $\sigma_g^2$ (Coles &
# Jones 1991, MNRAS 248, 1):
#
# $$ \rho = 1 + \delta = e^{\,g - \sigma_g^2/2}, \qquad 1 + \xi_\delta(r) = e^{\,\xi_g(r)} $$
#
# with $\rho$ in units of its mean. The second formula gives the correlation function of $\delta$ from that of $g$, so
# the power spectrum of the fields is known, and you can hold a generator against it. Perraudin et al. (2019,
# Computational Astrophysics and Cosmology 6, 5) do the same with N-body simulations: the lecture's example.
#
# Our maps have 16×16 cells of 4 Mpc/h, a side of $L = 64$ Mpc/h, and periodic boundaries. They are made by the next
# cell.
#
# %%
SIDE, BOX, VARIANCE = 16, 64.0, 0.6  # cells along a side; side in Mpc/h; variance of the Gaussian field


def gaussian_spectrum():
    """The spectrum of g on the grid of modes, so that the sum over modes divided by SIDE^2 is the variance."""
    k = np.fft.fftfreq(SIDE, 1 / SIDE)
    shape = 1 / (1 + (k[:, None] ** 2 + k[None, :] ** 2) / 2.0**2)
    shape[0, 0] = 0.0
    return VARIANCE * SIDE**2 * shape / shape.sum()


def lognormal_fields(n, rng):
    """n log-normal density maps (n, SIDE, SIDE), with mean 1."""
    white = np.fft.fft2(rng.normal(size=(n, SIDE, SIDE)))
    gaussian = np.fft.ifft2(white * np.sqrt(gaussian_spectrum())).real
    return np.exp(gaussian - VARIANCE / 2)


real_fields = lognormal_fields(4000, np.random.default_rng(SEED))
print(f"{len(real_fields)} maps, density from {real_fields.min():.2f} to {real_fields.max():.1f}, mean "
      f"{real_fields.mean():.3f}, median {np.median(real_fields):.3f}")  # fmt: skip

# %% [markdown]
# ### 7.2 Squash, and back
#
# The density has no upper bound, and the rare high peaks would dominate everything. Rodríguez et al. (2018,
# Computational Astrophysics and Cosmology 5, 4) squash it into an interval, by a function of the form
#
# $$ s(\rho) = \frac{\rho - a}{\rho + a} $$
#
# which maps $\rho = 0$ to $-1$, $\rho = a$ to 0 and $\rho \to \infty$ to 1. The networks see $s$. Everything that is
# measured is measured on the density: a power spectrum of $s$ would be that of something else.
#
# ### 7.3 Task 13: `to_density` (2 points)
#
# - `s`: squashed densities, an array of any shape, $-1 \le s < 1$
# - `a`: the constant, a positive number
# - returns the density $\rho$, in the shape of `s`
#
# For example, with $a = 2$ the values `[-1, 0, 0.5]` give `[0, 2, 6]`.
#
# <details><summary>Hint 1</summary>
#
# Multiply by the denominator, and collect the terms with $\rho$ on one side.
#
# </details>
#
# %% solution="gan-density"
def to_density(s, a):
    """The density rho with s = (rho - a) / (rho + a), in the shape of s."""
    ### BEGIN SOLUTION: Return the solution of the equation for rho.
    return a * (1 + s) / (1 - s)
    ### END SOLUTION


# %% test="gan-density" points=2
why = "put your result into s = (rho - a) / (rho + a)"
expect(to_density(np.array([-1.0, 0.0, 0.5]), 2.0), [0.0, 2.0, 6.0], "to_density([-1, 0, 0.5], 2)", why)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_to_density(to_density)
### END HIDDEN TESTS

# %% [markdown]
# ### 7.4 The power spectrum
#
# Let a map have $N \times N$ cells and the side $L$. Its modes are
#
# $$ \delta_{\mathbf k} = \left(\frac{L}{N}\right)^{2} \sum_{\mathbf x} \delta(\mathbf x)\,
# e^{-i \mathbf k \cdot \mathbf x}, \qquad \mathbf k = \frac{2\pi}{L}\, (i, j), \qquad
# \hat P(\mathbf k) = \frac{\lvert \delta_{\mathbf k} \rvert^2}{L^2} $$
#
# in two dimensions, where $i$ and $j$ are the whole numbers from $-N/2$ to $N/2 - 1$ if $N$ is even, in the order of
# `np.fft.fftfreq(N, 1 / N)`. The power spectrum is the mean of $\hat P$ over all modes of about the same length: ring
# $b$ holds those with $b - \tfrac12 \le \lvert \mathbf k \rvert L / 2\pi < b + \tfrac12$.
#
# Two checks by hand. White noise with variance $v$ has $\hat P = v\, (L/N)^2$ on average, at every $k$. A plane wave
# of amplitude $A$, longer than two cells, has $\hat P = A^2 L^2 / 4$ in its two modes, $\mathbf k$ and $-\mathbf k$,
# and 0 elsewhere.
#
# ### 7.5 Task 14: `power_spectrum` (4 points)
#
# - `field`: the contrast $\delta$ of one map, shape `(N, N)`, $N$ even or odd
# - `box_size`: $L$
# - `n_bins`: how many rings, $b$ = 1, ..., `n_bins`; at most $N/2$
# - returns two arrays of shape `(n_bins,)`, of means over the modes of each ring: the mean of
#   $\lvert \mathbf k \rvert = (2\pi/L) \sqrt{i^2 + j^2}$, in h/Mpc if $L$ is in Mpc/h, and the mean of $\hat P$
#
# 3 points are for the spectrum, 1 for the wavenumbers. The corners of the square of modes are longer than any ring;
# leave them out.
#
# For example, the wave $\cos(2\pi \cdot 3 x / L)$ on 16×16 cells with $L = 100$ has $\hat P = 2500$ in two of the 16
# modes of ring 3, so $P$ = 312.5 there and 0 in the other rings. The mean wavenumber of ring 1 is 0.0758: it holds four
# modes of length 1 and four of length $\sqrt2$, times $2\pi/100$.
#
# <details><summary>Hint 1</summary>
#
# `np.fft.fft2` gives the sum of the formula, and `np.fft.fftfreq(N, 1 / N)` the whole numbers in the same order.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Make an array `(N, N)` of the lengths of all modes, in units of $2\pi/L$. The ring of a mode is the nearest whole
# number to its length.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Compare that array with each $b$ in turn: the mask picks the modes of the ring, from the lengths and from the power.
#
# </details>
#
# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    """Mean |k| and mean P of the modes of a map (N, N) in rings 1 to n_bins, two arrays (n_bins,)."""
    ### BEGIN SOLUTION: Return the means over rings of the lengths of the modes and of their power.
    m = len(field)
    power = np.abs(np.fft.fft2(field) * (box_size / m) ** 2) ** 2 / box_size**2
    steps = np.fft.fftfreq(m, 1 / m)
    length = np.hypot(steps[:, None], steps[None, :])
    rings = [np.rint(length) == b for b in range(1, n_bins + 1)]
    wavenumber = 2 * np.pi / box_size * np.array([length[ring].mean() for ring in rings])
    return wavenumber, np.array([power[ring].mean() for ring in rings])
    ### END SOLUTION


# %% [markdown]
# The first test is for the spectrum, the second for the wavenumbers.
#
# %% test="gan-power" points=3
wave = np.tile(np.cos(2 * np.pi * 3 * np.arange(16) / 16), (16, 1))
why = "the square of the modes, the factors of L and N, and a mean over each ring"
expected = {"k": ..., "P": [0.0, 0.0, 312.5, 0.0]}
got = power_spectrum(wave, 100.0, 4)
expect(got, expected, "power_spectrum of the wave of the example", why, atol=0.01)
corner = np.cos(2 * np.pi * 7 * (np.arange(16)[:, None] + np.arange(16)) / 16)
why = "its length is 9.9, and modes beyond the last ring belong to none"
expected = {"k": ..., "P": np.zeros(8)}
got = power_spectrum(corner, 100.0, 8)
expect(got, expected, "power_spectrum of a wave with i = j = 7", why, atol=0.01)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_power_spectrum(power_spectrum)
### END HIDDEN TESTS

# %% test="gan-power" points=1
got = power_spectrum(np.tile(np.cos(2 * np.pi * 3 * np.arange(16) / 16), (16, 1)), 100.0, 4)
expected = {"k": [0.075845, 0.135552, 0.190899, 0.256387], "P": ...}
why = "the mean lengths of the 8, 12, 16 and 32 modes of the rings, times 2 pi / L"
expect(got, expected, "power_spectrum of the example", why)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_power_wavenumbers(power_spectrum)
### END HIDDEN TESTS

# %% [markdown]
# Your spectrum of 200 maps, and the exact one by $1 + \xi_\delta = e^{\xi_g}$. The first dot may be 10% off the line:
# its ring has the fewest modes. The dotted line is the spectrum of the squashed maps $s$: another thing altogether.
#
# %%
def mean_power(contrasts):
    """Wavenumbers, and the mean spectrum of maps (n, SIDE, SIDE) of the contrast, in rings 1 to 8."""
    spectra = [power_spectrum(contrast, BOX, SIDE // 2) for contrast in contrasts]
    return np.asarray(spectra[0][0]), np.mean([np.asarray(power) for _, power in spectra], axis=0)


def in_rings(modes):
    """The means of an array (SIDE, SIDE) of modes over rings 1 to 8."""
    steps = np.fft.fftfreq(SIDE, 1 / SIDE)
    ring = np.rint(np.hypot(steps[:, None], steps[None, :]))
    return np.array([modes[ring == b].mean() for b in range(1, SIDE // 2 + 1)])


def exact_power():
    """The exact mean spectrum of the log-normal maps in rings 1 to 8."""
    correlation = np.fft.ifft2(gaussian_spectrum()).real
    return in_rings(np.fft.fft2(np.exp(correlation) - 1).real * (BOX / SIDE) ** 2)


HALF = 2.0  # the density that is squashed to 0
squashed = (real_fields - HALF) / (real_fields + HALF)
k, mean_of_maps = mean_power(real_fields[:200] - 1)
_, power_squashed = mean_power(squashed[:200] - squashed.mean())
figures.power_spectra(k, exact_power(), mean_of_maps, power_squashed)
show_figure(
    "Power spectrum P(k) in (Mpc/h)² against the wavenumber k in h/Mpc, both axes logarithmic: the exact spectrum as "
    "a line, your spectrum of 200 maps as dots, and dotted that of the squashed maps. The dots should lie along the "
    "line."
)

# %% [markdown]
# ### 7.6 A generator of maps
#
# A DCGAN (Radford, Metz & Chintala 2016, arXiv:1511.06434) makes an image from $z$ in steps: a dense layer gives a few
# coarse maps, and *transposed convolutions* double their sides again and again, in Keras by strides of 2 and
# `padding="same"`. Take a kernel whose size is a multiple of the strides. Otherwise some cells get more contributions
# than their neighbours, and the image shows a checkerboard (Odena, Dumoulin & Olah 2016, *Distill*, "Deconvolution and
# checkerboard artifacts").
#
# A design that works:
#
# | layer | map | parameters for `latent_dim` = 64 |
# |---|---|---|
# | dense, reshaped | 4×4×64 | $(64 + 1) \cdot 1024 = 66560$ |
# | transposed conv., 32 filters of 4×4, strides 2, `same` | 8×8×32 | $(16 \cdot 64 + 1) \cdot 32 = 32800$ |
# | transposed conv., 16 filters of 4×4, strides 2, `same` | 16×16×16 | $(16 \cdot 32 + 1) \cdot 16 = 8208$ |
# | convolution, 1 filter of 3×3, `same`, tanh | 16×16×1 | $9 \cdot 16 + 1 = 145$ |
#
# All but the last are followed by a leaky ReLU. That is 107 713 parameters. A map of 256 cells with independent modes
# needs many random numbers. 64 are not many, so no layer may throw any of them away.
#
# ### 7.7 Task 15: `build_field_generator` (6 points)
#
# - `latent_dim`: how many random numbers a map gets
# - returns a new Keras model that has its weights: $z$ of shape `(None, latent_dim)` in, squashed maps of shape
#   `(None, 16, 16, 1)` with values from -1 to 1 out, and at most 150 000 parameters for a `latent_dim` of up to 64
#
# Outside of training a map follows from $z$ alone (batch normalisation is allowed), and without jumps: a network that
# rounds $z$, or looks up stored maps, fails. Every number of $z$ counts by itself: a first layer with fewer than
# `latent_dim` neurons, for instance, would lose some.
#
# You get 1 point for the network. Then it is trained with `latent_dim` = 64, and 1000 new maps are judged:
#
# - Their power spectrum, by the mean of $\lvert \ln P_\mathrm{generated} - \ln P_\mathrm{exact} \rvert$ over rings 1 to
#   7. 2 points are for at most 0.5, and 1 more for at most 0.35. $P_\mathrm{generated}$ is that of the density less the
#   mean of the 1000 maps: a generator that makes the same map again and again has no power.
# - Their density. In each cell its cumulative distribution over the 1000 maps is compared with the true one. 2 points
#   are for a largest difference, averaged over the cells, of at most 0.08.
#
# <details><summary>Hint 1</summary>
#
# Start with the dense layer of 4·4·64 neurons, and `tfkl.Reshape`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tfkl.Conv2DTranspose` and `tfkl.Conv2D` take the same arguments: filters, kernel size, `strides`, `padding`,
# `activation`. The activation may be `"leaky_relu"`. What has the values of a squashed density?
#
# </details>
#
# %% solution="gan-fields"
def build_field_generator(latent_dim):
    """A generator: z (None, latent_dim) -> squashed maps (None, 16, 16, 1) from -1 to 1."""
    ### BEGIN SOLUTION: Build a network that doubles the resolution twice, from 4 x 4 to 16 x 16.
    def double(filters):
        return tfkl.Conv2DTranspose(filters, 4, strides=2, padding="same", activation="leaky_relu")

    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Dense(4 * 4 * 64, activation="leaky_relu"),
            tfkl.Reshape((4, 4, 64)),
            double(32),
            double(16),
            tfkl.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
    ### END SOLUTION


# %% test="gan-fields" points=1
model = build_field_generator(64)
assert getattr(model, "weights", []), "build_field_generator(64) is None, or has no weights: has it a tfk.Input?"
got = np.shape(model(np.zeros((3, 64), "float32")))
expect(got, [3, 16, 16, 1], "the shape of what build_field_generator(64) gives for 3 of z")
assert model.count_params() <= 150_000, (
    f"build_field_generator(64) has {model.count_params()} parameters, expected at most 150000: make the dense layer "
    "or the numbers of filters smaller."
)
rng, drawn_maps = np.random.default_rng(3), []
z = rng.normal(size=(20, 64)).astype("float32")
for _ in range(10):  # with random weights, since a last layer may start at zero
    model.set_weights([rng.normal(size=w.shape) if w.ndim > 1 else w for w in model.get_weights()])
    drawn_maps.append(np.asarray(model(z, training=False)))
low, high = np.min(drawn_maps), np.max(drawn_maps)
assert max(-low, high) <= 1, (
    f"build_field_generator(64) gave values from {low:.3g} to {high:.3g}, expected none beyond -1 and 1: which "
    "activation has the last layer?"
)
assert min(-low, high) > 0.5, (
    f"build_field_generator(64) gave values from {low:.3g} to {high:.3g}, expected values of both signs, up to -1 and "
    "1: which activation has the last layer?"
)
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_field_generator(build_field_generator)
### END HIDDEN TESTS

# %% [markdown]
# ### 7.8 Training
#
# The discriminator of the maps mirrors the generator: convolutions with strides of 2. It is trained with the losses of
# section 2 and the gradient penalty of section 5, in every fourth step and four times as large. Without the penalty the
# spectrum still reaches its marks in the time that we have, but the distribution of the density does not. The generator
# that is kept is a running mean of the weights over about the last hundred steps, which calms the jitter of the game
# (Yazıcı et al. 2019, arXiv:1806.04498). It takes about 20 seconds on one core.
#
# From about step 100 on the losses stay near $\ln 4 = 1.386$ and $\ln 2 = 0.693$. That is normal in this game, and does
# not mean that nothing is learned: in one run of 1400 steps the error of $\ln P$ fell from 2.3 at step 100 to 0.05 at
# the end, while the losses stood still.
#
# %%
FIELD_LATENT, PENALTY = 64, 5.0


def build_field_discriminator():
    """Squashed maps (None, 16, 16, 1) -> logits (None, 1)."""
    return tfk.Sequential(
        [
            tfk.Input(shape=(SIDE, SIDE, 1)),
            tfkl.Conv2D(24, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Conv2D(48, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Flatten(),
            tfkl.Dense(1),
        ]
    )


def train_fields(generator, kept):
    """Trains a generator of maps; `kept`, a network like it, gets the running mean. Returns both losses by step."""
    discriminator = build_field_discriminator()
    schedule = tfk.optimizers.schedules.CosineDecay(2e-3, FIELD_STEPS, alpha=0.02)
    generator_optimizer, discriminator_optimizer = (tfk.optimizers.Adam(schedule, 0.0, 0.99) for _ in range(2))
    kept.set_weights(generator.get_weights())
    maps = squashed.astype("float32")[..., None]

    @tf.function
    def step(real, penalized):
        fake = generator(tf.random.normal((FIELD_BATCH, FIELD_LATENT)), training=True)
        with tf.GradientTape() as tape:
            on_real, on_fake = discriminator(real), discriminator(fake)
            loss_d = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_fake))
            total = loss_d
            if penalized:
                with tf.GradientTape() as inner:
                    inner.watch(real)
                    summed = tf.reduce_sum(discriminator(real))
                slope = inner.gradient(summed, real)
                total += 4 * PENALTY / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=(1, 2, 3)))
        variables = discriminator.trainable_variables
        discriminator_optimizer.apply(tape.gradient(total, variables), variables)
        with tf.GradientTape() as tape:
            fake = generator(tf.random.normal((FIELD_BATCH, FIELD_LATENT)), training=True)
            loss_g = tf.reduce_mean(tf.nn.softplus(-discriminator(fake)))
        variables = generator.trainable_variables
        generator_optimizer.apply(tape.gradient(loss_g, variables), variables)
        for mean, now in zip(kept.weights, generator.weights, strict=True):
            mean.assign(0.99 * mean + 0.01 * now)
        return tf.stack([loss_d, loss_g])

    rng, losses = np.random.default_rng(SEED), []
    for number in counted(range(FIELD_STEPS)):
        real = tf.constant(maps[rng.integers(0, len(maps), FIELD_BATCH)])
        losses.append(step(real, number % 4 == 0).numpy())  # the penalty, four times as large, in every fourth step
        if (number + 1) % (FIELD_STEPS // 4) == 0:
            print(f"step {number + 1}: losses {losses[-1][0]:.3f} (discriminator), {losses[-1][1]:.3f} (generator)")
    return np.array(losses)


tfk.utils.set_random_seed(SEED)
field_generator, kept_generator = build_field_generator(FIELD_LATENT), build_field_generator(FIELD_LATENT)
field_losses = train_fields(field_generator, kept_generator)


def sample_fields(n, seed):
    """n squashed maps (n, SIDE, SIDE) of your generator."""
    z = np.random.default_rng(seed).normal(size=(n, FIELD_LATENT)).astype("float32")
    return np.asarray(kept_generator(z, training=False))[..., 0]


generated = np.asarray(to_density(np.clip(sample_fields(1000, 2), -1 + 1e-6, 1 - 1e-6), HALF), dtype=float)
kinds = np.random.default_rng(SEED).permutation(["real", "generated"])  # which row is which, by chance
figures.rows_of_maps([(real_fields if kind == "real" else generated)[:6] for kind in kinds], BOX)
show_figure(
    "Two rows of six maps of 16 × 16 cells, 64 Mpc/h wide: log₁₀ of the density, from -1 (black) to 1 (bright). One "
    "row shows real maps, the other generated ones."
)

# %% [markdown]
# One row shows real maps, the other generated ones. Which row is which? Your eye is a discriminator too, and a poor
# one. The next cell tells. It also gives the two numbers that grading asks for, of the spectrum and of the density.
# Grading draws other maps, so a number close to a mark may fall on either side of it. The tests below that cell do not
# compare them with the marks; only grading does.
#
# %%
print(f"The upper row is {kinds[0]}, the lower row is {kinds[1]}.")
modes = np.fft.fft2(generated - generated.mean(axis=0))  # of all maps at once, which is quick
ratio = in_rings(np.mean(np.abs(modes) ** 2, axis=0) * BOX**2 / SIDE**4) / exact_power()
ratios = {"200 real maps": mean_of_maps / exact_power(), "1000 generated maps": ratio}
edges = np.linspace(-1.5, 1.5, 41)
shares = {
    name: np.histogram(np.log10(maps + 1e-3), bins=edges, density=True)[0]
    for name, maps in (("real", real_fields), ("generated", generated))
}
figures.maps_compared(k, ratios, edges, shares, field_losses)
show_figure(
    "Three panels. The power spectrum divided by the exact one against k in h/Mpc, for 200 real and 1,000 generated "
    "maps, with grey bands for ln P off by at most 0.35 and 0.5. The probability density of log₁₀ of the density of a "
    "cell, real and generated. Both losses in nats against the training step."
)

logs = np.sort(np.log(generated), axis=0)  # in each cell, over the maps; the true distribution of ln rho is normal
true_share = (1 + tf.math.erf((logs + VARIANCE / 2) / np.sqrt(2 * VARIANCE)).numpy()) / 2
below = (np.arange(len(logs)) / len(logs))[:, None, None]
largest = np.maximum((true_share - below).max(axis=0), (below + 1 / len(logs) - true_share).max(axis=0))
off = np.mean(np.abs(np.log(np.maximum(ratio, 1e-9)))[:7])
print(f"spectrum: off by {off:.3f} in ln P on average over rings 1 to 7 (at most 0.5 for 2 points, 0.35 for 1 more)")
print(f"density: largest difference of the cumulative distributions {largest.mean():.3f} on average over the cells "
      "(at most 0.08; 0.027 for real maps)")  # fmt: skip

# %% test="gan-fields" points=2 needs="training"
# Judged when graded: the spectrum, off by at most 0.5 in ln P.
got = np.asarray(sample_fields(10, 1))
expect(got.shape, [10, 16, 16], "the shape of sample_fields(10, 1)")
assert np.isfinite(got).all(), "sample_fields returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_fields_power(sample_fields, kept_generator, tier=1)
### END HIDDEN TESTS

# %% test="gan-fields" points=1 needs="training"
# Judged when graded: the spectrum, off by at most 0.35 in ln P.
got = np.asarray(sample_fields(10, 1))
expect(got.shape, [10, 16, 16], "the shape of sample_fields(10, 1)")
assert np.isfinite(got).all(), "sample_fields returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_fields_power(sample_fields, kept_generator, tier=2)
### END HIDDEN TESTS

# %% test="gan-fields" points=2 needs="training"
# Judged when graded: the density, off by at most 0.08.
got = np.asarray(sample_fields(10, 1))
expect(got.shape, [10, 16, 16], "the shape of sample_fields(10, 1)")
assert np.isfinite(got).all(), "sample_fields returned nan or infinite values: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import gan as checks

checks.check_fields_histogram(sample_fields, kept_generator)
### END HIDDEN TESTS

# %% [markdown] answer="gan-trust" points=3
# ## 8 Would you use it?
#
# ### 8.1 Question 1: may the maps replace simulations? (3 points, by hand)
#
# A colleague has trained a GAN on 4000 maps from N-body simulations. It makes a million new maps in a minute. Their
# mean power spectrum agrees with that of the simulations to 2%, and no expert can tell them from real ones. The
# colleague wants to use the million maps for the covariance matrix of the power spectrum, and to count very massive
# halos.
#
# In a few sentences: why does the agreement of the mean power spectrum not show that the maps follow the right
# distribution? Give an example of wrong maps that pass. (1 point.) Why can a million generated maps not replace the
# simulations that the network has never seen, for either of the two uses? (1 point.) Which two tests would you ask for
# before the maps are used? (1 point.)
#
# === BEGIN MARK SCHEME ===
# 1 point for "the mean power spectrum is one summary", with an example that passes it: a Gaussian field with the same
# spectrum (random phases), a generator that returns only a few different maps or the training maps (mode collapse or
# memory; the mean spectrum is right, the variety is not), maps with a wrong one-point distribution or wrong higher
# moments. Experts looking at maps judge quality, not variety. An answer without an example gives no point.
#
# 1 point for: the network has only the information of its 4000 training maps, so samples from it reduce no statistical
# error beyond those; what is rare or absent in the training set (massive halos, tails) is extrapolated and not learned;
# a covariance depends on the variety between maps, which the GAN objective does not guarantee and mode collapse
# reduces. At least one use must be treated with its reason.
#
# 1 point for two sensible tests that look at what is needed: covariance or scatter of the spectrum against held-out
# simulations; a two-sample test (energy distance, MMD, a classifier) on held-out simulations with a permutation
# p-value; one-point distribution, peak counts or halo mass function in the tail; bispectrum or other higher moments;
# nearest training map of each generated one (memory); coverage of known kinds of maps. "Look at more maps" or the loss
# curves are not enough. One test alone gives no point.
# === END MARK SCHEME ===

# %% [markdown]
# ## 9 What you have learnt
#
# You know what a perfect discriminator says, and what a generator minimises that plays against it. You wrote the losses
# of both so that they survive a discriminator that is sure, and saw why one loss teaches where the other is silent. You
# read a ratio of densities off a classifier and held it against the truth. You trained two networks in turns, saw one
# of them collapse, and mended it. And you judged samples by what is known about them: by modes, by a two-sample test,
# by spectra and distributions. A picture that looks right is where such tests begin.
