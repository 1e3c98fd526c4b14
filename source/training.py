# Training in practice. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Training in practice
#
# A network that trains is more than layers and a loss. Its inputs need a scale, its steps a length, its gradients a
# limit, and somebody must say when to stop. Each of these parts is small, and can be checked exactly. Here you write
# them, put them together, and hold the trained network against the best that any network could reach.
#
# **What you will learn**
#
# - to standardise inputs by the training rows alone, and to start a deep network with signals of the right size;
# - what a batch, a learning rate, a schedule and a limit on gradients do, in numbers;
# - why training and validation loss differ, even when nothing is wrong;
# - to write batch normalisation, dropout, a residual network and an augmentation that changes labels too;
# - to write a training step and an early stop, and to train a network with them;
# - to reuse a trained network where labels are few.
#
# **Time**: about 180 minutes. There are 14 tasks, worth 55 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"
# %%
from progress import counted

# The settings of this notebook. On a GPU set the environment variable COURSE_BUDGET to "gpu" before you start Jupyter:
# everything trains longer. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
EPOCHS, HEAD_STEPS = {"proof": (1, 2), "laptop": (25, 300), "gpu": (100, 300)}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))

# %% [markdown]
# ## 1 The data
#
# ### 1.1 A toy catalogue
#
# A galaxy has six magnitudes $m$, and three properties that we want from them: mass, age and dust. All three depend on
# six hidden numbers $u$, and so do the magnitudes:
#
# $$ m = \mu + A u, \qquad y = f(u) + 0.2\, \varepsilon, \qquad u, \varepsilon \sim \mathcal{N}(0, I) $$
#
# The matrix $A$ can be inverted. So the magnitudes tell $u$, and the best possible prediction is $f(u)$. Its error is
# $0.2$ in each property. On average no network can have less on galaxies that it has not seen. Remember this limit.
#
# %%
SCATTER = 0.2  # of each property: the error of the best possible prediction
FAINT = np.array([25.0, 24.2, 23.1, 22.5, 22.0, 21.8])
MIX = 0.3 * np.ones((6, 6)) + np.diag([1.5, 1.2, 1.0, 0.8, 0.7, 0.5])


def catalogue(n, rng):
    """Magnitudes (n, 6) of toy galaxies, their mass, age and dust (n, 3), and their rate of star formation (n,)."""
    u = rng.normal(size=(n, 6))
    mass = np.sin(1.5 * u[:, 0]) + 0.5 * u[:, 1]
    age = np.tanh(2 * u[:, 1] * u[:, 2]) + 0.3 * u[:, 0]
    dust = np.abs(u[:, 3]) - 0.5 * np.tanh(u[:, 4] + u[:, 5])
    truth = np.stack([mass, age, dust], axis=1)
    rate = mass - age + 0.5 * dust
    return FAINT + u @ MIX, truth + SCATTER * rng.normal(size=(n, 3)), rate + SCATTER * rng.normal(size=n)


magnitudes, properties, _ = catalogue(12_000, np.random.default_rng(SEED + 1))
TRAIN, VALID = slice(0, 10_000), slice(10_000, 12_000)  # the rows come in no order, so the tail is as good as any
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
axes[0].boxplot(magnitudes[TRAIN], whis=(0, 100))
axes[0].set(xlabel="band", ylabel="magnitude")
axes[1].scatter(magnitudes[:1000, 0], properties[:1000, 0], s=4)
axes[1].set(xlabel="magnitude in band 1", ylabel="mass")
show_figure(
    "Left: the magnitudes of the training galaxies as boxes with lines to the extremes, band by band: they differ in "
    "middle and in width. Right: the mass of a thousand galaxies against the magnitude in band 1, a cloud of points."
)

# %% [markdown]
# ### 1.2 What you will build
#
# This picture shows the way of the data. The numbers are the tasks that it uses; the clipping of task 5 is done by
# TensorFlow. Task 14 puts the trained network to a new use. The others are exercises beside it.
#
# %%
figure, axis = plt.subplots(figsize=(10, 2.4), layout="constrained")
for place, text in enumerate(
    ["magnitudes", "standardise\n(task 1)", "residual\nnetwork (8)", "mass, age,\ndust", "training\nstep (13)"]
):
    axis.text(2 * place, 1, text, ha="center", va="center", bbox={"boxstyle": "round,pad=0.5", "fc": "w"})
    if place < 4:
        axis.annotate("", (2 * place + 1.3, 1), (2 * place + 0.7, 1), arrowprops={"arrowstyle": "->"})
axis.annotate("", (4, 0.6), (8, 0.6), arrowprops={"arrowstyle": "->", "connectionstyle": "arc3,rad=-0.25"})
axis.text(6, -0.2, "new weights: learning rate (4), clipping (as in 5), early stop (12)", ha="center", fontsize=9)
axis.set(xlim=(-1, 9), ylim=(-0.5, 1.6))
axis.axis("off")
show_figure(
    "A chain of boxes from left to right: magnitudes, standardise, residual network, mass, age and dust, training "
    "step. An arrow leads from the training step back to the network: it brings new weights."
)

# %% [markdown]
# ### 1.3 Task 1: `standardise` (3 points)
#
# Each column loses its mean and is divided by its standard deviation. Both come from the *training* rows, whatever is
# standardised. Statistics of validation rows would tell the network of data that it must not know yet: a leak.
#
# By hand: a training column $1, 3$ has mean 2 and standard deviation 1. So a new value 5 becomes 3.
#
# - `train`: training rows, shape `(n, d)`
# - `x`: the rows to standardise, shape `(m, d)`
# - returns them standardised, shape `(m, d)`; the standard deviation divides by $n$
#
# A training column whose values are all equal has no width. Then subtract the mean only. Rounding may leave such a
# column a standard deviation of $10^{-17}$, so look at its values. A column that truly varies, by $10^{-15}$ or more,
# keeps its width. Use double precision, as NumPy does: a column may vary by little about a large mean.
#
# <details><summary>Hint 1</summary>
#
# Which of the two arrays do you ask for its mean? Which axis runs over rows?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.ptp` with an axis gives the largest less the smallest value of each column. `np.where` can replace a width by 1.
#
# </details>
#
# %% solution="training-standardise"
def standardise(train, x):
    """Rows x (m, d) less the mean of the training rows (n, d), divided by their standard deviation, by column."""
    ### BEGIN SOLUTION: Return x standardised with the mean and the standard deviation of train.
    constant = np.ptp(train, axis=0) == 0
    width = np.where(constant, 1.0, np.std(train, axis=0))
    return (x - np.mean(train, axis=0)) / width
    ### END SOLUTION


# %% [markdown]
# The first test has columns of some width, the second constant ones.
#
# %% test="training-standardise" points=2
got = standardise(np.array([[1], [3]]), np.array([[5]]))
expect(got, [[3.0]], "5, standardised after training on 1 and 3,")
known, new = np.array([[1.0, 10.0], [3.0, 50.0]]), np.array([[5.0, 30.0], [0.0, 0.0], [2.0, 40.0]])
got = standardise(known, new)
why = "the means are 2 and 30, the widths 1 and 20"
expect(got, [[3.0, 0.0], [-2.0, -1.5], [0.0, 0.5]], "standardise of two columns", why)
expect(new[1], [0.0, 0.0], "the second row of x, afterwards,", "leave x as it is")
got = standardise(np.array([[0.0], [2e-15]]), np.array([[4e-15]]))
expect(got, [[3.0]], "4e-15, standardised after training on 0 and 2e-15,", "mean and width are 1e-15")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_standardise(standardise)
### END HIDDEN TESTS

# %% test="training-standardise" points=1
got = standardise(np.full((7, 1), 0.1), np.array([[0.1], [1.1]]))
expect(got, [[0.0], [1.0]], "[[0.1], [1.1]], standardised after training on 0.1 alone,", "no width")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_standardise_constant(standardise)
### END HIDDEN TESTS

# %%
def prepare(magnitudes):
    """Magnitudes (n, 6) -> standardised inputs (n, 6) in float32."""
    return np.asarray(standardise(MAGNITUDES, np.asarray(magnitudes, dtype=float)), dtype=np.float32)


MAGNITUDES = magnitudes[TRAIN]
x_valid = prepare(magnitudes[VALID])
print("validation columns, mean:", x_valid.mean(axis=0).round(3), "standard deviation:", x_valid.std(axis=0).round(3))

# %% [markdown]
# The means are near 0 and the widths near 1, but not equal to them. That is as it should be: these rows took no part.
#
# ## 2 Steps
#
# ### 2.1 Task 2: `batch_mean_variance` (3 points)
#
# A batch gives a noisy gradient. How noisy? Take the mean of `size` values, drawn from `n` *without* replacement: none
# is drawn twice, as in one epoch no galaxy is used twice.
#
# By hand, for the values 0, 2, 4: batches of one have means 0, 2, 4, with variance $8/3$. Batches of two have means 1,
# 2, 3, with variance $2/3$. The batch of all three has no variance at all. The rule is
#
# $$ \mathrm{Var} = \frac{s^2}{B} \left(1 - \frac{B}{n}\right) $$
#
# (Cochran 1977, Sampling Techniques, theorem 2.2). Here $s^2$ is the sum of the squared distances from the mean,
# divided by $n$ or by $n - 1$. Which? Try both on the example.
#
# - `values`: shape `(n,)`, with $n \ge 2$. They may scatter little about a large mean, where a difference of two large
#   squares would lose all digits
# - `size`: the size $B$ of a batch, from 1 to $n$
# - returns the variance of the mean of a batch, a number
#
# <details><summary>Hint 1</summary>
#
# For the three values, a sum of squares divided by 3 is $8/3$, and divided by 2 it is 4. Put both into the rule.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.var` has an argument `ddof`.
#
# </details>
#
# %% solution="training-batch"
def batch_mean_variance(values, size):
    """Variance of the mean of `size` of the values (n,), drawn without replacement; a number."""
    ### BEGIN SOLUTION: Return the variance of the mean of a batch, with the correction for a finite set.
    return np.var(values, ddof=1) / size * (1 - size / len(values))
    ### END SOLUTION


# %% test="training-batch" points=3
for size, expected in ((1, 8 / 3), (2, 2 / 3), (3, 0.0)):
    got = batch_mean_variance(np.array([0, 2, 4]), size)
    expect(got, expected, f"batch_mean_variance([0, 2, 4], {size})", "the batches stand above", atol=1e-8)
got = batch_mean_variance(1e8 + np.array([0.0, 2.0, 4.0]), 1)
expect(got, 8 / 3, "batch_mean_variance([1e8, 1e8 + 2, 1e8 + 4], 1)", "as for 0, 2, 4")
got = batch_mean_variance(np.array([0.0, 1.0, 5.0]), 2)
expect(got, 7 / 6, "batch_mean_variance([0, 1, 5], 2)", "the means are 0.5, 2.5 and 3")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_batch(batch_mean_variance)
### END HIDDEN TESTS

# %%
rng, values, sizes = np.random.default_rng(3), properties[:256, 0], np.array([1, 4, 16, 64, 128, 192, 240])
means = [[rng.choice(values, size, replace=False).mean() for _ in range(400)] for size in sizes]
rule = [float(np.asarray(batch_mean_variance(values, size))) for size in range(1, 256)]
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.loglog(range(1, 256), rule, label="your formula")
axis.loglog(sizes, np.var(means, axis=1), "C0o", label="400 batches")
axis.loglog(range(1, 256), rule[0] / np.arange(1, 256), "k:", lw=1, label="with replacement, as 1 / B")
axis.set(xlabel="size of the batch $B$, out of 256", ylabel="variance of the mean")
axis.legend(loc="lower left")
show_figure("Variance of the mean against the size, axes logarithmic: your formula, dots, and a dotted line as 1 / B.")

# %% [markdown]
# Four times the batch has a quarter of the noise, until the batch is a good part of all. Your training will take 128 of
# 10,000 galaxies at a time. There $1 - B/n$ is 0.99, and hardly matters.

# %% [markdown]
# ### 2.2 Task 3: `largest_rate` (3 points)
#
# Gradient descent on a parabola $\tfrac12 h w^2$ multiplies $w$ by $1 - \eta h$ in each step. That shrinks while
# $\eta < 2/h$. In several dimensions the steepest direction decides: $\eta < 2/\lambda_{\max}$ of the matrix of second
# derivatives. For the loss
#
# $$ L(w) = \frac1n \sum_i (x_i \cdot w - y_i)^2 $$
#
# what is this matrix? By hand, for one weight and the inputs 1 and 3: $L$ has the second derivative
# $2 (1 + 9)/2 = 10$, so the limit is $0.2$.
#
# - `x`: inputs, shape `(n, p)`, not all 0
# - returns the rate that must not be reached, a number
#
# <details><summary>Hint 1</summary>
#
# The gradient of $L$ is $\tfrac2n X^\top (Xw - y)$. Differentiate it once more.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The matrix is symmetric: `np.linalg.eigvalsh` gives its eigenvalues. Mind the factor 2.
#
# </details>
#
# %% solution="training-rate"
def largest_rate(x):
    """The learning rate at which gradient descent on the mean squared error of a linear model stops converging."""
    ### BEGIN SOLUTION: Return 2 over the largest eigenvalue of the second derivatives of the loss.
    second = 2 * x.T @ x / len(x)
    return 2 / np.linalg.eigvalsh(second).max()
    ### END SOLUTION


# %% test="training-rate" points=3
expect(largest_rate(np.array([[1], [3]])), 0.2, "largest_rate([[1], [3]])", "the second derivative is 10")
got = largest_rate(np.array([[3.0, 0.0], [0.0, 1.0]]))
expect(got, 2 / 9, "largest_rate([[3, 0], [0, 1]])", "the second derivatives are 9 and 1")
why = "the second derivatives are 4/3 for each weight and 2/3 for both, so the steepest direction has 2"
expect(largest_rate(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])), 1.0, "largest_rate([[1, 1], [1, 0], [0, 1]])", why)
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_largest_rate(largest_rate)
### END HIDDEN TESTS

# %% [markdown]
# Now gradient descent on the mass, with rates below and above your limit. Which curves will fall, and which one will
# rise?
#
# %%
rows = {"raw": magnitudes[:500], "standardised": prepare(magnitudes[:500]).astype(float)}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained", sharey=True)
for axis, (what, x) in zip(axes, rows.items(), strict=True):
    limit = float(np.asarray(largest_rate(x)))
    print(f"{what}: largest rate {limit:.2g}")
    for share, style in ((0.5, "C0-"), (0.95, "C1--"), (1.05, "C3:")):
        w, curve = np.zeros(6), []
        for _ in range(60):
            error = x @ w - properties[:500, 0]
            curve.append(np.mean(error**2))
            w = w - share * limit * 2 * x.T @ error / len(x)
        axis.plot(curve, style, label=f"{share:g} of the limit, {share * limit:.2g}")
    axis.set(xlabel="step", title=what, ylim=(0, 2))
    axis.legend(fontsize=8, loc="upper left" if what == "raw" else "upper right")
axes[0].set(ylabel="mean squared error of the mass")
show_figure(
    "Two panels, raw magnitudes and standardised ones: the loss of a linear model against the step for "
    "0.5, 0.95 and 1.05 times your largest rate, 60 steps, losses from 0 to 2."
)

# %% [markdown]
# Above the limit the loss grows in the end. The error along the steepest direction is small at first, but each step
# makes it larger. Below the limit both curves fall, and nearly lie on each other.
#
# Raw magnitudes are all far from 0, so the steepest direction is the one that changes all of them together. It allows a
# rate of 0.00031 only, and with that all other directions learn next to nothing in 60 steps. Standardised inputs allow
# 0.26, and 20 steps are enough.
#
# ### 2.3 Task 4: `learning_rate` (3 points)
#
# A schedule begins gently, is fast in the middle and ends slowly. Over the first `warmup` *steps* (not epochs) the rate
# climbs in equal parts, and reaches `peak` in the last of them. Then it follows half a cosine down, and is 0 from step
# `total` on (Loshchilov & Hutter 2017, arXiv:1608.03983).
#
# By hand, for a peak of 1, a warm-up of 2 steps and 6 in total: steps 0 and 1 have ½ and 1. Step 2 begins the cosine,
# with 1; step 4 is half-way, with ½; step 6 and all later ones have 0.
#
# - `step`: from 0 on; `peak`: the largest rate; `warmup`: may be 0; `total`: more than `warmup`
# - returns the rate of this step, a number
#
# <details><summary>Hint 1</summary>
#
# Three cases. In the cosine, which share of the way from `warmup` to `total` is done?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\tfrac12 (1 + \cos \pi t)$ falls from 1 to 0 while $t$ goes from 0 to 1.
#
# </details>
#
# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    """The rate of a step (from 0 on): up to peak over the warm-up, then half a cosine down to 0 at total."""
    ### BEGIN SOLUTION: Return the rate of the step, by three cases.
    if step < warmup:
        return peak * (step + 1) / warmup
    done = min((step - warmup) / (total - warmup), 1.0)
    return peak * 0.5 * (1 + np.cos(np.pi * done))
    ### END SOLUTION


# %% test="training-schedule" points=3
for step, expected in ((0, 0.5), (1, 1.0), (2, 1.0), (4, 0.5), (6, 0.0), (9, 0.0)):
    expect(learning_rate(step, 1.0, 2, 6), expected, f"learning_rate({step}, 1, 2, 6)")
expect(learning_rate(0, 1.0, 0, 6), 1.0, "learning_rate(0, 1, 0, 6)", "there is no warm-up")
expect(learning_rate(2, 3.0, 4, 12), 2.25, "learning_rate(2, 3, 4, 12)", "three quarters of the peak")
expect(learning_rate(10, 3.0, 4, 12), 0.43934, "learning_rate(10, 3, 4, 12)", "three quarters of the way down")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_learning_rate(learning_rate)
### END HIDDEN TESTS

# %%
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.plot([float(np.asarray(learning_rate(step, 1e-2, 50, 500))) for step in range(550)])
axis.set(xlabel="step", ylabel="learning rate")
show_figure("The rate of your schedule against the step, from 0 to 550, for a warm-up of 50 steps and 500 in total.")

# %% [markdown]
# The climb is short. The slow end lets the weights settle, as the last steps are small.
#
# ### 2.4 Task 5: `clip_gradients` (2 points)
#
# One bad batch can throw the weights far away. A limit on the length of the gradient prevents it. All arrays together
# are *one* vector: if its length exceeds the limit, all are multiplied by the same factor. So the direction stays
# (Pascanu et al. 2013, arXiv:1211.5063).
#
# By hand: the gradients `[3]` and `[4]` have the length 5. With the limit 1 they become `[0.6]` and `[0.8]`. With the
# limit 10 they stay.
#
# - `gradients`: a list of arrays of any shapes; they may all be 0
# - `limit`: the largest length, above 0
# - returns a list of arrays of the same shapes
#
# <details><summary>Hint 1</summary>
#
# Clipping each array by its own length would give `[1]` and `[1]`: another direction.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Sum the squares of all arrays first. What if all gradients are 0?
#
# </details>
#
# %% solution="training-clip"
def clip_gradients(gradients, limit):
    """The gradients, all multiplied by one factor if their length together exceeds the limit."""
    ### BEGIN SOLUTION: Return the list of gradients, shortened together.
    length = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients))
    factor = limit / max(length, limit)
    return [factor * gradient for gradient in gradients]
    ### END SOLUTION


# %% test="training-clip" points=2
given = [np.array([3.0]), np.array([4.0])]
got = clip_gradients(given, 1.0)
expect(got, {"part 1": [0.6], "part 2": [0.8]}, "clip_gradients([[3], [4]], 1)", "their length together is 5")
expect(given[1], [4.0], "the given gradient 4, afterwards,", "make new arrays")
got = clip_gradients(given, 10.0)
expect(got, {"part 1": [3.0], "part 2": [4.0]}, "clip_gradients([[3], [4]], 10)", "a length of 5 stays")
got = clip_gradients([np.array([[2.0, 0.0], [0.0, -4.0]]), np.array([4.0])], 3.0)
expected = {"part 1": [[1.0, 0.0], [0.0, -2.0]], "part 2": [2.0]}
expect(got, expected, "clip_gradients([[[2, 0], [0, -4]], [4]], 3)", "their length is 6")
got = clip_gradients([np.zeros(2)], 1.0)
expect(got, {"part 1": [0.0, 0.0]}, "clip_gradients([[0, 0]], 1)", "the length 0 is not above the limit")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_clip(clip_gradients)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 Signals through many layers
#
# ### 3.1 Task 6: `signal_scale` (3 points)
#
# How large must random weights be at the start? Let $q$ be the mean square of the numbers that enter a ReLU. They are
# positive or negative with the same chance, so half of the square survives: $q/2$. The next layer sums $n$ of them,
# each times a weight of mean 0 and variance $\sigma^2$. What is its mean square, on average over networks?
#
# By hand: $q = 3$, $n = 100$ and $\sigma^2 = 0.01$ give $1.5$, and another such layer $0.75$. With $\sigma^2 = 2/n$
# nothing is lost (He et al. 2015, arXiv:1502.01852).
#
# - `start`: the mean square that enters the first ReLU
# - `widths`: a list of the numbers $n$ of inputs of each layer that follows
# - `variance`: the variance of all weights
# - returns the mean squares after each of these layers, as many as `widths`
#
# <details><summary>Hint 1</summary>
#
# The variance of a sum of independent terms is the sum of their variances. So each layer multiplies by a factor, and
# continues from the one before.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A loop with a list does it, or `np.cumprod`.
#
# </details>
#
# %% solution="training-signal"
def signal_scale(start, widths, variance):
    """Mean squares after each ReLU and layer of the given numbers of inputs, on average over random weights."""
    ### BEGIN SOLUTION: Return the mean square after each layer.
    return start * np.cumprod(np.array(widths) * variance / 2)
    ### END SOLUTION


# %% test="training-signal" points=3
expect(signal_scale(3, [100, 100], 0.01), [1.5, 0.75], "signal_scale(3, [100, 100], 0.01)")
got = signal_scale(3.0, [100, 50], 0.02)
expect(got, [3.0, 1.5], "signal_scale(3, [100, 50], 0.02)", "the factors are 1 and 1/2")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_signal(signal_scale)
### END HIDDEN TESTS

# %% [markdown]
# Next, your formula against 20 random networks, for three variances of the weights. Which signal will stay level?
#
# %%
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
rng = np.random.default_rng(5)
for gain, colour in ((1.0, "C0"), (2.0, "C1"), (3.0, "C2")):
    found = np.zeros(20)
    for _ in range(20):  # networks
        hidden = rng.normal(size=128)
        for layer in range(20):
            hidden = rng.normal(size=(128, 128)) @ np.maximum(hidden, 0) * np.sqrt(gain / 128)
            found[layer] += np.mean(hidden**2) / 20
    axis.semilogy(range(1, 21), found, colour + "o", ms=4)
    axis.semilogy(range(1, 21), np.asarray(signal_scale(1.0, [128] * 20, gain / 128)), colour, label=f"{gain:g} / n")
axis.set(xlabel="layer", ylabel="mean square", xticks=range(0, 21, 5), title="line: your formula, dots: 20 networks")
axis.legend(title="variance of the weights")
show_figure(
    "Mean square of the signal against the layer, 1 to 20, on a logarithmic scale, for weights of variance 1/n, 2/n "
    "and 3/n: your formula as lines, the average of 20 random networks as dots."
)

# %% [markdown]
# Only $2/n$ stays level. The dots may leave their lines, most so in deep layers: 20 networks are few, and rare ones
# with large signals carry the mean.

# %% [markdown]
# ### 3.2 Task 7: `batch_norm` (5 points)
#
# Batch normalisation keeps the size right during training too. In training, each column of a batch loses its mean and
# is divided by $\sqrt{v + 0.001}$, with $v$ its variance (divided by $n$). Then it is multiplied by `gamma`, and `beta`
# is added (Ioffe & Szegedy 2015, arXiv:1502.03167). The result has mean 0 and nearly variance 1 before `gamma` and
# `beta`; its distribution is not made a Gaussian.
#
# Two moving averages remember the mean and the variance: each becomes 0.99 of itself and 0.01 of the batch's. Outside
# of training they take the place of the batch's own, and stay as they are. (0.001 and 0.99 are what Keras' own layer
# takes unless told otherwise.)
#
# By hand: the batch $1, 3$ has mean 2 and variance 1. A moving mean of 0 becomes 0.02, and a moving variance of 3
# becomes 2.98.
#
# - `x`: shape `(n, d)`; `gamma`, `beta`, `mean`, `variance`: shape `(d,)`, the last two the moving averages
# - `training`: True or False
# - returns three arrays: the result `(n, d)`, the moving mean and the moving variance afterwards, each `(d,)`
#
# <details><summary>Hint 1</summary>
#
# First choose which mean and variance to use. The rest is the same in both cases.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Do not update the moving averages in place: make new ones. `np.var` divides by $n$.
#
# </details>
#
# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    """Batch normalisation of x (n, d); returns the result and the moving mean and variance (d,) afterwards."""
    ### BEGIN SOLUTION: Return the normalised batch, the moving mean and the moving variance.
    used_mean, used_variance = mean, variance
    if training:
        used_mean, used_variance = np.mean(x, axis=0), np.var(x, axis=0)
        mean = 0.99 * mean + 0.01 * used_mean
        variance = 0.99 * variance + 0.01 * used_variance
    return gamma * (x - used_mean) / np.sqrt(used_variance + 0.001) + beta, mean, variance
    ### END SOLUTION


# %% [markdown]
# The first test is for training, the second for afterwards.
#
# %% test="training-batchnorm" points=3
x, center, spread = np.array([[1], [3]]), np.zeros(1), np.array([3.0])
expected = {"the result": [[-0.9990], [2.9990]], "the moving mean": [0.02], "the moving variance": [2.98]}
got = batch_norm(x, np.array([2.0]), np.array([1.0]), center, spread, True)
assert not isinstance(got, np.ndarray), "batch_norm returned one array, expected three: return all three."
why = "the batch has the mean 2 and the variance 1"
expect(got, expected, "batch_norm of 1 and 3 with gamma 2 and beta 1, in training,", why)
expect(center, [0.0], "the given moving mean, afterwards,", "make a new array")
expect(spread, [3.0], "the given moving variance, afterwards,", "make a new array")
x, zeros = np.array([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0]]), np.zeros(2)
expected = {"the result": ..., "the moving mean": [0.03, 0.02], "the moving variance": [8 / 300, 0.08]}
got = batch_norm(x, np.ones(2), zeros, zeros, zeros, True)
why = "the batch has the means 3 and 2, and the variances 8/3 and 8"
expect(got, expected, "batch_norm of two columns, in training,", why)
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_batch_norm_training(batch_norm)
### END HIDDEN TESTS

# %% test="training-batchnorm" points=2
x, one, zero = np.array([[1.0], [3.0]]), np.ones(1), np.zeros(1)
expected = {"the result": [[0.0], [1.9990]], "the moving mean": [1.0], "the moving variance": [1.0]}
got = batch_norm(x, one, zero, one, one, False)
assert not isinstance(got, np.ndarray), "batch_norm returned one array, expected three: return all three."
expect(got, expected, "batch_norm of 1 and 3 with moving averages of 1, outside of training,")
got = batch_norm(x, 2 * one, 3 * one, zero, 4 * one, False)
expected = {"the result": [[3.99988], [5.99963]], "the moving mean": [0.0], "the moving variance": [4.0]}
expect(got, expected, "batch_norm with gamma 2, beta 3 and moving averages 0, 4, outside of training,")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_batch_norm_inference(batch_norm)
### END HIDDEN TESTS

# %% [markdown]
# ### 3.3 Task 8: `build_residual` (4 points)
#
# A skip connection *adds* its input to what a block computes: $x + F(x)$ (He et al. 2016, arXiv:1512.03385). It does
# not concatenate. If $F$ is small the block changes little. So a signal passes through many blocks,
# and so does a gradient.
#
# Here $F$ is a dense layer with ReLU, then a dense layer without activation, both of `width` neurons and with biases.
# By hand, for width 1, weights 2 and 3 and no biases: $x = 1$ gives $1 + 3 \cdot 2 = 7$, and $x = -1$ gives $-1$.
#
# - `width`: the number of inputs, of outputs, and of neurons in each layer
# - `depth`: the number of blocks, one after the other
# - returns a Keras model, `(None, width)` to `(None, width)`: call layers on a `tfk.Input`, then `tfk.Model` takes the
#   input and the result. Its weights come in the order in which they are used
#
# <details><summary>Hint 1</summary>
#
# Begin with `tfk.Input`, and let a variable walk through the blocks.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# In each block, call two `tfkl.Dense` layers, then add with `tfkl.Add` or `+`. No activation after the sum.
#
# </details>
#
# %% solution="training-residual"
def build_residual(width, depth):
    """A model of `depth` blocks x + Dense(ReLU(Dense(x))), all of the same width."""
    ### BEGIN SOLUTION: Return a functional model of residual blocks.
    inputs = tfk.Input(shape=(width,))
    signal = inputs
    for _ in range(depth):
        inner = tfkl.Dense(width, activation="relu")(signal)
        signal = tfkl.Add()([signal, tfkl.Dense(width)(inner)])
    return tfk.Model(inputs, signal)
    ### END SOLUTION


# %% test="training-residual" points=4
model = build_residual(1, 1)
assert model is not None, "build_residual(1, 1) is None: is there a return statement?"
shapes = {"the shape of weights 1": [1, 1], "that of biases 1": [1]}
shapes |= {"the shape of weights 2": [1, 1], "that of biases 2": [1]}
expect([np.shape(array) for array in model.get_weights()], shapes, "build_residual(1, 1)")
model.set_weights([np.full((1, 1), 2.0), np.zeros(1), np.full((1, 1), 3.0), np.zeros(1)])
got = model(np.array([[1.0], [-1.0]], "float32"))
expect(got, [[7.0], [-1.0]], "what weights of 2 and 3 make of 1 and -1")
model.set_weights([np.full((1, 1), 2.0), np.array([1.0]), np.full((1, 1), -3.0), np.array([0.5])])
got = model(np.array([[1.0]], "float32"))
expect(got, [[-7.5]], "what weights of 2, -3 and biases of 1, 0.5 make of 1", "1 - 9 + 0.5")
model = build_residual(1, 2)
expect(len(model.get_weights()), 8, "the number of arrays in build_residual(1, 2)", "4 for each block")
model.set_weights([np.full((1, 1), 2.0), np.zeros(1), np.full((1, 1), 3.0), np.zeros(1)] * 2)
got = model(np.array([[1.0]], "float32"))
expect(got, [[49.0]], "what two blocks with weights of 2 and 3 make of 1", "the second block makes 7 + 42 of 7")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_residual(build_residual)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 Learning by heart
#
# ### 4.1 Task 9: `expected_errors` (4 points)
#
# "The closer loss and val_loss, the better" is often said, and false. Fit a line to noise, and the fit follows the
# noise of its own points. With $p$ weights, $n$ Gaussian inputs and noise of variance $\sigma^2$, least squares has on
# new points, on average,
#
# $$ \mathrm{E}[\text{test}] = \sigma^2 \left(1 + \frac{p}{n - p - 1}\right) $$
#
# How much of $\sigma^2$ is left on its own points? The noise of $n$ points is a vector in $n$ dimensions, and the fit
# takes away its part in $p$ of them. By hand, the extremes: with $p = 0$ all of $\sigma^2$ is left. With $p = n$ the
# fit goes through every point: the training error is 0, and says nothing about the noise. For 20 points, 5 weights
# and $\sigma^2 = 1$ the two are 0.75 and 1.357. From how many points on is the *gap* between them small?
#
# - `n`, `p`: with $n > p + 1$; p may be 0
# - `variance`: of the noise, above 0
# - returns three numbers: the training error, the test error, and the number of points: the smallest $n' > p + 1$ at
#   which test less training error is at most a tenth of `variance`. In the tests it is never just a tenth
#
# For example, `expected_errors(20, 5, 1.0)` gives 0.75, 1.357 and 104.
#
# <details><summary>Hint 1</summary>
#
# The training error is $\sigma^2$ times a straight line in $p$. The gap falls with $n'$, so the first one that is small
# enough is the answer. A loop is fine.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# The gap over the variance is $p/n' + p/(n' - p - 1)$. Compare it with 0.1; the variance cancels.
#
# </details>
#
# %% solution="training-optimism"
def expected_errors(n, p, variance):
    """Expected training and test error of least squares, and the points at which their gap is a tenth of variance."""
    ### BEGIN SOLUTION: Return the training error, the test error, and the number of points.
    enough = int(p) + 2
    while p / enough + p / (enough - p - 1) > 0.1:
        enough += 1
    return variance * (1 - p / n), variance * (1 + p / (n - p - 1)), enough
    ### END SOLUTION


# %% test="training-optimism" points=2
for given, expected in (((20, 5, 1.0), (0.75, 19 / 14)), ((10, 3, 4.0), (2.8, 6.0))):
    errors = dict(zip(("the training error", "the test error"), expected, strict=True))
    expect(expected_errors(*given), errors | {"the points": ...}, f"expected_errors{given}")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_expected_errors(expected_errors)
### END HIDDEN TESTS

# %% test="training-optimism" points=2
for given, expected in (((20, 5, 1.0), 104), ((10, 3, 4.0), 63), ((100, 3, 4.0), 63)):
    points = {"the training error": ..., "the test error": ..., "the number of points": expected}
    expect(expected_errors(*given), points, f"expected_errors{given}", "one fewer leaves a gap above a tenth")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_enough(expected_errors)
### END HIDDEN TESTS

# %%
rng, sizes, p, true = np.random.default_rng(8), np.array([8, 12, 20, 40, 80, 160]), 5, np.array([1, -1, 0, 1, 1])
found = []
for n in sizes:
    pairs = []
    for _ in range(400):
        x, noise = rng.normal(size=(n, p)), rng.normal(size=n)
        error = np.linalg.lstsq(x, x @ true + noise, rcond=None)[0] - true  # of the weights
        pairs.append((np.mean((noise - x @ error) ** 2), 1 + np.sum(error**2)))
    found.append(np.mean(pairs, axis=0))
fine = np.arange(8, 161)
exact = np.array([[float(np.asarray(e)) for e in expected_errors(int(n), p, 1.0)[:2]] for n in fine])
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
for column, (what, style) in enumerate((("training", "C0"), ("test", "C1"))):
    axis.loglog(fine, exact[:, column], style, label=f"{what}, your formula")
    axis.loglog(sizes, np.array(found)[:, column], style + "o", label=f"{what}, mean of 400 fits")
axis.axhline(1, color="k", lw=1, ls=":", label="the noise")
axis.axhline(1 + np.sum(true**2), color="C2", ls="--", label="predicting 0, training and test")
axis.set(xlabel="points $n$", ylabel="mean squared error")
axis.set_xticks([8, 20, 40, 80, 160], ["8", "20", "40", "80", "160"])
axis.set_yticks([0.4, 0.7, 1, 2, 5], ["0.4", "0.7", "1", "2", "5"])
axis.minorticks_off()
axis.legend(fontsize=8, loc=(0.53, 0.56))
show_figure(
    "Training and test error of least squares with 5 weights against the number of points, 8 to 160, both axes "
    "logarithmic: your formulas as lines, means of 400 fits as dots, the variance of the noise dotted. A dashed "
    "line at 5 is the error of a model that always predicts 0."
)

# %% [markdown]
# With few points the gap is large, though nothing went wrong. A model that always predicts 0 has no gap: on average its
# error is 5 on the points at hand and on new ones. Yet at every $n$ here the fit predicts new points better. (At
# $n = 8$ the dot may leave the line: rare bad fits carry the mean.)
#
# ### 4.2 Task 10: `dropout` (3 points)
#
# Dropout sets inputs to 0 by chance, with probability `rate`, in training only. What stays is divided by
# $1 - \text{rate}$, so that the mean stays too (Srivastava et al. 2014, JMLR 15, 1929). So nothing is left to do when
# the network is used.
#
# By hand: at a rate of ½ the value 3 becomes 0 or 6, on average 3.
#
# - `x`: an array of any shape
# - `rate`: from 0 to below 1
# - `uniform`: random numbers from 0 to 1, of the same shape: drop where it is *below* `rate`
# - `training`: True or False
# - returns an array of the shape of `x`
#
# <details><summary>Hint 1</summary>
#
# What does a network do that is not in training?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.where` with the condition that a value stays.
#
# </details>
#
# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    """Inverted dropout of x at the places where uniform is below rate; x itself outside of training."""
    ### BEGIN SOLUTION: Return x with dropout in training, and x else.
    if not training:
        return np.array(x)
    return np.where(uniform < rate, 0.0, x / (1 - rate))
    ### END SOLUTION


# %% test="training-dropout" points=3
for training, expected, why in (
    (True, [0.0, 6.0, -2.0], "0.5 is not below the rate"),
    (False, [3.0, 3.0, -1.0], "outside of training x stays"),
):
    x = np.array([3.0, 3.0, -1.0])
    got = dropout(x, 0.5, np.array([0.2, 0.5, 0.9]), training)
    expect(got, expected, f"dropout([3, 3, -1], 0.5, [0.2, 0.5, 0.9], {training})", why)
    expect(x, [3.0, 3.0, -1.0], "the given x, afterwards,", "make a new array")
got = dropout(np.array([[4, 4]]), 0.2, np.array([[0.1, 0.3]]), True)
expect(got, [[0.0, 5.0]], "dropout([[4, 4]], 0.2, [[0.1, 0.3]], True)", "4 / 0.8 is 5")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_dropout(dropout)
### END HIDDEN TESTS

# %%
draws = np.random.default_rng(4).uniform(size=(4, 20_000))
for rate, uniform in zip((0.1, 0.3, 0.5, 0.8), draws, strict=True):
    dropped = np.asarray(dropout(np.full(20_000, 3.0), rate, uniform, True))
    print(f"rate {rate}: mean {dropped.mean():.2f}, variance {dropped.var():.2f}, "
          f"x² rate / (1 - rate) = {9 * rate / (1 - rate):.2f}")  # fmt: skip

# %% [markdown]
# The mean stays 3. The variance grows with the rate: this noise is what makes it hard to learn by heart.
#
# ### 4.3 Task 11: `augment` (3 points)
#
# A galaxy that is turned is a galaxy too. So each image gives eight, by turns of 90° and a mirror. But if the label is
# a shape, it turns with the image. Let $x$ and $y$ be the place of a pixel, counted from the centre of the galaxy. The
# second moment $Q_{xx}$ is the mean of $x^2$ over all pixels, weighted by their brightness; $Q_{yy}$ and $Q_{xy}$ are
# those of $y^2$ and $x y$. The ellipticity is
#
# $$ e_1 = \frac{Q_{xx} - Q_{yy}}{Q_{xx} + Q_{yy}}, \qquad e_2 = \frac{2 Q_{xy}}{Q_{xx} + Q_{yy}} $$
#
# By hand: an ellipse along $x$ has $e = (0.5, 0)$. Turned by 90° it lies along $y$. What is $Q_{xx}$ then? And what
# does a mirror, $x \to -x$, do to $Q_{xy}$?
#
# - `image`: shape `(s, s)`; $x$ is the number of the column, $y$ that of the row. Upwards or downwards does not matter
#   here
# - `ellipticity`: $(e_1, e_2)$
# - `turns`: turns by 90° as `np.rot90` makes them, any whole number; `mirrored`: True or False, columns in reverse
#   order, *before* the turns
# - returns a pair: the new image `(s, s)`, and the new ellipticity $(e_1, e_2)$
#
# <details><summary>Hint 1</summary>
#
# Draw an ellipse along the diagonal. Turn the paper, then look at it in a mirror.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A turn by 90° swaps the axes, and gives $Q_{xy}$ the other sign. A turn by 180° changes no ellipticity at all.
#
# </details>
#
# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    """The image (s, s), mirrored if asked and then turned by 90 degrees so many times, and its ellipticity."""
    ### BEGIN SOLUTION: Return the new image, and its ellipticity.
    e1, e2 = ellipticity
    if mirrored:
        image, e2 = image[:, ::-1], -e2
    sign = -1 if turns % 2 else 1
    return np.rot90(image, turns), (sign * e1, sign * e2)
    ### END SOLUTION


# %% test="training-augment" points=3
for turns, mirrored, image, label in (
    (1, False, [[2.0, 4.0], [1.0, 3.0]], [-0.5, -0.2]),
    (0, True, [[2.0, 1.0], [4.0, 3.0]], [0.5, -0.2]),
    (1, True, [[1.0, 3.0], [2.0, 4.0]], [-0.5, 0.2]),
    (-2, True, [[3.0, 4.0], [1.0, 2.0]], [0.5, -0.2]),
    (-1, False, [[3.0, 1.0], [4.0, 2.0]], [-0.5, -0.2]),
):
    given = np.array([[1.0, 2.0], [3.0, 4.0]])
    got = augment(given, (0.5, 0.2), turns, mirrored)
    name = f"augment([[1, 2], [3, 4]], (0.5, 0.2), {turns}, {mirrored})"
    expect(got, {"the image": image, "the ellipticity": label}, name)
    expect(given, [[1.0, 2.0], [3.0, 4.0]], "the given image, afterwards,", "leave it as it is")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_augment(augment)
### END HIDDEN TESTS

# %% [markdown]
# Is the label right? Measure the ellipticity of a galaxy and of what `augment` makes of it.
#
# %%
def measured(image):
    """The ellipticity (e1, e2) of a galaxy in the middle of its image, by second moments."""
    y, x = np.indices(image.shape) - (len(image) - 1) / 2
    xx, yy, xy = (np.sum(image * square) for square in (x * x, y * y, x * y))
    return (xx - yy) / (xx + yy), 2 * xy / (xx + yy)


y, x = np.indices((41, 41)) - 20
galaxy = np.exp(-(x**2 + 3 * y**2 - x * y) / 60)
figure, axes = plt.subplots(1, 4, figsize=(9, 2.9), layout="compressed")
for axis, (turns, mirrored) in zip(axes, ((0, False), (1, False), (0, True), (1, True)), strict=True):
    image, label = (np.asarray(part) for part in augment(galaxy, measured(galaxy), turns, mirrored))
    axis.imshow(image)
    axis.set_title("mirrored, " * mirrored + f"turns {turns}\nlabel $e$ = ({label[0]:.2f}, {label[1]:.2f})", fontsize=9)
    axis.set(xlabel="measured $e$ = ({:.2f}, {:.2f})".format(*measured(image)), xticks=[], yticks=[])
axes[0].set_ylabel("y, downwards")
show_figure("A galaxy as it is, turned, mirrored, and both: above each your ellipticity, below it the one measured.")

# %% [markdown]
# ## 5 A network is trained
#
# ### 5.1 Task 12: `early_stopping` (4 points)
#
# A network that trains too long learns by heart. So watch the validation loss, and stop when it has not improved for
# `patience` epochs. Then go back to the weights of the *best* epoch: the last ones are worse by then.
#
# By hand, with patience 3: the losses 5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3 have their best at epoch 5, counted from 0. The
# training stops after epoch 8, and the weights of epoch 5 come back.
#
# - `patience`: at least 1
# - returns a Keras callback that watches `val_loss`, for one training: a new object in each call
# - an equal loss is no improvement, any smaller one is; `nan` never is, and counts as waiting. No loss is infinite, and
#   the first `patience` of them are not all `nan`
# - the best weights come back at the end of the training, also if it was never stopped early
#
# A callback is an object whose methods Keras calls at certain moments. This one counts epochs:
#
# ```python
# class Counter(tfk.callbacks.Callback):  # it takes over the rest from Keras
#     def on_train_begin(self, logs=None):
#         self.count = 0  # an attribute of the object: it lasts until the next call
#
#     def on_epoch_end(self, epoch, logs=None):
#         self.count += 1
#         print("the validation loss is", logs["val_loss"])
#
#     def on_train_end(self, logs=None):
#         print(self.count, "epochs of", self.model.name)
#
#
# counter = Counter()
# ```
#
# Yours may have the same three methods. The class can stand inside your function, where it knows `patience`. Keras has
# an `EarlyStopping` of its own. It takes a `nan` in the first epoch for the best loss, so it will not do here.
#
# <details><summary>Hint 1</summary>
#
# Keras gives your object the model: `self.model`. Let the object have attributes for what it remembers, such as how
# many epochs it has waited.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `self.model.get_weights()` gives a copy. The attribute `stop_training` of the model, if True, stops. What must be
# remembered at the start, at each improvement, and put back at the end?
#
# </details>
#
# %% solution="training-callback"
def early_stopping(patience):
    """A callback that stops `patience` epochs after the best validation loss, and brings the best weights back."""

    ### BEGIN SOLUTION: Write a class that inherits from tfk.callbacks.Callback, and return an object of it.
    class Best(tfk.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.best, self.waited, self.kept = np.inf, 0, None

        def on_epoch_end(self, epoch, logs=None):
            self.waited += 1
            if logs["val_loss"] < self.best:
                self.best, self.waited, self.kept = logs["val_loss"], 0, self.model.get_weights()
            if self.waited >= patience:
                self.model.stop_training = True

        def on_train_end(self, logs=None):
            if self.kept is not None:
                self.model.set_weights(self.kept)

    return Best()
    ### END SOLUTION


# %% [markdown]
# `play` plays a training of which only your callback is real: the one weight of the model is the epoch's number.
#
# %%
def play(callback, val_losses):
    """The last epoch of a played training, and the weight after it."""
    if not isinstance(callback, tfk.callbacks.Callback):
        raise AssertionError("early_stopping returned no Keras callback: return an object of your class.")
    model = tfk.Sequential([tfk.Input(shape=(1,)), tfkl.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    model.stop_training = False
    callback.set_params({"verbose": 0, "epochs": len(val_losses), "steps": 1})
    callback.set_model(model)
    callback.on_train_begin({})
    for epoch, val_loss in enumerate(val_losses):
        callback.on_epoch_begin(epoch, {})
        model.set_weights([np.full((1, 1), float(epoch))])
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": val_loss})
        if model.stop_training:
            break
    callback.on_train_end({})
    return epoch, float(model.get_weights()[0][0, 0])


# %% test="training-callback" points=2
last, _ = play(early_stopping(3), [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3])
expect(last, 8, "the last epoch with the losses of the example and patience 3", "the best was epoch 5")
last, _ = play(early_stopping(3), [np.nan, 2, 3, 4, 5, 6])
expect(last, 4, "the last epoch with nan, 2, 3, 4, 5, 6 and patience 3", "the best was epoch 1")
last, _ = play(early_stopping(2), [4, 3, 3, 3, 1])
expect(last, 3, "the last epoch with 4, 3, 3, 3, 1 and patience 2", "equal is not better")
last, _ = play(early_stopping(2), [4, 3, np.nan, np.nan, 1])
expect(last, 3, "the last epoch with 4, 3, nan, nan, 1 and patience 2", "the best was epoch 1")
last, _ = play(early_stopping(1), [1, 1 - 1e-6, 2, 2])
expect(last, 2, "the last epoch with 1, 0.999999, 2, 2 and patience 1", "the best was epoch 1")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_stop(early_stopping)
### END HIDDEN TESTS

# %% test="training-callback" points=2
_, weight = play(early_stopping(3), [5, 4, 3, 3.1, 3.2, 2.9, 3, 3, 3, 3])
expect(weight, 5.0, "the epoch whose weights come back in the example", "it has the least loss")
_, weight = play(early_stopping(3), [np.nan, 2, 3, 4, 5, 6])
expect(weight, 1.0, "the epoch whose weights come back after nan, 2, 3, 4, 5, 6", "nan is not best")
_, weight = play(early_stopping(3), [4, 2, 3])
expect(weight, 1.0, "the epoch whose weights come back after 4, 2, 3", "it need not stop early")
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_best_weights(early_stopping)
### END HIDDEN TESTS

# %% [markdown]
# ### 5.2 Task 13: `training_step` (9 points)
#
# Now the heart: one step. Let the network predict the batch (in training mode), take the mean squared error over all
# its numbers, ask for the gradients, clip them together, and let the optimiser move the weights.
#
# By hand, for a network with one input and two outputs, $x + 2$ and $0$: two objects, $x = 0$ and $2$, with all targets
# zero.
#
# - The four errors are 2, 4, 0 and 0, so the loss is $(4 + 16)/4 = 5$.
# - The first output has a weight, with the derivative $\tfrac24 (0 \cdot 2 + 2 \cdot 4) = 4$, and a bias, with
#   $\tfrac24 (2 + 4) = 3$. Together their length is 5. With a limit of 1 they become 0.8 and 0.6.
# - Gradient descent at a rate of 0.1 makes 0.92 of the weight 1, and 1.94 of the bias 2.
#
# What you get, and what you give back:
#
# - `model`, `optimizer`: of Keras; the optimiser moves the trainable weights alone
# - `x`, `y`: tensors, shapes `(n, d)` and `(n, k)`
# - `limit`: the largest length of all gradients together
# - returns the loss *before* the step, as a tensor: not `float(...)` of it
#
# Use TensorFlow alone: the step will be compiled by `tf.function`, which turns it into a fixed plan before it runs.
# NumPy has no numbers then, and stops with a `NotImplementedError` of TensorFlow's. `tf.clip_by_global_norm` does what
# your `clip_gradients` did.
#
# 3 points are for the step; 2, 2 and 2 more for the trained network: on new galaxies, its error must be at most 2.0,
# 1.3 and 1.1 times that of the best possible prediction. To predict the mean of each property gives a ratio of about 4.
#
# <details><summary>Hint 1</summary>
#
# Only what is computed while a `tf.GradientTape` records has gradients.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tape.gradient(loss, variables)` gives a list; `tf.clip_by_global_norm` returns two things. The optimiser has
# `apply`, which takes gradients and variables.
#
# </details>
#
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    """One step on the mean squared error, with gradients clipped to a length; returns the loss before it."""
    ### BEGIN SOLUTION: Record the loss, clip its gradients together, apply them, and return the loss.
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), limit)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss
    ### END SOLUTION


# %%
def one_step(step, compiled, limit, first=()):
    """The loss of the example, and all weights after one step: of layers that come first, then (1, 2) and (2,)."""
    model = tfk.Sequential([tfk.Input(shape=(1,)), *first, tfkl.Dense(2)])
    model.layers[-1].set_weights([np.array([[1.0, 0.0]]), np.array([2.0, 0.0])])
    step = tf.function(step, autograph=False) if compiled else step
    loss = step(model, tfk.optimizers.SGD(0.1), tf.constant([[0.0], [2.0]]), tf.zeros((2, 2)), tf.constant(limit))
    return loss, *model.get_weights()


def moving_mean(step):
    """The moving mean, 0 at first, of a batch normalisation of the inputs 0 and 2 after a step."""
    return one_step(step, False, 1.0, [tfkl.BatchNormalization()])[3]


# %% test="training-step" points=3
for compiled in (False, True):  # as your training does
    loss, weights, biases = one_step(training_step, compiled, 1.0)
    expect(loss, 5.0, "the loss from training_step", "a mean over all four errors, before the step")
    plain = isinstance(loss, (int, float, np.generic))
    assert not plain, "training_step returned a plain number, expected a tensor."
    why = "the gradients, together of length 5, are cut to length 1"
    expect(weights, [[0.92, 0.0]], "the array of weights after training_step", why)
    expect(biases, [1.94, 0.0], "the array of biases after training_step", why)
_, weights, _ = one_step(training_step, False, 10.0)
expect(weights, [[0.6, 0.0]], "the array of weights after training_step with the limit 10", "a length of 5 stays")
why = "in training mode it moves by 0.01 of the way to the batch's mean 1, as in task 7"
expect(moving_mean(training_step), [0.01], "the moving mean of a batch normalisation after training_step", why)
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_step(training_step)
### END HIDDEN TESTS

# %% [markdown]
# ### 5.3 The training
#
# Everything comes together: your standardised inputs, your residual network, your schedule, your step, your early stop.
# How close will the validation loss come to the best possible, 0.04?
#
# %%
def build_network(outputs):
    """Standardised magnitudes (None, 6) -> predictions (None, outputs), with your residual blocks inside."""
    inputs = tfk.Input(shape=(6,))
    features = build_residual(48, 3)(tfkl.Dense(48)(inputs))
    return tfk.Model(inputs, tfkl.Dense(outputs)(tfkl.ReLU()(features)))


def fit(model, x, y, x_valid, y_valid, epochs, batch, peak, patience):
    """Trains a model with your parts; returns training and validation losses by epoch."""
    optimizer, callback, total = tfk.optimizers.Adam(peak), early_stopping(patience), epochs * -(-len(x) // batch)
    optimizer.build(model.trainable_variables)
    step = tf.function(lambda x, y: training_step(model, optimizer, x, y, 1.0), autograph=False)
    callbacks = tfk.callbacks.CallbackList([callback], model=model, epochs=epochs, steps=-(-len(x) // batch))
    model.stop_training = False
    callbacks.on_train_begin()
    rng, losses, done = np.random.default_rng(SEED), [], 0
    for epoch in counted(range(epochs), "epoch"):
        order, sums = rng.permutation(len(x)), 0.0
        for first in range(0, len(x), batch):
            rows = order[first : first + batch]
            optimizer.learning_rate.assign(float(np.asarray(learning_rate(done, peak, total // 20, total))))
            sums += float(step(tf.constant(x[rows]), tf.constant(y[rows]))) * len(rows)
            done += 1
        val_loss = float(np.mean((np.asarray(model(x_valid, training=False)) - y_valid) ** 2))
        losses.append((sums / len(x), val_loss))
        callbacks.on_epoch_end(epoch, {"loss": losses[-1][0], "val_loss": val_loss})
        if model.stop_training:
            break
    callbacks.on_train_end()
    return np.array(losses)


tfk.utils.set_random_seed(SEED)
network = build_network(3)
y = properties.astype(np.float32)
history = fit(network, prepare(magnitudes[TRAIN]), y[TRAIN], x_valid, y[VALID], EPOCHS, 128, 5e-3, patience=8)
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
axis.semilogy(range(1, len(history) + 1), history[:, 0], "C0", label="training")
axis.semilogy(range(1, len(history) + 1), history[:, 1], "C1--", label="validation")
axis.axhline(SCATTER**2, color="k", lw=1, ls=":", label="the best possible on new galaxies, 0.04")
axis.set(xlabel="epoch", ylabel="mean squared error")
axis.set_yticks([0.04, 0.06, 0.1, 0.2, 0.4], ["0.04", "0.06", "0.1", "0.2", "0.4"])
axis.minorticks_off()
axis.legend()
show_figure(
    "Training loss, solid, and validation loss, dashed, against the epoch, on a logarithmic scale. A dotted line is "
    "the best possible loss on new galaxies, 0.04."
)
print(f"{len(history)} epochs, the best is number {history[:, 1].argmin() + 1}")
print(f"losses: training {history[-1, 0]:.4f} at the end, validation {history[:, 1].min():.4f} at its best")
print(f"validation: error over the best possible {np.sqrt(history[:, 1].min()) / SCATTER:.3f}")
print(f"predicting the mean of each property: {np.sqrt(np.mean(np.var(y[VALID], axis=0))) / SCATTER:.2f}")

# %% [markdown]
# In the first epochs the validation loss is the lower one. The training loss is a mean over the epoch, while the
# weights still improve; the validation loss is measured after it.
#
# The training loss ends *below* the dotted line, the validation loss above it. On new galaxies a loss is below the line
# by chance alone. So what is below the line was learnt by heart, from the scatter of the training galaxies. The
# validation loss alone says how good the network is.
#
# Your early stop had no reason to stop the training here: the rate falls to 0 by the last epoch, and the validation
# loss improves until nearly then. But it brought the best epoch back.
#
# The next three tests compare the error over the best possible with 2.0, 1.3 and 1.1, on other galaxies. The number
# printed above, on validation galaxies, tells you what to expect. A ratio below 0.97 fails, here and in task 14: nobody
# can have it.
#
# %% test="training-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert finite, "network has no weights."
assert all(finite), "Some weights of network are nan or infinite: did the training diverge?"
# Hidden: on 20 000 new galaxies, the error is at most 2.0 times that of the best possible prediction.
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_network(network, prepare, tier=1)
### END HIDDEN TESTS

# %% test="training-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert finite, "network has no weights."
assert all(finite), "Some weights of network are nan or infinite: did the training diverge?"
# Hidden: on 20 000 new galaxies, the error is at most 1.3 times that of the best possible prediction.
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_network(network, prepare, tier=2)
### END HIDDEN TESTS

# %% test="training-step" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in network.get_weights()]
assert finite, "network has no weights."
assert all(finite), "Some weights of network are nan or infinite: did the training diverge?"
# Hidden: on 20 000 new galaxies, the error is at most 1.1 times that of the best possible prediction.
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_network(network, prepare, tier=3)
### END HIDDEN TESTS
# %% [markdown]
# ## 6 Few labels
#
# ### 6.1 Task 14: `build_transfer` (6 points)
#
# A survey has measured the rate of star formation, of 60 galaxies only. Your network has never seen this property, but
# it knows what magnitudes tell about galaxies. So keep all of it but the last layer, *frozen*, and put a new last layer
# on top. Frozen means: not one weight changes. A batch normalisation that is frozen uses its moving averages, and
# leaves them alone: Keras sees to it. (Your network has none; that of the test has. Neither has dropout.)
#
# By hand: if the last layer but one has 48 numbers, a new layer with one output has 49 weights to learn.
#
# - `network`: a trained Keras model, `(None, d)` to `(None, k)`: layers one after the other. The last is dense, and the
#   one before it gives the features. An earlier one may be a whole model
# - `outputs`: the number of outputs of the new dense layer, which has no activation
# - returns a new Keras model with inputs of the same shape; only its last layer is trainable, a new one in each call.
#   The rest may share layers with `network`, which are then frozen there, too
#
# 4 points are for the model; 2 for what it reaches: on new galaxies, an error of at most 2.8 times the best possible.
#
# <details><summary>Hint 1</summary>
#
# `tfk.Model(network.inputs[0], ...)` can end where the last layer begins: `network.layers[-1].input`.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Set `trainable` of the part that is kept, before anything is trained. Call it on a new `tfk.Input`, and put a
# `tfkl.Dense` on top.
#
# </details>
#
# %% solution="training-transfer"
def build_transfer(network, outputs):
    """A model with the frozen features of a network and a new dense layer."""
    ### BEGIN SOLUTION: Return a model of the frozen layers and a new dense layer.
    features = tfk.Model(network.inputs[0], network.layers[-2].output)
    features.trainable = False
    inputs = tfk.Input(shape=network.input_shape[1:])
    return tfk.Model(inputs, tfkl.Dense(outputs)(features(inputs, training=False)))
    ### END SOLUTION


# %%
def small_network():
    """A network with drawn weights, as if it were trained: 3 inputs, 5 features, 2 outputs."""
    layers = [tfk.Input(shape=(3,)), tfkl.Dense(5), tfkl.BatchNormalization(), tfkl.ReLU(), tfkl.Dense(2)]
    network, rng = tfk.Sequential(layers), np.random.default_rng(20)
    network.set_weights([rng.uniform(2 - 1.5 * np.ndim(old), 1.5, size=old.shape) for old in network.get_weights()])
    return network


# %% test="training-transfer" points=4
model = build_transfer(small_network(), 4)
assert model is not None, "build_transfer(network, 4) is None: is there a return statement?"
shape = np.shape(model(np.zeros((2, 3), "float32")))
expect(shape, [2, 4], "the shape of what build_transfer(network, 4) gives for two rows")
learning = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
expect(learning, 24, "the number of trainable weights on 5 features", "4 outputs with 5 weights and a bias")
before, _ = model.get_weights(), model(np.ones((2, 3), "float32"), training=True)
for old, new in zip(before, model.get_weights(), strict=True):
    expect(new, old, "an array of weights after a call in training mode", "a call alone changes no weight")
trained, x = small_network(), np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 2.0]], "float32")
wanted, model = np.array(trained(x)), build_transfer(trained, 2)
_ = model(x)  # some layers have no weights before
for new, old in zip(model.trainable_weights, trained.get_weights()[-2:], strict=True):
    new.assign(old)
why = "with the same last layer on top, the same features give the same"
expect(model(x), wanted, "what the new model gives with the weights of the old last layer", why)
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_transfer(build_transfer)
### END HIDDEN TESTS

# %%
few, _, rate = catalogue(60, np.random.default_rng(SEED + 2))
many, _, many_rates = catalogue(4000, np.random.default_rng(SEED + 3))
x_few, y_few = tf.constant(prepare(few)), tf.constant(rate[:, None].astype(np.float32))


def fit_few(model):
    """Trains a model on all 60 galaxies at once; returns the error on new galaxies over the best possible one."""
    optimizer = tfk.optimizers.Adam(1e-2)
    model(x_few)  # some layers have no weights before
    optimizer.build(model.trainable_variables)
    step = tf.function(lambda: training_step(model, optimizer, x_few, y_few, 1.0), autograph=False)
    for _ in counted(range(HEAD_STEPS)):
        step()
    error = np.asarray(model(prepare(many), training=False))[:, 0] - many_rates
    return np.sqrt(np.mean(error**2)) / SCATTER


tfk.utils.set_random_seed(SEED)
transferred = build_transfer(network, 1)
print(f"60 labels, frozen features: error over the best possible {fit_few(transferred):.2f}")
print(f"60 labels, everything from scratch: {fit_few(build_network(1)):.2f}")
print(f"the mean of the labels for all: {np.std(many_rates) / SCATTER:.2f}")

# %% test="training-transfer" points=2 needs="training"
finite = [np.isfinite(np.asarray(weight)).all() for weight in transferred.get_weights()]
assert finite, "transferred has no weights."
assert all(finite), "Some weights of transferred are nan or infinite: did the training diverge?"
# Hidden: on 20 000 new galaxies, the error is at most 2.8 times that of the best possible prediction.
### BEGIN HIDDEN TESTS
from graders.checks import training as checks

checks.check_transferred(transferred, prepare)
### END HIDDEN TESTS

# %% [markdown]
# With the same 60 labels and the same learning rate, frozen features have about half of the error of a network from
# scratch. There is a reason: in this toy catalogue the rate of star formation is a linear mix, mass - age + ½ dust, of
# what the network has learnt. So its last features hold it. A property that depends on the magnitudes in another way
# may gain less.

# %% [markdown] answer="training-why" points=3
# ## 7 What would you do?
#
# ### 7.1 Question 1: two losses of two networks (3 points, by hand)
#
# A colleague trains two networks on the same galaxies. The first ends with a training loss of 0.30 and a validation
# loss of 0.31. The second ends with 0.02 and 0.08. The colleague takes the first, "because loss and val_loss are
# close". The rows of the catalogue are sorted by redshift, and the colleague used `validation_split=0.2`, which takes
# the last rows.
#
# In a few sentences: going by these numbers, which network would you take, and why? (1 point.) What does the gap tell,
# and what not? (1 point.) But what is wrong with the validation set, and how do you mend it? (1 point.)
#
# === BEGIN MARK SCHEME ===
# 1 point for the second network, since its validation loss is lower: that is the estimate of the error on new data. No
# point for an answer that argues by the gap alone.
#
# 1 point for: the gap shows how much of the training set was learnt by heart (optimism), and grows with the number of
# weights over the number of objects; it does not tell how good the network is: a constant prediction has no gap. To
# reduce the gap with more data or regularisation may help if the validation loss falls.
#
# 1 point for: the split takes the tail without shuffling, so the validation set has only the highest redshifts, unlike
# training; both losses are then about different populations. Shuffle first, or split by chance (or by objects).
# === END MARK SCHEME ===

# %% [markdown]
# ## 8 What you have learnt
#
# You standardised without a leak, and know the largest rate, the noise of a batch and the size of a signal in closed
# form. You saw that a gap between losses is no fault by itself. You wrote the step, the schedule, the early stop and
# the network, and held what they reached against the best possible error. And you used it again, with 60 labels.
