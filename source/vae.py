# Galaxies from a variational autoencoder. Built by `course build`; the headers are explained in CONTRIBUTING.md.
# %% [markdown]
# # Galaxies from a variational autoencoder
#
# A survey tests its measurements on simulated skies. They need galaxies: millions of them, with the sizes, shapes and
# brightnesses of real ones. A generative network learns to make them from examples. In this notebook you build the one
# that the lecture calls FlowVAE: a variational autoencoder that turns a few random numbers into the image of a galaxy,
# and a normalising flow that chooses those numbers so that the galaxy has the magnitude, size and shape that you ask
# for (Lanusse et al. 2021, MNRAS 504, 5543, arXiv:2008.03833; for Euclid, Bretonnière et al. 2022, A&A 657, A90,
# arXiv:2105.12149).
#
# **What you will learn**
#
# - to write the likelihood of an image whose noise you know, and to say when a model is as good as the noise allows;
# - why an autoencoder cannot be sampled, and what a variational autoencoder changes;
# - to build its loss, the evidence lower bound (ELBO), piece by piece, and to test it where the answer is exact;
# - to see which latent dimensions are in use, and what the weight of the KL term does;
# - to make galaxies to order, and to test them: are their measured sizes, shapes and fluxes those of real ones?
#
# **Time**: about 200 minutes. There are 16 tasks, worth 53 points, and one written question, worth 3.
#
# %% include="setup"
# %% include="expect"

# %%
from types import SimpleNamespace

import figures
import stand_ins
import tensorflow_probability as tfp
from galaxy_stamps import EXPOSURE, NOISE, ZERO_POINT, load_galaxies, observed, rows_of_stamps, with_log_radius
from latent_flow import LatentFlow
from trainer import Trainer, cosine, rates_and_distortions

tfd = tfp.distributions
tfb = tfp.bijectors

# The settings of this notebook. A GPU trains for longer: set the environment variable COURSE_BUDGET to "gpu" before you
# start Jupyter. "proof" only shows that everything runs: hand in a run without it.
BUDGET = os.environ.get("COURSE_BUDGET", "laptop")
AE_STEPS, VAE_STEPS, BETA_STEPS, FLOW_STEPS = {
    "proof": (2, 2, 1, 2),
    "laptop": (600, 1500, 120, 1200),
    "gpu": (2000, 30000, 1000, 3000),
}[BUDGET]
SEED = int(os.environ.get("COURSE_SEED", "0"))
tf.config.run_functions_eagerly(BUDGET == "proof")  # a few steps are not worth compiling
LATENT_DIM = 10

images, part, truth = load_galaxies()
train, test = np.flatnonzero(part == "train"), np.flatnonzero(part == "test")

# %% [markdown]
# ## 1 Galaxies and their noise
#
# `images` holds simulated galaxies, much like those of Euclid's visible camera: 32×32 pixels of 0.101 arcsec, in
# electrons per second, with the sky subtracted. Each is the sum of a disc and a bulge. `truth` holds what was put in:
# the magnitude (smaller is brighter), the half-light radius, the share of the bulge, the ellipticity $e_1, e_2$ and the
# position $x, y$ of the centre, which is up to half a pixel off that of the stamp. Radius and position are in arcsec.
# The eighth row, `snr`, was not put in: it is the signal to noise of the whole galaxy, computed from its image without
# noise.
#
# %%
print("images:", ", ".join(f"{np.sum(part == name)} {name}" for name in ("train", "valid", "test")))
print(f"noise of an empty pixel: {NOISE:.4f} electrons/s; brightest pixel: {images.max():.1f} electrons/s")
for name, values in truth.items():
    print(f"{name:18s} {values.min():8.3f} to {values.max():8.3f}, median {np.median(values):.3f}")

order = train[np.argsort(truth["magnitude"][train])]
few = order[np.linspace(0, len(order) - 1, 10).astype(int)]
rows_of_stamps({"galaxies": images[few]}, [f"mag {value:.1f}" for value in truth["magnitude"][few]])
show_figure(
    "Ten training galaxies in a row, from magnitude 21.0 to 23.0, in grey on a noisy sky: some round, some long, some "
    "wide, some compact. Wide faint ones almost drown in the noise."
)

# %% [markdown]
# ### 1.1 Noise of the same size everywhere
#
# A generative model of images needs to know what is noise. An empty pixel scatters with the standard deviation
# $\sigma_0$ (`NOISE`), from the sky and the read-out. A pixel of brightness $I$ also counts photons: $I T$ electrons in
# the exposure time $T$, which scatter by $\sqrt{I T}$. So its variance, in (electrons/s)², is
#
# $$ \sigma^2(I) = \sigma_0^2 + \frac{I}{T} $$
#
# In the centre of a bright galaxy the noise is several times that of an empty pixel. It is easier to work with a
# function $y(I)$ whose noise has standard deviation 1 at any brightness. Small errors transform as
# $\sigma_y = \sigma(I)\, dy/dI$, so we need $dy/dI = 1 / \sigma(I)$. And $y(0)$ is to be 0. Which function is that?
#
# **By hand first.** Take photon noise alone, $\sigma_0 = 0$. What is $y(I)$? With $T = 4$, what is $y(9)$?
#
# <details><summary>Check</summary>
#
# $dy/dI = \sqrt{T/I}$, so $y = 2\sqrt{T I}$. With $T = 4$, $y(9) = 12$.
#
# </details>
#
# ### 1.2 Task 1: `stabilise` (2 points)
#
# - `images`: array of floats of any shape, $I$ in electrons/s, negative ones too, but with $\sigma_0^2 + I/T$ positive
# - `noise`: $\sigma_0$ in electrons/s, a positive number
# - `exposure`: $T$ in seconds, a positive number
# - returns an array of the same shape: $y$
#
# For example, with a noise of 0.5 and an exposure of 4 s, the pixels `[0, 3, -0.84]` become `[0, 4, -2.4]`.
#
# <details><summary>Hint 1</summary>
#
# Integrate $1/\sqrt{\sigma_0^2 + I/T}$ from 0 to $I$. It helps to substitute $v = \sigma_0^2 + I/T$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\int v^{-1/2}\, dv = 2 \sqrt{v}$, and $dI = T\, dv$. At $I = 0$ the root is $\sigma_0$: subtract what it gives there.
#
# </details>
#
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    """Pixels in electrons/s -> pixels whose noise has standard deviation 1; any shape."""
    ### BEGIN SOLUTION: Return y for every pixel.
    return 2 * exposure * (np.sqrt(noise**2 + images / exposure) - noise)
    ### END SOLUTION


# %% test="vae-stabilise" points=2
got = stabilise(np.array([0.0, 3.0, -0.84]), 0.5, 4.0)
why = "y is 0 at 0, and its slope is one over the noise"
expect(got, [0.0, 4.0, -2.4], "stabilise([0, 3, -0.84], 0.5, 4)", why)
got = stabilise(np.array([[8.0, 0.0], [-0.3, 2.0]]), 0.1, 50.0)
expect(got, [[31.231056, 0.0], [-3.675445, 12.36068]], "stabilise([[8, 0], [-0.3, 2]], 0.1, 50)")
why = "one over the noise of that pixel, sqrt(0.1² + 8 / 50)"
steps = np.diff(np.asarray(stabilise(np.array([8.0, 8.001]), 0.1, 50.0))) / 0.001
expect(steps, [2.425356], "the growth of y per electron/s, at 8 electrons/s,", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_stabilise(stabilise)
### END HIDDEN TESTS
# %% [markdown]
# You have found
#
# $$ y = 2 T \left( \sqrt{\sigma_0^2 + I / T} - \sigma_0 \right) $$
#
# For photon noise alone this is the square root of Anscombe (1948, Biometrika 35, 246), and with read-out noise the
# *generalised* Anscombe transform (Murtagh, Starck & Bijaoui 1995, A&AS 112, 179), up to a constant that matters for
# few photons only. From here on we use $y$: pixels in units of their noise.
#
# Does it work? We take a pixel of known brightness, draw its electrons many times, and measure the scatter: dashed as
# it is, solid after your function.
#
# %%
def unstabilise(y, noise, exposure):
    """The inverse of `stabilise`: pixels in units of their noise -> electrons/s."""
    return exposure * ((y / (2 * exposure) + noise) ** 2 - noise**2)


figures.scatter_of_pixels(stabilise, images.max(), NOISE, EXPOSURE)
show_figure(
    "Standard deviation of one pixel against its brightness in electrons/s, on a logarithmic axis. Dashed: in units "
    "of the noise of an empty pixel, which rises from 1 to about 5. Solid: after your stabilise, which should stay at "
    "1."
)

# %% [markdown]
# ### 1.3 The likelihood of an image
#
# If a model says that an image should be $\mu$, and the noise is Gaussian and independent from pixel to pixel, then the
# probability density of the image $x$ is known. Its logarithm is a sum over the $D$ pixels:
#
# $$ \ln p(x \mid \mu) = -\sum_{i=1}^{D} \left[ \frac{(x_i - \mu_i)^2}{2 \sigma_i^2} + \ln \sigma_i +
# \frac{1}{2} \ln 2 \pi \right] $$
#
# It is measured in *nats*, as the logarithm is the natural one. The first term is half a $\chi^2$, the sum of squares
# that you may know. The others do not depend on $\mu$. But without them it is no density, and models with other noise
# could not be compared.
#
# ### 1.4 Task 2: `gaussian_log_prob` (3 points)
#
# - `x`, `mean`: float32 arrays or tensors of shape `(n, h, w, 1)`: n images with one channel
# - `sigma`: a positive float, the same noise for all pixels, or a float32 array of shape `(h, w, 1)`, one for each
#   pixel. It may be in any unit, 0.0001 or 10000, and `x` up to 3000 `sigma` from `mean`: float32 is enough for that
# - returns an array or tensor of shape `(n,)`: the log-density of each image, *summed* over its pixels
#
# You will train a network with this function. So write it with TensorFlow's functions (`tf.reduce_sum`, `tf.math.log`
# and so on), so that gradients can flow through it. Those for `x` and `mean` are tested too.
#
# For example, an image of 2×2 pixels, all equal to the mean, has the log-density $-\tfrac{4}{2} \ln 2\pi = -3.676$ if
# `sigma` is 1, and $-3.676 - 4 \ln 2 = -6.448$ if it is 2.
#
# <details><summary>Hint 1</summary>
#
# First the expression in the brackets, for all pixels of all images at once. Broadcasting takes care of `sigma` in both
# its forms.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Then add up over the axes 1, 2 and 3; axis 0 holds the images, and stays. `tf.reduce_sum` takes a list of axes.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Add the logarithm of `sigma` to each pixel *before* the sum. If you add it after, it counts once instead of $D$ times.
# The same goes for $\tfrac12 \ln 2\pi$.
#
# </details>
#
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    """ln N(x; mean, sigma^2), summed over the pixels: (n, h, w, 1) -> (n,), in nats."""
    ### BEGIN SOLUTION: Return the log-density of each image.
    pull = (x - mean) / sigma
    return -tf.reduce_sum(0.5 * pull**2 + tf.math.log(sigma) + 0.5 * np.log(2 * np.pi), axis=[1, 2, 3])
    ### END SOLUTION


# %% test="vae-likelihood" points=3
flat, why = np.zeros((3, 2, 2, 1), np.float32), "each pixel adds ln(sigma) and half of ln(2 pi)"
for sigma, expected in ((1.0, -3.6758), (2.0, -6.4483)):
    got = gaussian_log_prob(flat, flat, sigma)
    expect(got, [expected] * 3, f"gaussian_log_prob of images that are their mean, with sigma {sigma:g},", why)
above = flat + np.array([0.0, 3.0, -1.0], np.float32).reshape(3, 1, 1, 1)
got = gaussian_log_prob(above, flat, 2.0)
why = "an image costs 4 times 0, 9/8 and 1/8"
expect(got, [-6.4483, -10.9483, -6.9483], "gaussian_log_prob of images 0, 3 and -1 above the mean", why)
noise_map = np.array([1, 1, 2, 4], np.float32).reshape(2, 2, 1)
got = gaussian_log_prob(flat, flat, noise_map)
why = "each pixel adds the logarithm of its own sigma"
expect(got, [-5.7552] * 3, "gaussian_log_prob with sigma 1, 1, 2 and 4", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_likelihood(gaussian_log_prob)
### END HIDDEN TESTS
# %% [markdown]
# ### 1.5 The noise limit
#
# No model knows the noise in advance. Even the true image, without noise, has the expected log-density
# $-\tfrac{D}{2} (1 + \ln 2\pi)$ in units where the noise is 1, because each $(x_i - \mu_i)^2$ is 1 on average. That is
# $-1.419$ nats per pixel: the *noise limit*. All numbers below are relative to it. The simplest model says "every
# galaxy is the mean galaxy". It misses the limit by far.
#
# %%
in_units_of_noise = stand_ins.yours_or_a_table(stabilise, unstabilise, images[:5].astype(float), NOISE, EXPOSURE)


def prepared(images):
    """Images (n, 32, 32) in electrons/s -> (n, 32, 32, 1), in units of the noise, float32."""
    y = in_units_of_noise(np.asarray(images, dtype=np.float64), NOISE, EXPOSURE)
    return np.asarray(y, dtype=np.float32)[..., None]


D, LIMIT = 32 * 32, -0.5 * (1 + np.log(2 * np.pi))  # the number of pixels, and nats for each of them
y_train, y_test = prepared(images[train]), prepared(images[test])
mean_galaxy = np.broadcast_to(y_train.mean(axis=0), y_test.shape)
of_the_mean = np.mean(gaussian_log_prob(y_test, mean_galaxy, 1.0)) / D
print(f"noise limit {LIMIT:.3f} nats per pixel; the mean galaxy, on the test images, {of_the_mean:.2f}")

# %% [markdown]
# ## 2 An autoencoder, and why it cannot be sampled
#
# An *autoencoder* is two networks. The encoder turns an image into a few numbers $z$, the decoder turns the numbers
# back into an image. The space of the $z$ is the *latent space*. Both are trained together so that the image which
# comes out is close to the one which went in.
#
# The brightest pixel of a galaxy has a $y$ of about 5 to 200. So that numbers in the networks stay small, the encoder
# is fed with $y / 20$, and the image is 20 times what the decoder returns. Both are done for you, outside of your
# networks.
#
# ### 2.1 Task 3: `build_encoder` (3 points)
#
# Build the encoder, a Keras model.
#
# - `latent_dim`: the number of latent dimensions
# - returns a Keras model with inputs of shape `(32, 32, 1)` and outputs of shape `(2 * latent_dim,)`. For each image
#   that is a mean and a logarithm of a variance for each latent dimension; why two will become clear in section 3. Each
#   can be any real number, so the last layer has no activation
# - at most 300,000 parameters for 10 latent dimensions
#
# It should be quick, and good enough for the training in section 5: two convolutions with `strides=2`, with 16 and 32
# filters and kernels of 5 and 3, say, then `Flatten`, a dense layer of 64 neurons and the last one. Smooth activations
# such as `"elu"` learn smooth galaxies more precisely than `"relu"` does. Start the model with `tfk.Input(shape=...)`,
# so that it knows its shapes. Take care not to average over the whole image: where the light is tells the shape. Every
# pixel counts, and each output is a number of its own.
#
# <details><summary>Hint 1</summary>
#
# After two strides of 2 with `padding="same"` an image of 32×32 pixels is 8×8. How many numbers are that with 32
# filters? Each of them has a weight for each neuron of the next dense layer. How many is that with 64 neurons?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A list of layers in `tfk.Sequential` will do: input, convolution, convolution, flatten, dense, dense. Which of them
# have an activation?
#
# </details>
#
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    """A Keras model: images (32, 32, 1) -> 2 * latent_dim numbers, means and logarithms of variances."""
    ### BEGIN SOLUTION: Return a Keras model with two strided convolutions and a dense layer or two.
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
    ### END SOLUTION


# %% test="vae-encoder" points=3
model = build_encoder(3)
assert model is not None, "build_encoder(3) is None: is there a return statement?"
model(np.zeros((1, 32, 32, 1), "float32"))  # whoever left out tfk.Input has weights now
rng, found = np.random.default_rng(3), []
for _ in range(10):  # with large random weights, since a last layer may start at zero
    model.set_weights([rng.normal(size=w.shape) if w.ndim > 1 else w for w in model.get_weights()])
    found.append(np.asarray(model(rng.normal(size=(4, 32, 32, 1)).astype("float32"))))
why = "3 means and 3 log-variances each"
expect(found[0].shape, [4, 6], "the shape of what build_encoder(3) gives for 4 images", why)
assert min(-np.min(found), np.max(found)) > 2, (
    f"build_encoder(3) gave numbers from {np.min(found):.3g} to {np.max(found):.3g} with large random weights, "
    "expected any real numbers: give the last layer no activation."
)
model = build_encoder(10)
model(np.zeros((1, 32, 32, 1), "float32"))
number = model.count_params()
assert number <= 300_000, f"build_encoder(10) has {number} parameters, expected at most 300000."
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_encoder(build_encoder)
### END HIDDEN TESTS
# %% [markdown]
# ### 2.2 Task 4: `build_decoder` (3 points)
#
# Build the decoder, a Keras model that goes the other way.
#
# - `latent_dim`: the number of latent dimensions
# - returns a Keras model with inputs of shape `(latent_dim,)` and outputs of shape `(32, 32, 1)`. A pixel can be any
#   real number, so the last layer has no activation
# - at most 300,000 parameters for 10 latent dimensions
#
# A convolution with a stride makes an image smaller. A *transposed* convolution, `tfkl.Conv2DTranspose`, makes it
# larger: with `strides=2` and `padding="same"` each side doubles. If the kernel size is a multiple of the stride, as 4
# is of 2, each new pixel gets the same number of contributions, and there is no checkerboard pattern (Odena, Dumoulin &
# Olah 2016, doi:10.23915/distill.00003). As many neurons and filters as in the encoder are enough.
#
# <details><summary>Hint 1</summary>
#
# Go the way of the encoder backwards: a dense layer or two, `tfkl.Reshape` to a small image with many channels, and two
# transposed convolutions.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Doubling twice leads from 8×8 to 32×32. The dense layer before the reshape needs as many neurons as that image has
# numbers. The last transposed convolution has one filter, since there is one channel.
#
# </details>
#
# %% solution="vae-decoder"
def build_decoder(latent_dim):
    """A Keras model: latent_dim numbers -> images (32, 32, 1), any real pixel values."""
    ### BEGIN SOLUTION: Return a Keras model with dense layers, a reshape and transposed convolutions.
    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(8 * 8 * 32, activation="elu"),
            tfkl.Reshape((8, 8, 32)),
            tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="elu"),
            tfkl.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    )
    ### END SOLUTION


# %% test="vae-decoder" points=3
model = build_decoder(3)
assert model is not None, "build_decoder(3) is None: is there a return statement?"
model(np.zeros((1, 3), "float32"))  # whoever left out tfk.Input has weights now
rng, found = np.random.default_rng(3), []
for _ in range(10):  # with large random weights, since a last layer may start at zero
    model.set_weights([rng.normal(size=w.shape) if w.ndim > 1 else w for w in model.get_weights()])
    found.append(np.asarray(model(rng.normal(size=(4, 3)).astype("float32"))))
expect(found[0].shape, [4, 32, 32, 1], "the shape of what build_decoder(3) gives for 4 codes")
assert min(-np.min(found), np.max(found)) > 2, (
    f"build_decoder(3) gave pixels from {np.min(found):.3g} to {np.max(found):.3g} with large random weights, "
    "expected any real numbers: give the last layer no activation."
)
model = build_decoder(10)
model(np.zeros((1, 10), "float32"))
number = model.count_params()
assert number <= 300_000, f"build_decoder(10) has {number} parameters, expected at most 300000."
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_decoder(build_decoder)
### END HIDDEN TESTS
# %% [markdown]
# ### 2.3 Training
#
# Here is a step of training for an autoencoder. Read it: later you write that of the variational one. It maximises the
# likelihood of the image given what the decoder makes of the means, and nothing else. `trainer.py`, beside this
# notebook, repeats the step on one batch after the other. It passes `eps` and `beta` to every step; an autoencoder
# needs neither. `training=True` is for layers that do something else while they learn, such as batch normalisation.
#
# Your `gaussian_log_prob`, and later `reparametrise`, `kl_to_standard_normal`, `negative_elbo` and `affine_step`, are
# compared with others on examples, values and gradients. If one of them is not right yet, the notebook says so and
# uses the other in its place (`stand_ins.py`). So a slip in one of these tasks costs you nothing in the next. Your two
# networks, `kl_weight` and your training step have no such substitute: the training takes them as they are.
#
# %%
def code_of(encoder, y, training=False):
    """Means and log-variances of images in units of the noise: (n, 32, 32, 1) -> twice (n, latent_dim)."""
    return tf.split(encoder(y / 20.0, training=training), 2, axis=-1)


def image_of(decoder, z, training=False):
    """What the decoder makes of z, in units of the noise: (n, latent_dim) -> (n, 32, 32, 1)."""
    return 20.0 * decoder(z, training=training)


parts = SimpleNamespace(log_prob=stand_ins.yours_or(stand_ins.gaussian_log_prob, gaussian_log_prob))


def autoencoder_step(encoder, decoder, optimizer, y, eps, beta):
    """One step towards a larger likelihood of images y; returns its mean over the batch, and a KL of 0."""
    with tf.GradientTape() as tape:
        mean, _ = code_of(encoder, y, training=True)
        log_likelihood = parts.log_prob(y, image_of(decoder, mean, training=True), 1.0)
        loss = -tf.reduce_mean(log_likelihood)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return -loss, tf.constant(0.0)


tfk.utils.set_random_seed(SEED)
ae_encoder, ae_decoder = build_encoder(LATENT_DIM), build_decoder(LATENT_DIM)
autoencoder = Trainer(autoencoder_step, ae_encoder, ae_decoder, y_train, cosine(AE_STEPS), SEED)
autoencoder.run(AE_STEPS, lambda step: 0.0, every=200)

# %% [markdown]
# What comes out, for ten test galaxies that the networks have never seen. The last row is the difference in units of
# the noise. Some structure is left where the light is most concentrated, in faint but compact galaxies too. The rest is
# noise, which nobody could predict.
#
# %%
def in_electrons(y):
    """Images in units of the noise (n, 32, 32, 1) -> electrons/s (n, 32, 32)."""
    return unstabilise(np.asarray(y, dtype=np.float64)[..., 0], NOISE, EXPOSURE)


from_bright_to_faint = np.argsort(truth["magnitude"][test])[np.linspace(0, len(test) - 1, 10).astype(int)]


def reconstructions(encoder, decoder, rows=from_bright_to_faint):
    """Draws test galaxies, their reconstructions from the latent means, and the differences."""
    y = y_test[rows]
    decoded = image_of(decoder, code_of(encoder, tf.constant(y))[0])
    stamps, magnitudes = images[test][rows], truth["magnitude"][test][rows]
    figures.reconstructions(stamps, in_electrons(decoded), (y - decoded)[..., 0], magnitudes)


reconstructions(ae_encoder, ae_decoder)
show_figure(
    "Three rows of ten test galaxies, from bright to faint: as observed, as your autoencoder reconstructs them, and "
    "the difference, from -5 (black) to 5 (white) times the noise. Look for structure in the last row where the light "
    "is concentrated."
)

# %% [markdown]
# So the decoder can draw galaxies. Can you use it to make new ones? You need some $z$ to start from. Draw it from a
# standard normal distribution, say, and see what comes out. Below on the left: where the encoder has put the training
# galaxies, in two of the latent dimensions, and the circle of radius 2 where a standard normal would put most of them.
#
# %%
figures.scatter_of_codes(np.asarray(code_of(ae_encoder, tf.constant(y_train))[0]), truth["magnitude"][train])
show_figure(
    "Left: the training galaxies in the two latent dimensions with the largest scatter, coloured by magnitude, and a "
    "circle of radius 2. Right: bars with the standard deviation in each of the ten latent dimensions, and a line at "
    "1, that of a standard normal. Do the points fill the circle?"
)
z = np.random.default_rng(1).normal(size=(10, LATENT_DIM)).astype(np.float32)
rows_of_stamps({"galaxies": images[few], "from N(0, I)": in_electrons(image_of(ae_decoder, tf.constant(z)))})
show_figure(
    "Two rows of ten stamps: training galaxies above, and below what the decoder of your autoencoder makes of "
    "standard normal numbers. Are these galaxies?"
)

# %% [markdown]
# Nothing told the encoder where to put galaxies. The codes have any place and any scale, they are not Gaussian, and
# there may be holes between them that the decoder has never seen. A point drawn from the wrong place becomes the wrong
# image, or no galaxy at all. We would need the distribution of the codes to sample from it, and it was left to chance.
#
# ## 3 From points to distributions
#
# The *variational autoencoder* (Kingma & Welling 2014, arXiv:1312.6114) starts from the other end. It says how galaxies
# are made: draw $z$ from the *prior* $p(z) = N(0, I)$, decode it, add noise. What the encoder returns for an image is
# no longer a point but a distribution, the Gaussian
#
# $$ q(z \mid x) = \prod_{j} N\left( z_j \mid \mu_j(x), \sigma_j^2(x) \right) $$
#
# It stands for the *posterior*: which $z$ may have made this image? The encoder gives the means $\mu_j$ and, because a
# variance must be positive while the output of a layer can be anything, the logarithms $\ln \sigma_j^2$. We call them
# `mean` and `log_var`. So $\sigma_j = \exp(\tfrac12 \ln \sigma_j^2)$.
#
# ![From left to right: the image x enters the encoder, which gives μ and ln σ². With a standard normal ε they make z.
# The decoder turns z into the mean of p(x|z). Below the encoder stands the KL divergence of q(z|x) from N(0, I), below
# the decoder the likelihood of x.](attachment:autoencoder.png)
#
# ### 3.1 The reparametrisation trick
#
# Training needs samples of $z$ from $q$, and gradients of the loss with respect to $\mu$ and $\ln \sigma^2$. A random
# draw has no gradient. So draw the randomness elsewhere, $\varepsilon \sim N(0, I)$, and let $z$ be a smooth function
# of it:
#
# $$ z_j = \mu_j + \sigma_j \, \varepsilon_j $$
#
# (same paper, section 2.4). This $z$ has the distribution $q$, and $\partial z_j / \partial \mu_j = 1$,
# $\partial z_j / \partial \ln \sigma_j^2 = \tfrac12 \sigma_j \varepsilon_j$.
#
# ![Left: z is drawn from q inside the network; the arrow back from z, the gradient, ends at the draw. Right: ε comes in
# as an input, z = μ + σ ε, and arrows back from z reach μ and ln σ².](attachment:reparametrisation.png)
#
# ### 3.2 Task 5: `reparametrise` (3 points)
#
# - `mean`, `log_var`: float32 arrays or tensors of shape `(n, latent_dim)`; log-variances are from -20 to 20
# - `eps`: the same shape, drawn from a standard normal by whoever calls you
# - returns $z$ of the same shape
#
# Write it with TensorFlow's functions. The second test takes gradients through it.
#
# For example, `mean` 1, `log_var` $\ln 4 = 1.386$ and `eps` 3 give $1 + 2 \cdot 3 = 7$.
#
# <details><summary>Hint 1</summary>
#
# Which function turns the logarithm of a variance into a standard deviation? It is not `tf.exp(log_var)`: that is the
# variance.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Half the logarithm of the variance is the logarithm of the standard deviation.
#
# </details>
#
# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    """A draw from N(mean, exp(log_var)) made of standard normal numbers eps; all of shape (n, latent_dim)."""
    ### BEGIN SOLUTION: Return z, with TensorFlow's functions.
    return mean + tf.exp(0.5 * log_var) * eps
    ### END SOLUTION


# %% [markdown]
# The first test looks at the values, the second at the gradients of the sum of all $z$, which the next cell takes.
#
# %%
def slopes_of(function, first, second, third):
    """Gradients of the sum of function(first, second, third) for the first two; nan where no gradient arrives."""
    first, second, third = (tf.constant(value, tf.float32) for value in (first, second, third))
    with tf.GradientTape() as tape:
        tape.watch([first, second])
        total = tf.reduce_sum(function(first, second, third))
    slopes = tape.gradient(total, [first, second])
    return [np.full(first.shape, np.nan) if s is None else np.asarray(tf.convert_to_tensor(s)) for s in slopes]


def sampling_gradients(mean, log_var, eps):
    """Gradients of the sum of your z with respect to mean and log_var; nan where no gradient arrives."""
    return slopes_of(reparametrise, mean, log_var, eps)


# %% test="vae-reparametrise" points=2
mu, log_var = np.array([[1, 2]], np.float32), np.array([[np.log(4), 0]], np.float32)
got = reparametrise(mu, log_var, np.array([[3, -5]], np.float32))
why = "the standard deviations are 2 and 1, and log_var is the logarithm of their squares"
expect(got, [[7.0, -3.0]], "reparametrise([[1, 2]], [[ln 4, 0]], [[3, -5]])", why)
got = reparametrise(mu, 5 + log_var, 0 * mu)
expect(got, [[1.0, 2.0]], "reparametrise with eps 0", "that is the mean")
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_reparametrise(reparametrise)
### END HIDDEN TESTS
# %% test="vae-reparametrise" points=1
to_mean, to_log_var = sampling_gradients([[1.0, 2.0]], [[0.0, np.log(4)]], [[3.0, -1.0]])
why = "nan is where no gradient arrives: use TensorFlow's functions on the tensors as they come"
expect(to_mean, [[1.0, 1.0]], "dz/dmean for eps 3, -1 and standard deviations 1, 2", why)
why = f"half of sigma times eps; {why}"
expect(to_log_var, [[1.5, -1.0]], "dz/dlog_var for eps 3, -1 and standard deviations 1, 2", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_reparametrise_gradients(sampling_gradients)
### END HIDDEN TESTS
# %% [markdown]
# Five thousand of your draws for one mean and variance in two dimensions, with the contours of the density that they
# should follow.
#
# %%
place, spread = np.array([[1.0, -0.5]], dtype=np.float32), np.array([[0.0, -2.0]], dtype=np.float32)
eps = np.random.default_rng(0).normal(size=(5000, 2)).astype(np.float32)
z = np.asarray(reparametrise(np.repeat(place, 5000, axis=0), np.repeat(spread, 5000, axis=0), eps))
figures.draws_and_ellipses(z, place[0], np.exp(spread[0] / 2))
show_figure(
    "5,000 of your draws in the plane of z₁ and z₂, and ellipses at 1, 2 and 3 standard deviations around (1, -0.5), "
    "wide along z₁ and narrow along z₂. The draws should follow the ellipses."
)

# %% [markdown]
# ### 3.3 How far from the prior: the KL divergence
#
# If the encoder were free, it would shrink all $\sigma_j$ to zero, and we would be back at the autoencoder. What holds
# it is the Kullback-Leibler divergence of $q(z \mid x)$ from the prior, the mean of $\ln q - \ln p$ over $q$. It is
# never negative, and zero only if $q$ is the prior: then the code says nothing about the image. Averaged over images it
# is an upper limit to the information about the image that the code carries, in nats.
#
# **By hand first.** In one dimension, $\ln q(z) = -\tfrac12 (z - \mu)^2/\sigma^2 - \ln \sigma$ and
# $\ln p(z) = -\tfrac12 z^2$, both up to the same constant. What is the mean of $\ln q - \ln p$ over $q$ for $\mu = 1$,
# $\sigma = 1$? And for $\mu = 0$, $\sigma = 2$?
#
# <details><summary>Check</summary>
#
# For $\mu = \sigma = 1$, $\ln q - \ln p = z - \tfrac12$, and the mean of $z$ is 1: $\tfrac12$. For $\mu = 0$,
# $\sigma = 2$ it is $-\tfrac18 z^2 - \ln 2 + \tfrac12 z^2$, and the mean of $z^2$ is 4: $\tfrac32 - \ln 2 = 0.807$.
#
# </details>
#
# Work out any $\mu$ and $\sigma$ in the same way. For a diagonal Gaussian, the divergences of the dimensions add up.
#
# ### 3.4 Task 6: `kl_to_standard_normal` (3 points)
#
# - `mean`, `log_var`: float32 arrays or tensors of shape `(n, latent_dim)`; log-variances are from -20 to 20
# - returns a tensor of shape `(n,)`: the divergence for each image, *summed* over the latent dimensions, in nats. Use
#   TensorFlow's functions, as it will be part of the loss: its gradients for both are tested too
#
# For example, a mean of `[1, 0]` and a `log_var` of $[0, \ln 4]$ give $0.5 + 0.807 = 1.307$.
#
# <details><summary>Hint 1</summary>
#
# Over $q$, the mean of $(z - \mu)^2$ is $\sigma^2$, and that of $z^2$ is $\sigma^2 + \mu^2$.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# You are given $\ln \sigma^2$. How do you get $\sigma^2$ from it? And $\ln \sigma$ is half of it.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# In each dimension the divergence is half of four terms: $\sigma^2$, $\mu^2$, $-1$ and $-\ln \sigma^2$. Add them
# element by element first. Sum over the latent dimensions, the last axis, and take half.
#
# </details>
#
# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    """KL(N(mean, exp(log_var)) || N(0, I)) in nats: (n, latent_dim) -> (n,)."""
    ### BEGIN SOLUTION: Return the divergence of each image, summed over the latent dimensions.
    return 0.5 * tf.reduce_sum(tf.exp(log_var) + mean**2 - 1.0 - log_var, axis=1)
    ### END SOLUTION


# %% test="vae-kl" points=3
mu = np.array([[1, 0], [0, 0]], np.float32)
log_var = np.array([[0, np.log(4)], [0, 0]], np.float32)
got = kl_to_standard_normal(mu, log_var)
why = "the *sum* over the dimensions, 0.5 + 0.807 in the example"
expect(got, [1.306853, 0.0], "kl_to_standard_normal of the example, and of N(0, I),", why)
q, p = tfd.MultivariateNormalDiag(mu, np.exp(log_var / 2)), tfd.MultivariateNormalDiag([0.0, 0.0])
why = "what TensorFlow Probability gives"
expect(got, np.asarray(tfd.kl_divergence(q, p)), "kl_to_standard_normal of the example", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_kl(kl_to_standard_normal)
### END HIDDEN TESTS
# %% [markdown]
# The closed form is
#
# $$ \mathrm{KL}(q \,\|\, p) = \frac{1}{2} \sum_{j} \left( \sigma_j^2 + \mu_j^2 - 1 - \ln \sigma_j^2 \right) $$
#
# (Kingma & Welling 2014, appendix B).
#
# Here is the divergence of a Gaussian in one dimension, for all means and widths. It grows quickly, like a square,
# where $q$ is far from the prior or much wider. Towards narrow $q$ it grows only like a logarithm: ten times narrower
# costs 2.3 nats.
#
# %%
centres, widths = np.meshgrid(np.linspace(-3, 3, 61), np.geomspace(0.01, 10, 61))
columns = (values.reshape(-1, 1).astype(np.float32) for values in (centres, 2 * np.log(widths)))
figures.contours_of_kl(centres, widths, np.asarray(kl_to_standard_normal(*columns)).reshape(61, 61))
show_figure(
    "Contours of your KL divergence from N(0, 1), from 0.1 to 30 nats, against the mean, from -3 to 3, and the "
    "standard deviation, from 0.01 to 10 on a logarithmic axis. A star marks the prior, at mean 0 and standard "
    "deviation 1."
)

# %% [markdown]
# ### 3.5 The same by Monte Carlo
#
# Where there is no closed form, as for a flow, the divergence is estimated from draws. With $z = \mu + \sigma
# \varepsilon$,
#
# $$ \mathrm{KL} \approx \frac{1}{K} \sum_{k=1}^{K} \left[ \ln q(z_k \mid x) - \ln p(z_k) \right] $$
#
# ### 3.6 Task 7: `kl_monte_carlo` (3 points)
#
# - `mean`, `log_var`: float32 arrays of shape `(n, latent_dim)`; log-variances are from -20 to 20
# - `eps`: float32 array of shape `(K, n, latent_dim)`: K standard normal draws for each image
# - returns an array of shape `(n,)`: the mean over the K draws of $\ln q(z \mid x) - \ln p(z)$, both summed over the
#   latent dimensions
#
# For example, one draw in one dimension, `eps` 1, with mean 1 and `log_var` 0, is $z = 2$. There $\ln q - \ln p =
# -\tfrac12 + \tfrac{4}{2} = 1.5$. The mean over many draws is 0.5.
#
# <details><summary>Hint 1</summary>
#
# First all $z$, of shape `(K, n, latent_dim)`. Then two log-densities of Gaussians at these $z$, element by element.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $\ln q$ has the variance $\sigma^2$ in it, $\ln p$ has 1. Since $(z - \mu) / \sigma = \varepsilon$, the first is
# short. Do not forget its $-\ln \sigma$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# Sum over the last axis and take the mean over the first. `tfd.Normal(...).log_prob(z)` is another way to both
# densities.
#
# </details>
#
# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    """The mean of ln q(z) - ln p(z) over draws z = mean + sigma eps; eps (K, n, latent_dim), result (n,)."""
    ### BEGIN SOLUTION: Return the estimate for each image.
    z = mean + np.exp(log_var / 2) * eps
    log_ratio = (z**2 - eps**2 - log_var) / 2
    return np.mean(np.sum(log_ratio, axis=-1), axis=0)
    ### END SOLUTION


# %% test="vae-montecarlo" points=3
mu, log_var = np.array([[1.0], [0.0]], np.float32), np.zeros((2, 1), np.float32)
got = kl_monte_carlo(mu, log_var, np.ones((1, 2, 1), np.float32))
why = "the mean of ln q - ln p"
expect(got, [1.5, 0.0], "kl_monte_carlo of the example, and where q is the prior,", why, atol=1e-4)
draws = np.random.default_rng(2).normal(size=(20000, 2, 2)).astype(np.float32)
mu = np.array([[1, 0], [0, 0]], np.float32)
log_var = np.array([[0, np.log(4)], [0, 0]], np.float32)
got = kl_monte_carlo(mu, log_var, draws)
why = "to within 0.05: the divergences of the example of kl_to_standard_normal"
expect(got, [1.307, 0.0], "kl_monte_carlo of 20000 draws", why, rtol=0, atol=0.05)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_monte_carlo(kl_monte_carlo)
### END HIDDEN TESTS
# %% [markdown]
# Your estimate against the closed form (line), for more and more draws. Its error falls like $1 / \sqrt{K}$. The
# training takes one draw an image: the average over images and steps does the rest.
#
# %%
draws = np.random.default_rng(0).normal(size=(30, 1000, 1, 2)).astype(np.float32)
numbers = np.array([1, 3, 10, 30, 100, 300, 1000])
mu, log_var = np.array([[1.0, 0.0]], np.float32), np.array([[0.0, np.log(4)]], np.float32)
estimates = [[np.squeeze(kl_monte_carlo(mu, log_var, some[:k])) for k in numbers] for some in draws]
figures.estimates_of_kl(numbers, estimates, float(np.squeeze(kl_to_standard_normal(mu, log_var))))
show_figure(
    "30 of your estimates of the KL divergence in nats for each number of draws K, from 1 to 1,000 on a logarithmic "
    "axis, and the closed form as a line. The scatter around the line should shrink as K grows."
)

# %% [markdown]
# ## 4 The evidence lower bound, where it can be exact
#
# How good is a model of galaxies? By what probability it gives to real ones: $p(x) = \int p(x \mid z)\, p(z)\, dz$, the
# *evidence*. For a neural decoder nobody can do the integral. But for any distribution $q$ of $z$,
#
# $$ \mathrm{ELBO} = \mathbb{E}_{q}\left[ \ln p(x \mid z) \right] - \mathrm{KL}(q(z) \,\|\, p(z))
# = \ln p(x) - \mathrm{KL}(q(z) \,\|\, p(z \mid x)) $$
#
# (Kingma & Welling 2014, section 2.2). The middle can be computed: a reconstruction term, minus what the code costs.
# The right says what it is: the log-evidence, minus the distance of $q$ from the true posterior. That is never
# negative, hence *lower bound*. Better decoders raise it, and better encoders close the gap.
#
# Do you believe that? There is a model in which everything can be computed, *probabilistic PCA* (Tipping & Bishop 1999,
# J. R. Statist. Soc. B 61, 611): the decoder is a matrix $W$ with $D$ rows and $d$ columns,
#
# $$ z \sim N(0, I_d), \qquad x = W z + \sigma n, \qquad n \sim N(0, I_D) $$
#
# All distributions are Gaussian. The evidence is $x \sim N(0, W W^T + \sigma^2 I_D)$. And by Bayes' theorem, the
# logarithm of the posterior $p(z \mid x)$ is, up to a constant, a sum of two terms that are quadratic in $z$:
#
# $$ \ln p(z \mid x) = -\frac{|x - W z|^2}{2 \sigma^2} - \frac{|z|^2}{2} + \mathrm{const} $$
#
# **By hand first.** Take one pixel and one latent dimension, $W = 2$, $\sigma = 1$ and $x = 5$. Which Gaussian has the
# logarithm $-\tfrac12 (5 - 2z)^2 - \tfrac12 z^2$ plus a constant? Remember that $N(m, s^2)$ has
# $-\tfrac12 z^2/s^2 + m z/s^2$ plus a constant.
#
# <details><summary>Check</summary>
#
# $-\tfrac12 (4 + 1) z^2 + 10 z$ plus a constant. So $1/s^2 = 5$ and $m/s^2 = 10$: the mean is 2, the variance 0.2.
#
# </details>
#
# ### 4.1 Task 8: `ppca_posterior` (4 points)
#
# - `x`: array of floats of shape `(D,)`
# - `W`: array of floats of shape `(D, d)`
# - `sigma`: a positive number
# - returns a pair: the mean of the posterior, of shape `(d,)`, and its covariance, of shape `(d, d)`
#
# Each has a test of its own, 2 points each. For example, with $W = (1, 1)^T$, $\sigma = 1$ and $x = (3, 0)$, the mean
# is `[1]` and the covariance `[[0.333]]`.
#
# <details><summary>Hint 1</summary>
#
# In several dimensions, $N(m, S)$ has the logarithm $-\tfrac12 z^T S^{-1} z + z^T S^{-1} m$ plus a constant. Compare
# first what is quadratic in $z$, then what is linear.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# $|W z|^2 = z^T W^T W z$. So $S^{-1}$ is $W^T W / \sigma^2$ plus the identity, and $S^{-1} m$ is $W^T x / \sigma^2$.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.linalg.inv` is fine for so small a matrix; `np.eye(d)` is the identity. The number $d$ is `W.shape[1]`.
#
# </details>
#
# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    """Mean (d,) and covariance (d, d) of p(z | x) for x = W z + sigma n; x (D,), W (D, d)."""
    ### BEGIN SOLUTION: Return the mean and the covariance of the posterior.
    inverse = np.linalg.inv(W.T @ W + sigma**2 * np.eye(W.shape[1]))
    return inverse @ W.T @ x, sigma**2 * inverse
    ### END SOLUTION


# %% test="vae-posterior" points=2
got = ppca_posterior(np.array([3.0, 0.0]), np.array([[1.0], [1.0]]), 1.0)
expect(got, {"the mean": [1.0], "the covariance": ...}, "ppca_posterior of the example")
x, W = np.array([1.0, 2.0, 3.0]), np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
expected = {"the mean": [0.358491, 0.849057], "the covariance": ...}
name = "ppca_posterior((1, 2, 3), W, 2) for W with the rows (1, 0), (1, 1), (0, 2)"
expect(ppca_posterior(x, W, 2.0), expected, name, "the inverse covariance is [[1.5, 0.25], [0.25, 2.25]]")
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_posterior(ppca_posterior, "mean")
### END HIDDEN TESTS
# %% test="vae-posterior" points=2
got = ppca_posterior(np.array([3.0, 0.0]), np.array([[1.0], [1.0]]), 1.0)
expect(got, {"the mean": ..., "the covariance": [[1 / 3]]}, "ppca_posterior of the example")
x, W = np.array([1.0, 2.0, 3.0]), np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
expected = {"the mean": ..., "the covariance": [[0.679245, -0.075472], [-0.075472, 0.452830]]}
name = "ppca_posterior((1, 2, 3), W, 2) for W with the rows (1, 0), (1, 1), (0, 2)"
expect(ppca_posterior(x, W, 2.0), expected, name, "its inverse is [[1.5, 0.25], [0.25, 2.25]]")
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_posterior(ppca_posterior, "covariance")
### END HIDDEN TESTS
# %% [markdown]
# The posterior is
#
# $$ p(z \mid x) = N\left( M^{-1} W^T x, \; \sigma^2 M^{-1} \right), \qquad M = W^T W + \sigma^2 I_d $$
#
# (Tipping & Bishop 1999).
#
# ### 4.2 The bound
#
# Now the ELBO of this model for any Gaussian $q = N(m, S)$. Both of its terms have a closed form:
#
# $$ \mathbb{E}_q[\ln p(x \mid z)] = -\frac{D}{2} \ln(2 \pi \sigma^2)
# - \frac{1}{2 \sigma^2} \left( |x - W m|^2 + \mathrm{tr}(W S W^T) \right) $$
#
# $$ \mathrm{KL}(q \,\|\, p) = \frac{1}{2} \left( \mathrm{tr}\, S + |m|^2 - d - \ln |S| \right) $$
#
# The trace in the first is there because $W z$ scatters about $W m$. With a diagonal $S$ the second is the one that you
# know. Here the formulas are given. What you shall see for yourself is what they do: where the bound is tight.
#
# ### 4.3 Task 9: `ppca_elbo` (3 points)
#
# - `x`, `W`, `sigma`: as before
# - `mean`: $m$, array of shape `(d,)`
# - `covariance`: $S$, array of shape `(d, d)`, symmetric and positive definite
# - returns the ELBO, one number, in nats
#
# For the example above, with the posterior's mean 1 and covariance 1/3, it is $-5.387$, the log-evidence. With the
# prior's mean 0 and covariance 1 it is $-7.338$.
#
# <details><summary>Hint 1</summary>
#
# Write the two terms one after the other, and check them by the second case of the example: with the prior for $q$ the
# divergence is 0.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.trace` is the trace. `np.linalg.slogdet` returns the sign and the logarithm of a determinant; you need the second.
#
# </details>
#
# %% solution="vae-bound"
def ppca_elbo(x, W, sigma, mean, covariance):
    """The ELBO of q = N(mean, covariance) for x = W z + sigma n, in nats; one number."""
    ### BEGIN SOLUTION: Return the expected log-likelihood minus the divergence from the prior.
    squares = np.sum((x - W @ mean) ** 2) + np.trace(W @ covariance @ W.T)
    expected = -0.5 * len(x) * np.log(2 * np.pi * sigma**2) - squares / (2 * sigma**2)
    kl = 0.5 * (np.trace(covariance) + np.sum(mean**2) - len(mean) - np.linalg.slogdet(covariance)[1])
    return expected - kl
    ### END SOLUTION


# %% test="vae-bound" points=3
x, W = np.array([3.0, 0.0]), np.array([[1.0], [1.0]])
for what, mu, cov, expected in (("posterior", 1.0, 1 / 3, -5.3872), ("prior", 0.0, 1.0, -7.3379)):
    got = ppca_elbo(x, W, 1.0, np.array([mu]), np.array([[cov]]))
    expect(got, expected, f"ppca_elbo of the example with the {what} as q", "both terms of the bound, with their signs")
x, W = np.array([1.0, 2.0, 3.0]), np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
got = ppca_elbo(x, W, 2.0, np.array([1.0, 0.0]), np.array([[0.5, 0.2], [0.2, 0.4]]))
why = "count all D pixels and d dimensions, sigma squared, and trace and determinant of matrices"
expect(got, -7.3775, "ppca_elbo for 3 pixels, 2 latent dimensions and sigma 2", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_bound(ppca_elbo)
### END HIDDEN TESTS
# %% [markdown]
# The bound for a model with 20 pixels and 2 latent dimensions. On the left $q$ has the right covariance and its mean
# moves away from the right one. On the right it has the right mean, and its standard deviations are multiplied by a
# factor. Both curves touch the line, the log-evidence by SciPy, at one point: where $q$ is the exact
# posterior. The cross is the best *diagonal* $q$, which is all that our encoder can give: it stays below the line as
# long as the posterior is correlated.
#
# %%
figures.touching_bound(ppca_posterior, ppca_elbo)
show_figure(
    "Two panels with your ELBO in nats, and the log-evidence as a horizontal line: on the left against a shift of the "
    "mean of q, on the right against a factor on its standard deviations, with a cross for the best diagonal q. Each "
    "curve should touch the line at one point and be below it elsewhere."
)

# %% [markdown]
# ## 5 Training
#
# ### 5.1 The loss
#
# Training minimises the negative ELBO, averaged over a batch of $B$ images,
#
# $$ L = -\frac{1}{B} \sum_{i=1}^{B} \left[ \ln p(x_i \mid z_i) - \beta \, \mathrm{KL}_i \right] $$
#
# with one draw $z_i$ for each image. $\beta = 1$ is the ELBO. Other weights make another bargain between a good
# reconstruction and a cheap code, the *β-VAE* (Higgins et al. 2017, ICLR). Further down you will try some.
#
# Mind the units. The reconstruction is a sum over all pixels, and the divergence is a sum over all latent dimensions,
# both in nats for a whole image. To take the mean over the pixels for one and the sum over the dimensions for the other
# would be a $\beta$ of 1024 without saying so.
#
# ### 5.2 Task 10: `negative_elbo` (6 points)
#
# - `log_likelihood`, `kl`: float32 arrays or tensors of shape `(B,)`: $\ln p(x_i \mid z_i)$ and $\mathrm{KL}_i$
# - `beta`: a number, or a tensor that holds one
# - returns $L$, one number or a tensor that holds one. Use TensorFlow's functions: its gradients for `log_likelihood`
#   and `kl` are tested too
#
# For example, log-likelihoods of `[-10, -20]`, divergences of `[1, 3]` and a `beta` of 2 give 19.
#
# You get 2 points for the loss itself. The other 4 are for what your network reaches when it is trained with it.
#
# <details><summary>Hint 1</summary>
#
# Which sign has each term in the loss? A larger divergence should make the loss larger. A larger log-likelihood should
# make it smaller.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `tf.reduce_mean` takes the mean over the batch.
#
# </details>
#
# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    """Minus the mean over the batch of log_likelihood - beta kl; both of shape (B,), one number."""
    ### BEGIN SOLUTION: Return the loss.
    return tf.reduce_mean(beta * kl - log_likelihood)
    ### END SOLUTION


# %% [markdown]
# The test also looks at the gradients of your loss. The next cell takes them.
#
# %%
def loss_gradients(log_likelihood, kl, beta):
    """Gradients of your loss with respect to log_likelihood and kl; nan where no gradient arrives."""
    return slopes_of(negative_elbo, log_likelihood, kl, beta)


# %% test="vae-loss" points=2
got = negative_elbo(np.array([-10.0, -20.0], np.float32), np.array([1.0, 3.0], np.float32), 2.0)
expect(got, 19.0, "negative_elbo([-10, -20], [1, 3], 2)", "means over the batch: 15 + 2 * 2")
to_likelihood, to_kl = loss_gradients([-10.0, -20.0], [1.0, 3.0], 2.0)
why = "nan is where no gradient arrives: use TensorFlow's functions"
expect(to_likelihood, [-0.5, -0.5], "the gradient for log_likelihood, of two images,", why)
expect(to_kl, [1.0, 1.0], "the gradient for kl, of two images with beta 2,", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_loss(negative_elbo)
### END HIDDEN TESTS
# %% [markdown]
# ### 5.3 Warming up
#
# At the beginning the decoder ignores the code, since the code says nothing yet. Then the cheapest thing is to make $q$
# the prior, and the network may get stuck there. This is *posterior collapse*. The remedy is to begin with a weight of
# 0 for the divergence and to raise it slowly (Bowman et al. 2016, arXiv:1511.06349; Sønderby et al. 2016,
# arXiv:1602.02282). The weight must reach $\beta$ and stay there: the ELBO is what we want in the end.
#
# The small network of this notebook would do without: its ELBO ends at about 0.06 nats per pixel below the noise limit
# either way. Powerful decoders, such as those that write text word by word, do get stuck.
#
# ### 5.4 Task 11: `kl_weight` (2 points)
#
# - `step`: the number of the training step, a whole number from 0
# - `warm_up_steps`: how many steps the warm-up takes, a whole number. 0 means that there is none
# - `beta`: the final weight
# - returns the weight: 0 at step 0, rising in proportion to the step, `beta` at step `warm_up_steps` and at all later
#   ones. Without a warm-up it is `beta` at all steps
#
# For example, with a warm-up of 100 steps and a `beta` of 4 the weight is 1 at step 25, 4 at step 100 and 4 at step
# 250.
#
# <details><summary>Hint 1</summary>
#
# The fraction of the warm-up that is over, but never more than 1.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# What happens to the fraction if `warm_up_steps` is 0? Treat that case first.
#
# </details>
#
# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    """The weight of the divergence: from 0 at step 0 in proportion to beta at warm_up_steps, and beta from there on."""
    ### BEGIN SOLUTION: Return the weight at this step.
    if step >= warm_up_steps:
        return beta
    return beta * step / warm_up_steps
    ### END SOLUTION


# %% test="vae-warmup" points=2
for step, expected in ((0, 0.0), (25, 1.0), (100, 4.0), (250, 4.0)):
    expect(kl_weight(step, 100, 4.0), expected, f"kl_weight({step}, 100, 4)", "0 at step 0, 4 from step 100 on")
expect(kl_weight(3, 8, 0.5), 0.1875, "kl_weight(3, 8, 0.5)", "three eighths of beta")
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_warm_up(kl_weight)
### END HIDDEN TESTS
# %% [markdown]
# ### 5.5 Task 12: `training_step` (3 points)
#
# One step of training: encode a batch of images, draw a $z$ for each, decode it, take the loss, and move *both*
# networks along its gradient. The step of the autoencoder in section 2.3 shows the frame.
#
# By hand, with one pixel and one latent dimension: the encoder gives the mean 0 and the log-variance 0 for every image,
# and the decoder gives $0.05 \, z$. The image is $y = 0$, and $\varepsilon = 1$. So $z = 1$, and the decoded image is
# $20 \cdot 0.05 = 1$. The log-likelihood is $-\tfrac12 - \tfrac12 \ln 2\pi = -1.419$, the divergence 0. What
# does a step of plain gradient descent with the rate 0.001 do? The slope of the loss is 20 for a bias of the decoder, 1
# for the mean, and $\tfrac12 \sigma \varepsilon = \tfrac12$ for the log-variance. The three biases move from 0 to
# $-0.02$, $-0.001$ and $-0.0005$.
#
# - `encoder`, `decoder`: Keras models as in tasks 3 and 4, for images of any size. Use `code_of` and `image_of` with
#   `training=True`. Give the optimiser their `trainable_variables`, all of these and nothing else
# - `optimizer`: a Keras optimiser. `optimizer.apply(gradients, variables)` takes one step
# - `y`: float32 tensor of shape `(B, h, w, 1)`, images in units of the noise: so `sigma` is 1
# - `eps`: float32 tensor of shape `(B, latent_dim)`, standard normal numbers
# - `beta`: a tensor that holds one number, the weight of the divergence
# - returns a pair of tensors, both from *before* the step: the mean over the batch of the log-likelihoods, and that of
#   the divergences, without `beta`
#
# The notebook compiles your function, so use TensorFlow. Call `parts.log_prob`, `parts.sample`, `parts.kl` and
# `parts.loss`: these are your `gaussian_log_prob`, `reparametrise`, `kl_to_standard_normal` and `negative_elbo` where
# they are right.
#
# <details><summary>Hint 1</summary>
#
# Which lines of `autoencoder_step` change? The autoencoder decodes the mean. Here a draw is decoded, and the divergence
# is part of the loss.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Everything from the encoder to the loss happens inside the `tf.GradientTape`. Otherwise no gradient gets back to the
# encoder.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# The loss is one number. What you return are the two terms of which it is made.
#
# </details>
#
# %%
parts.sample = stand_ins.yours_or(stand_ins.reparametrise, reparametrise)
parts.kl = stand_ins.yours_or(stand_ins.kl_to_standard_normal, kl_to_standard_normal)
parts.loss = stand_ins.yours_or(stand_ins.negative_elbo, negative_elbo)

# %% solution="vae-step"
def training_step(encoder, decoder, optimizer, y, eps, beta):
    """Moves both networks by one step towards a larger ELBO; returns the means of log-likelihood and KL before it."""
    ### BEGIN SOLUTION: Take the gradient of the negative ELBO, apply it, and return the means of its two terms.
    with tf.GradientTape() as tape:
        mean, log_var = code_of(encoder, y, training=True)
        z = parts.sample(mean, log_var, eps)
        log_likelihood = parts.log_prob(y, image_of(decoder, z, training=True), 1.0)
        kl = parts.kl(mean, log_var)
        loss = parts.loss(log_likelihood, kl, beta)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.reduce_mean(log_likelihood), tf.reduce_mean(kl)
    ### END SOLUTION


# %%
def one_pixel():
    """An encoder of one pixel to one dimension whose weights are 0, and a decoder that gives 0.05 z."""
    encoder = tfk.Sequential([tfk.Input(shape=(1, 1, 1)), tfkl.Flatten(), tfkl.Dense(2, kernel_initializer="zeros")])
    weight = tfk.initializers.Constant(0.05)
    decoder = tfk.Sequential([tfk.Input(shape=(1,)), tfkl.Dense(1, kernel_initializer=weight), tfkl.Reshape((1, 1, 1))])
    return encoder, decoder


def descent(encoder, decoder, rate):
    """Plain gradient descent of both networks."""
    optimizer = tfk.optimizers.SGD(rate)
    optimizer.build(encoder.trainable_variables + decoder.trainable_variables)
    return optimizer


# %% test="vae-step" points=3
small_encoder, small_decoder = one_pixel()
optimizer = descent(small_encoder, small_decoder, 0.001)
given = tf.zeros((1, 1, 1, 1)), tf.ones((1, 1)), tf.constant(1.0)
got = training_step(small_encoder, small_decoder, optimizer, *given)
expected = {"the log-likelihood": -1.418939, "the divergence": 0.0}
expect(got, expected, "training_step of the example", "before the step, for z = 1", rtol=1e-3, atol=1e-5)
expect(small_decoder.get_weights()[1], [-0.02], "the bias of the decoder after the step", rtol=5e-4)
why = "the gradient goes from the loss through z to the mean and the log-variance"
expect(small_encoder.get_weights()[1], [-0.001, -0.0005], "the pair of biases of the encoder", why, rtol=1e-3)
small_encoder, small_decoder = one_pixel()
small_encoder.set_weights([np.zeros((1, 2)), np.array([1.0, 0.0])])  # the mean is 1 for every image
given = tf.zeros((2, 1, 1, 1)), tf.constant([[1.0], [-1.0]]), tf.constant(2.0)
got = training_step(small_encoder, small_decoder, descent(small_encoder, small_decoder, 0.001), *given)
expected, why = {"the log-likelihood": -1.918939, "the divergence": 0.5}, "means over the batch, without beta"
expect(got, expected, "training_step of two images with z = 2 and z = 0, and a beta of 2,", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_step(training_step)
### END HIDDEN TESTS
# %% [markdown]
# ### 5.6 The training
#
# Everything comes together: your likelihood, your networks, your draws, your divergence, your loss, your warm-up and
# your step. It takes about half a minute.
#
# %%
WARM_UP = max(1, VAE_STEPS // 5)
tfk.utils.set_random_seed(SEED)
encoder, decoder = build_encoder(LATENT_DIM), build_decoder(LATENT_DIM)
vae = Trainer(training_step, encoder, decoder, y_train, cosine(VAE_STEPS), SEED)
vae.run(VAE_STEPS, lambda step: kl_weight(step, WARM_UP, 1.0))

# %% [markdown]
# The two terms by training step, each as a running mean over the 25 steps around it. On the left how far the
# reconstruction is from the noise limit; a perfect decoder that knows the true $z$ would reach zero. On the right what
# the code costs, in nats per image, and the weight of that term. When the weight is small the network writes long
# codes.
#
# %%
figures.training_history(vae.history)
show_figure(
    "Two panels against the training step. Left: nats per pixel below the limit, on a logarithmic scale. Right: the "
    "KL in nats per image, and dashed, on the scale at the right, the weight of that term."
)

# %% [markdown]
# The next cell defines what the tests ask of your trained networks: `encode` and `decode`. From them the grader
# computes the ELBO of 1000 galaxies that are in no release, by itself. What counts is how far below the noise limit it
# is, in nats per pixel:
#
# | nats per pixel below the limit | |
# | --- | --- |
# | 4.4 | the mean galaxy (4.0 on the test images of this notebook) |
# | at most 0.3 | first test, 2 points: a linear model needs 6 dimensions for it (0.28) |
# | 0.13 | probabilistic PCA with 10 dimensions, the best that a linear decoder can do |
# | at most 0.12 | second test, 1 point: better than that |
# | at most 0.09 | third test, 1 point: well trained |
# | 0.06 | about what a network as the tasks suggest it reaches |
#
# No code knows the noise of a pixel, so nothing gets below the limit but by chance: less than -0.01 fails the tests,
# too. Here the tests look at shapes alone: that they print nothing does not show that a target is reached.
#
# The number that the cell prints tells you where you are. Is it too large?
#
# - Did the notebook say that a function of yours is not used? Mend that one first.
# - Is the code costly, or the weight not 1 at the end? Look at `training_step` and `kl_weight`.
# - Is the reconstruction poor? Look at the networks: too few filters or neurons, a `"relu"`, an average over the image.
#   Then run everything from the first cell again.
#
# %%
def encode(images):
    """Images (n, 32, 32) in electrons/s -> means and log-variances of q, each (n, latent_dim)."""
    mean, log_var = code_of(encoder, tf.constant(prepared(images)))
    return mean.numpy(), log_var.numpy()


def decode(z):
    """Codes (n, latent_dim) -> images without noise (n, 32, 32), in electrons/s."""
    return in_electrons(image_of(decoder, tf.constant(np.asarray(z, dtype=np.float32))))


def test_elbo():
    """The test images in nats per pixel: the log-likelihood of one draw each, and the divergence."""
    mean, log_var = (tf.constant(part) for part in encode(images[test]))
    z = stand_ins.reparametrise(mean, log_var, stand_ins.noise_like(*mean.shape))
    squares = np.mean((y_test[..., 0] - prepared(decode(z))[..., 0]) ** 2)
    return -0.5 * squares - 0.5 * np.log(2 * np.pi), np.mean(stand_ins.kl_to_standard_normal(mean, log_var)) / D


reconstruction, cost = test_elbo()
print(f"test images: reconstruction {LIMIT - reconstruction:.4f} below the limit, code {cost:.4f},", end=" ")
print(f"ELBO {LIMIT - reconstruction + cost:.4f} nats per pixel below the limit")

# %% test="vae-loss" points=2 needs="training"
# Judged: the ELBO of 1000 galaxies that are in no release, at most 0.3 nats per pixel below the limit.
codes = [np.asarray(part) for part in encode(images[test][:8])]
shape = [8, LATENT_DIM]
expect([part.shape for part in codes], {"the shape of means": shape, "of log-variances": shape}, "encode")
assert np.isfinite(codes).all(), "The codes are nan or infinite: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_elbo(encode, decode, encoder, decoder, tier=1)
### END HIDDEN TESTS
# %% test="vae-loss" points=1 needs="training"
# Judged: the ELBO of 1000 galaxies that are in no release, at most 0.12 nats per pixel below the limit.
codes = [np.asarray(part) for part in encode(images[test][:8])]
shape = [8, LATENT_DIM]
expect([part.shape for part in codes], {"the shape of means": shape, "of log-variances": shape}, "encode")
assert np.isfinite(codes).all(), "The codes are nan or infinite: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_elbo(encode, decode, encoder, decoder, tier=2)
### END HIDDEN TESTS
# %% test="vae-loss" points=1 needs="training"
# Judged: the ELBO of 1000 galaxies that are in no release, at most 0.09 nats per pixel below the limit.
codes = [np.asarray(part) for part in encode(images[test][:8])]
shape = [8, LATENT_DIM]
expect([part.shape for part in codes], {"the shape of means": shape, "of log-variances": shape}, "encode")
assert np.isfinite(codes).all(), "The codes are nan or infinite: did the training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_elbo(encode, decode, encoder, decoder, tier=3)
### END HIDDEN TESTS
# %% [markdown]
# ## 6 What is in the latent space?
#
# Reconstructions first. Then what you have tried with the autoencoder: images from the prior, beside real galaxies.
# Noise is added to them as the camera would.
#
# %%
reconstructions(encoder, decoder)
show_figure(
    "Three rows of ten test galaxies, from bright to faint: as observed, as your variational autoencoder reconstructs "
    "them, and the difference, from -5 (black) to 5 (white) times the noise. Compare the last row with that of the "
    "autoencoder."
)
rng = np.random.default_rng(SEED)
noiseless = decode(rng.normal(size=(len(test), LATENT_DIM)))
from_prior = observed(noiseless, rng)
random_rows = rng.choice(len(test), 10, replace=False)
rows_of_stamps({"galaxies": images[test][random_rows], "from the prior": from_prior[:10], " ": from_prior[10:20]})
show_figure(
    "Three rows of ten stamps with the noise of the camera: test galaxies, and two rows of images that your decoder "
    "draws from the prior. Look for dark holes and other shapes that no galaxy has."
)
dark = noiseless.min(axis=(1, 2)) < -3 * NOISE
print(f"a pixel is below -3 times the noise in {dark[:20].sum()} of these 20 images and {dark.sum()} of {len(dark)}")

# %% [markdown]
# A few of the images from the prior pass for galaxies. Most do not: they have the shape of an X, or black blobs. The
# light of a galaxy is never negative, so the cell above can count the blobs. The X shapes come on top.
#
# Why? The ELBO would like the codes of all galaxies together to fill $N(0, I)$. After so short a training they do not:
# they are correlated, with long tails. A draw from the prior may then land where no galaxy is. Section 8 mends this.
#
# %% [markdown]
# A straight line in the latent space from one galaxy to another. Close points are similar images. But is every point on
# the way a galaxy? The two ends are elongated in different directions. Look at the middle: where the line leaves the
# region of the galaxies, you see a cross, which is a bit of both ends at once.
#
# %%
ends = test[np.argsort(truth["e1"][test])[[3, -4]]]
way = np.linspace(*np.asarray(encode(images[ends])[0]), 8)
rows_of_stamps({"interpolation": [images[ends[0]], *decode(way), images[ends[1]]]}, ["galaxy", *[""] * 8, "galaxy"])
show_figure(
    "Ten stamps in a row: a galaxy, eight decoded images along a straight line in the latent space, and another "
    "galaxy, which is longest in another direction. Look in the middle for a cross, a bit of both."
)

# %% [markdown]
# ### 6.1 Which dimensions are in use?
#
# The galaxies were made from seven numbers: magnitude, radius, bulge fraction, two of ellipticity, two of position. You
# offered ten. A dimension that does not help the reconstruction is not worth its cost: for it $q(z_j \mid x)$ becomes
# the prior for every image, and its divergence goes to zero. It has *collapsed*. To find out, take the divergence of
# each dimension by itself and average it over images:
#
# $$ \mathrm{KL}_j = \frac{1}{n} \sum_{i=1}^{n}
# \frac{1}{2} \left( \sigma_{ij}^2 + \mu_{ij}^2 - 1 - \ln \sigma_{ij}^2 \right) $$
#
# We call a dimension *active* if $\mathrm{KL}_j$ is larger than a threshold. (Burda, Grosse & Salakhutdinov 2016,
# arXiv:1509.00519, take the variance of the means $\mu_{ij}$ over images instead, and 0.01 as its threshold.)
#
# ### 6.2 Task 13: `active_dimensions` (2 points)
#
# - `mean`, `log_var`: arrays of shape `(n, latent_dim)`, for n images; log-variances are from -20 to 20
# - `threshold`: a positive number, in nats
# - returns a whole number: how many dimensions have a divergence, averaged over the images, *above* the threshold
#
# For example, with means `[[1, 0], [-1, 0]]` and log-variances of 0 the first dimension has 0.5 nats and the second 0:
# with a threshold of 0.1 one of them is active.
#
# <details><summary>Hint 1</summary>
#
# The formula is that of `kl_to_standard_normal` without the sum over the dimensions, and with a mean over the images.
# Which axis is which?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Average first, then compare. The mean of the $\mu_{ij}$ may be zero while their squares are not, so do not average the
# means.
#
# </details>
#
# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    """How many latent dimensions have a divergence from the prior, averaged over images, above the threshold."""
    ### BEGIN SOLUTION: Return the number of active dimensions.
    kl = np.mean(np.exp(log_var) + mean**2 - 1 - log_var, axis=0) / 2
    return np.sum(kl > threshold)
    ### END SOLUTION


# %% test="vae-active" points=2
mu, why = np.array([[1.0, 0.0], [-1.0, 0.0]]), "the two dimensions have 0.5 and 0 nats"
expect(active_dimensions(mu, np.zeros((2, 2)), 0.1), 1, "active_dimensions of the example", why)
expect(active_dimensions(mu, np.zeros((2, 2)), 0.6), 0, "active_dimensions with the threshold 0.6", why)
log_var, why = np.log([[1.0, 4.0, 0.01]]), "the three dimensions have 0, 0.81 and 1.81 nats"
expect(active_dimensions(np.zeros((1, 3)), log_var, 0.1), 2, "active_dimensions of variances 1, 4, 0.01", why)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_active(active_dimensions)
### END HIDDEN TESTS
# %% [markdown]
# The divergence of each dimension, sorted. Seven numbers may well be spread over ten dimensions: nothing says that each
# dimension is one property. At this signal to noise nearly all of them, or all, save more nats of reconstruction than
# they cost.
#
# %%
mu, log_var = encode(images[test])
print(f"{int(active_dimensions(mu, log_var, 0.1))} of {LATENT_DIM} dimensions carry more than 0.1 nats")
figures.bars_of_kl(np.sort(stand_ins.kl_by_dimension(mu, log_var))[::-1], threshold=0.1)
show_figure(
    "Bars with the KL divergence from the prior, in nats, of each of the ten latent dimensions, from the largest to "
    "the smallest, and a dashed line at the threshold of 0.1 nats."
)

# %% [markdown]
# ### 6.3 The price of $\beta$
#
# A larger $\beta$ makes codes dearer. The network then gives up dimensions, one or many at a time, and the images get
# worse. We train a copy of your network on with ever larger weights. The curve of reconstruction against divergence is
# the *rate-distortion curve* (Alemi et al. 2018, arXiv:1711.00464). In probabilistic PCA one can say when a dimension
# collapses: when the variance of the data along it is below $\beta \sigma^2$.
#
# The copy trains at a constant learning rate, which does not settle as the falling one of section 5 does. So with
# $\beta = 1$ it ends a little worse than your network.
#
# %%
betas = [1, 10000] if BUDGET == "proof" else [1, 10, 100, 1000, 10000]
copy_encoder, copy_decoder = build_encoder(LATENT_DIM), build_decoder(LATENT_DIM)
dear = Trainer(training_step, copy_encoder, copy_decoder, y_train, 1e-3, SEED)
copy_encoder.set_weights(encoder.get_weights())
copy_decoder.set_weights(decoder.get_weights())
curve = rates_and_distortions(dear, betas, BETA_STEPS, y_test, (code_of, image_of), active_dimensions)
axis = figures.rate_and_distortion(curve)
show_figure(
    "Rate-distortion curve: nats per pixel below the limit, on a logarithmic axis, against the KL in nats per image. "
    f"Its points: {', '.join(text.get_text() for text in axis.texts)}."
)

# %% [markdown]
# ## 7 Are they galaxies?
#
# To look at pictures is a start, no more. The generated galaxies will stand in for real ones in a measurement. So
# measure both, in the same way, and compare.
#
# ### 7.1 Moments
#
# Let $x_j$ and $y_i$ be the positions of the columns and rows of a stamp, in pixels, from the centre of the stamp, and
# $I_{ij}$ the pixels. Far from the galaxy there is only noise, so each pixel gets a weight,
#
# $$ w_{ij} = \exp\left( -\frac{x_j^2 + y_i^2}{2 s^2} \right) $$
#
# The centroid $\bar{x}, \bar{y}$ is the mean position with the weights $w_{ij} I_{ij}$, and the second moments are
#
# $$ Q_{xx} = \frac{\sum_{ij} w_{ij} I_{ij} (x_j - \bar{x})^2}{\sum_{ij} w_{ij} I_{ij}}, \qquad
# Q_{xy} = \frac{\sum_{ij} w_{ij} I_{ij} (x_j - \bar{x}) (y_i - \bar{y})}{\sum_{ij} w_{ij} I_{ij}} $$
#
# and $Q_{yy}$ like $Q_{xx}$. With $|Q| = Q_{xx} Q_{yy} - Q_{xy}^2$, the size and the ellipticity are
#
# $$ r = |Q|^{1/4}, \qquad e_1 = \frac{Q_{xx} - Q_{yy}}{Q_{xx} + Q_{yy} + 2 |Q|^{1/2}}, \qquad
# e_2 = \frac{2 Q_{xy}}{Q_{xx} + Q_{yy} + 2 |Q|^{1/2}} $$
#
# (Bartelmann & Schneider 2001, Physics Reports 340, 291, section 4.2, where this ellipticity is called $\epsilon$). For
# an ellipse with the axis ratio $q$ it has the length $(1 - q)/(1 + q)$, like that in `truth`. Without the
# $2 |Q|^{1/2}$ it would be another, $\chi$, which is larger.
#
# The weights make all galaxies look smaller and rounder. The telescope makes them look larger and rounder. We do not
# correct for either: the real and the generated galaxies suffer alike. Nor is $r$ a half-light radius, but the width of
# a Gaussian with these moments.
#
# ### 7.2 Task 14: `moments` (4 points)
#
# - `images`: array of floats of shape `(n, size, size)`, in any unit, with some negative pixels. The first axis of
#   a stamp is its rows, $y$, the second its columns, $x$. Pixel number $k$ along an axis, counted from 0, is at
#   $k - (\mathrm{size} - 1)/2$
# - `scale`: $s$ in the formula of the weights, in pixels
# - returns an array of shape `(n, 4)`: for each image the flux, which is the plain sum over all pixels without weights,
#   the size $r$ in pixels, $e_1$ and $e_2$
#
# In the tests $Q_{xx}$, $Q_{yy}$ and $|Q|$ are positive. Below, a stamp of mere noise may have negative ones. Leave the
# formulas as they are there, and the `nan` that NumPy gives for the root of a negative $|Q|$.
#
# The first test looks at flux and size, the second at the ellipticity, 2 points each. For example, the stamp with the
# rows `[0, 1, 0]`, `[2, 0, 2]`, `[0, 1, 0]` and a huge scale, so that all weights are 1, has $Q_{xx} = 4/6$,
# $Q_{yy} = 2/6$ and $Q_{xy} = 0$. So its flux is 6, its size 0.687, $e_1 = 0.172$ and $e_2 = 0$.
#
# <details><summary>Hint 1</summary>
#
# `np.meshgrid(axis, axis)` gives two arrays of shape `(size, size)`: the position of the column and that of the row of
# each pixel.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# Multiply images and weights once, and call that `weighted`: all moments are sums over it, along the axes 1 and 2. Only
# the flux takes the images themselves. The variance of a position is the mean of its square minus the square of its
# mean.
#
# </details>
#
# <details><summary>Hint 3</summary>
#
# `np.average(positions, weights=stamp)` is a weighted mean over one stamp; a loop over the images is fine.
# `np.stack([...], axis=1)` makes columns of four arrays.
#
# </details>
#
# %% solution="vae-moments"
def moments(images, scale):
    """Flux, size, e1 and e2 from Gaussian-weighted second moments: (n, size, size) -> (n, 4); in pixels."""
    ### BEGIN SOLUTION: Return the four measurements of each image.
    _, size, _ = images.shape
    axis = np.arange(size) - (size - 1) / 2
    x, y = np.meshgrid(axis, axis)
    weighted = images * np.exp(-(x**2 + y**2) / (2 * scale**2))

    def mean_of(positions):
        return np.sum(weighted * positions, axis=(1, 2)) / np.sum(weighted, axis=(1, 2))

    xx = mean_of(x**2) - mean_of(x) ** 2
    yy = mean_of(y**2) - mean_of(y) ** 2
    xy = mean_of(x * y) - mean_of(x) * mean_of(y)
    area = np.sqrt(xx * yy - xy**2)
    total = xx + yy + 2 * area
    return np.stack([np.sum(images, axis=(1, 2)), np.sqrt(area), (xx - yy) / total, 2 * xy / total], axis=1)
    ### END SOLUTION


# %% test="vae-moments" points=2
stamp = np.array([[[0.0, 1.0, 0.0], [2.0, 0.0, 2.0], [0.0, 1.0, 0.0]]])
got = np.asarray(moments(np.concatenate([stamp, 10 * stamp]), 1e6))
expect(got.shape, [2, 4], "the shape of moments of 2 images")
expect(got[:, 0], [6.0, 60.0], "the list of fluxes of the example and of 10 times it")
expect(got[:, 1], [0.6866, 0.6866], "the list of their sizes", "the fourth root of 2/9", atol=1e-3)
aside = np.array([[[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 4, 3], [0, 0, 1, 2]]], float)
got = np.asarray(moments(aside, 1.5))
expect(got[:, 0], [13.0], "the flux of pixels with the sum 13", "no weights here")
why = "with weights, which are centred on the stamp, and about the centroid"
expect(got[:, 1], [0.5558], "the size of light off the centre with the scale 1.5", why, rtol=1e-3)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_sizes(moments)
### END HIDDEN TESTS
# %% test="vae-moments" points=2
stamp = np.array([[[0.0, 1.0, 0.0], [2.0, 0.0, 2.0], [0.0, 1.0, 0.0]]])
got = np.asarray(moments(np.concatenate([stamp, stamp.transpose(0, 2, 1)]), 1e6))
expect(got.shape, [2, 4], "the shape of moments of 2 images")
why = "positive along x, that is along a row, and (1 - q) / (1 + q) for the axis ratio q"
expect(got[:, 2], [0.1716, -0.1716], "e1 of the example and of its transpose", why, rtol=1e-3)
expect(got[:, 3], [0.0, 0.0], "e2 of the example and of its transpose")
got = np.asarray(moments(np.diag([1.0, 2.0, 1.0])[None] + 0.01, 1e6))
assert got[0, 3] > 0, f"e2 of light along the diagonal is {got[0, 3]:.4f}, expected more than 0."
aside = np.array([[[0, 0, 0, 0], [0, 1, 2, 0], [0, 0, 4, 3], [0, 0, 1, 2]]], float)
why = "Q is weighted, and about the centroid, and there is a 2 in front of Q_xy"
got = np.asarray(moments(aside, 1.5))[:, 2:]
expect(got, [[-0.0556, 0.295]], "e1, e2 of light off the centre with the scale 1.5", why, rtol=2e-3)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_ellipticities(moments)
### END HIDDEN TESTS
# %% [markdown]
# Your measurements of the test galaxies, with the scale that all use from here on, against what was put in. All
# galaxies look rounder than they are: $|e|$ is smaller than the truth. Small galaxies are larger than the truth, since
# the telescope blurs them; large ones are smaller, since the weights cut them. Yet all measurements follow the truth.
#
# Mind the units in the second panel: an arcsec is about ten pixels. The lower branch on the right are the galaxies that
# are all bulge. More of their light is in the very centre, and the rest is far out, where the weights are small.
#
# %%
SCALE = 5.0  # pixels


def measured(stamps):
    """Magnitude, ln of the size in pixels, e1 and e2 of stamps (n, 32, 32): (n, 4)."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a stamp without a galaxy may have no moments
        flux, size, e1, e2 = np.transpose(np.asarray(moments(stamps, SCALE), dtype=float))
        return np.stack([ZERO_POINT - 2.5 * np.log10(np.clip(flux, 1e-3, None)), np.log(size), e1, e2], axis=1)


properties = np.stack([truth["magnitude"], truth["half_light_radius"], truth["e1"], truth["e2"]], axis=1)
real = measured(images[test])
figures.measured_against_truth(with_log_radius(properties[test]), real)
show_figure(
    "Four scatter plots of the test galaxies, as measured by your moments against the truth: the magnitude, ln of the "
    "size in pixels against ln of the half-light radius in arcsec, and the ellipticities e₁ and e₂. The measurements "
    "should follow the truth."
)

# %% [markdown]
# ### 7.3 The largest distance of two distributions
#
# Are two samples from the same distribution? The *Kolmogorov-Smirnov* statistic is the largest distance of their
# cumulative distributions,
#
# $$ \mathrm{KS} = \max_t \left| F_a(t) - F_b(t) \right| $$
#
# where $F_a(t)$ is the fraction of the sample $a$ that is at most $t$. It is 0 for equal samples and 1 for samples that
# do not overlap. If both samples, of $n$ and $m$, are from one distribution, it is larger than
# $1.36 \sqrt{(n + m)/(n m)}$ in only 5% of cases (for large $n$ and $m$).
#
# ### 7.4 Task 15: `ks_statistic` (2 points)
#
# - `a`, `b`: arrays of floats of shapes `(n,)` and `(m,)`, in any order; values may occur more than once
# - returns the statistic, one number
#
# For example, for `[1, 2, 3]` and `[2.5, 4]` it is 0.667: at $t = 2$, two thirds of $a$ and nothing of $b$ are at most
# $t$.
#
# <details><summary>Hint 1</summary>
#
# The two functions change only at the values themselves. So it is enough to look at $t$ from both samples.
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# `np.searchsorted(sorted_values, t, side="right")` counts the values that are at most $t$, for a whole array of $t$.
#
# </details>
#
# %% solution="vae-ks"
def ks_statistic(a, b):
    """The largest distance of the empirical cumulative distributions of two samples, (n,) and (m,)."""
    ### BEGIN SOLUTION: Return the largest distance.
    t = np.concatenate([a, b])
    below_a = np.searchsorted(np.sort(a), t, side="right") / len(a)
    below_b = np.searchsorted(np.sort(b), t, side="right") / len(b)
    return np.max(np.abs(below_a - below_b))
    ### END SOLUTION


# %% test="vae-ks" points=2
a = np.array([3.0, 1.0, 2.0])
expect(ks_statistic(a, np.array([4.0, 2.5])), 2 / 3, "ks_statistic([3, 1, 2], [4, 2.5])", "a distance of fractions")
expect(a, [3.0, 1.0, 2.0], "the given a, afterwards,", "sort a copy")
got = ks_statistic(np.array([4.0, 2.5]), np.array([3.0, 1.0, 2.0]))
expect(got, 2 / 3, "ks_statistic([4, 2.5], [3, 1, 2])", "the distance counts on either side")
got = ks_statistic(np.array([1.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0]))
expect(got, 0.0, "ks_statistic([1, 1, 2], [1, 2, 1])", "the same values")
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_ks(ks_statistic)
### END HIDDEN TESTS
# %% [markdown]
# The galaxies from the prior against the test galaxies, by your measurements and your statistic. Where the prior makes
# something that your moments cannot measure, it is left out. How many these are is printed below.
#
# %%
measurable = measured(from_prior)
measurable = measurable[np.isfinite(measurable).all(axis=1)]
show_figure(figures.compared({"test galaxies": real, "prior": measurable}, ks_statistic, "Galaxies from the prior"))
print(f"{len(from_prior) - len(measurable)} of {len(from_prior)} images from the prior have no moments: left out")
print(f"two samples of {len(test)} from one distribution: KS below {1.36 * np.sqrt(2 / len(test)):.3f} in 95% of cases")

# %% [markdown]
# ## 8 Galaxies to order
#
# Two things are still missing. The codes of real galaxies are not distributed like the prior, so that many samples are
# no galaxies. And you cannot ask for a galaxy of magnitude 22 with $e_1 = 0.3$. One more network mends both: a
# *normalising flow* that learns $p(z \mid c)$, the distribution of the codes of galaxies with the properties $c$, here
# magnitude, radius and ellipticity.
#
# A flow maps $z$ to $u$, step by step and invertibly, such that $u$ is standard normal. By the change of variables
#
# $$ \ln p(z) = \ln N(u; 0, I) + \ln \left| \det \frac{\partial u}{\partial z} \right| $$
#
# A *masked autoregressive flow* (Papamakarios, Pavlakou & Murray 2017, arXiv:1705.07057) has steps of the form
#
# $$ u_j = (z_j - m_j) \, e^{-a_j} $$
#
# where the shift $m_j$ and the log-scale $a_j$ come from a network that sees the properties and $z_1 \dots z_{j-1}$
# only. So the matrix $\partial u / \partial z$ is triangular, with $e^{-a_j}$ on its diagonal, and its determinant is
# the product of these.
#
# ### 8.1 Task 16: `affine_step` (7 points)
#
# - `z`, `shift`, `log_scale`: float32 arrays or tensors of shape `(n, d)`; the last two are $m$ and $a$. Log-scales are
#   from -20 to 20
# - returns a pair: $u$, of shape `(n, d)`, and $\ln |\det \partial u / \partial z|$, of shape `(n,)`. Use TensorFlow's
#   functions, as the flow is trained through it: gradients for all three arguments are tested too
#
# For example, `z` `[3, 1]`, `shift` `[1, 1]` and `log_scale` $[\ln 2, 0]$ give $u = [1, 0]$, with the log-determinant
# $-0.693$.
#
# You get 3 points for the step itself. The other 4 are for the galaxies that a flow of such steps makes to order.
#
# <details><summary>Hint 1</summary>
#
# The logarithm of a product is a sum. Over which axis?
#
# </details>
#
# <details><summary>Hint 2</summary>
#
# A large scale squeezes: many $z$ are mapped into a small interval of $u$. So the log-determinant is negative if the
# log-scales are positive.
#
# </details>
#
# %% solution="vae-flow"
def affine_step(z, shift, log_scale):
    """u = (z - shift) exp(-log_scale), and ln |det du/dz|: (n, d) -> (n, d) and (n,)."""
    ### BEGIN SOLUTION: Return u and the log-determinant.
    return (z - shift) * tf.exp(-log_scale), -tf.reduce_sum(log_scale, axis=1)
    ### END SOLUTION


# %% test="vae-flow" points=3
z, shift = np.array([[3, 1], [0, 2], [1, 1]], np.float32), np.array([[1, 1], [1, 0], [0, 1]], np.float32)
log_scale = np.array([[np.log(2), 0], [0, -np.log(2)], [0, 0]], np.float32)
expected = {"u": [[1.0, 0.0], [-1.0, 4.0], [1.0, 0.0]], "the log-determinant": [-0.693147, 0.693147, 0.0]}
got = affine_step(z, shift, log_scale)
why = "a large scale squeezes, and each code has one log-determinant"
expect(got, expected, "affine_step of the example and two more codes", why, atol=1e-5)
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_flow_step(affine_step)
### END HIDDEN TESTS
# %% [markdown]
# The flow has three of your steps. Its networks are `tfb.AutoregressiveNetwork` of TensorFlow Probability, whose
# weights are masked so that output $j$ sees the inputs before $j$ only (Germain et al. 2015, arXiv:1502.03509). Between
# the steps the order of the dimensions is reversed. It is trained on draws from $q(z \mid x)$ of the training galaxies,
# with their true properties. To sample, the steps are undone one dimension after the other.
#
# The plot compares it with the prior. Part of what the flow gains is the form of the distribution. The other part is
# that it knows the properties $c$ of each galaxy, which the prior does not.
#
# %%
wanted = with_log_radius(properties[train])
tfk.utils.set_random_seed(SEED)
flow = LatentFlow(stand_ins.yours_or(stand_ins.affine_step, affine_step), LATENT_DIM, wanted)
codes = [tf.constant(part) for part in encode(images[train])]


def draw_codes(rows, eps):
    """Draws from q(z | x) of some rows of the training galaxies."""
    return stand_ins.reparametrise(*(tf.gather(part, rows) for part in codes), eps)


flow_losses = flow.train(draw_codes, flow.standard(wanted), FLOW_STEPS, SEED)

z = stand_ins.reparametrise(*map(tf.constant, encode(images[test])), stand_ins.noise_like(len(test), LATENT_DIM))
under_flow = -np.mean(flow.log_prob(z, flow.standard(with_log_radius(properties[test]))))
under_prior = -np.mean(tfd.MultivariateNormalDiag(tf.zeros(LATENT_DIM)).log_prob(z))
figures.flow_training(flow_losses, under_flow, under_prior)
show_figure(
    "Negative log-density of the codes in nats against the training step of the flow: a solid line for training, a "
    f"dashed one at {under_flow:.2f} for the test galaxies under the flow, a dotted one at {under_prior:.2f} for them "
    "under the prior."
)


def generate(properties, seed):
    """Galaxies as observed, (n, 32, 32) in electrons/s, of given magnitude, radius [arcsec], e1 and e2: (n, 4)."""
    rng = np.random.default_rng(seed)
    u = rng.normal(size=(len(properties), LATENT_DIM)).astype(np.float32)
    given = flow.standard(with_log_radius(np.asarray(properties, dtype=float)))
    return observed(decode(flow.sample(u, tf.constant(given))), rng)


# %% [markdown]
# Order some galaxies. In each row one property changes from left to right, and the others stay.
#
# %%
rows_of_stamps({label: generate(order, 3) for label, order in figures.orders().items()})
show_figure(
    "Four rows of eight stamps, to order. From left to right one property changes: the magnitude from 21.1 to 22.9, "
    "the radius from 0.3 to 0.8 arcsec, e₁ from -0.5 to 0.5, e₂ from -0.5 to 0.5. The galaxies should get fainter, "
    "get larger, and change the direction in which they are longest, in the last two rows."
)

# %% [markdown]
# Now ask for galaxies with the properties of the test galaxies, and measure. First the distributions: those from the
# flow should follow the real ones more closely than those from the prior. Then the relation: what is measured on a
# galaxy against what was asked for, beside the same relation for the real test galaxies. A few generated ones may fall
# outside of the frame. The titles say how far the generated galaxies are off the straight line through the real ones,
# in units of what the real ones are off it.
#
# Look at the panel of the sizes. The generated galaxies scatter most where they are small. And the lower branch of the
# galaxies that are all bulge is missing: you did not ask for a bulge, so the flow has to choose, and it blurs the two
# branches into one.
#
# %%
made = measured(generate(properties[test], 1))
made_well = np.isfinite(made).all(axis=1)
print(f"{np.sum(~made_well)} of {len(made)} images from the flow have no moments: left out of the histograms")
samples = {"test galaxies": real, "flow": made[made_well], "prior": measurable}
show_figure(figures.compared(samples, ks_statistic, "Galaxies from the flow and the prior"))
show_figure(figures.requested_and_measured(with_log_radius(properties[test]), real, made))

unseen = np.flatnonzero(part != "train")  # valid and test: more galaxies than in the figures, so less noise
pair = measured(images[unseen]), measured(generate(properties[unseen], 2))
print(figures.five_statistics(*pair, ks_statistic))

# %% [markdown]
# The last tests ask your `generate` for galaxies with the properties of 2000 galaxies that are in no release, and
# measure them when your work is graded. Here they look at shapes alone.
#
# The first two, 1 point each, judge the distributions of magnitude, size, $e_1$, $e_2$ and $|e|$. The largest of the
# five KS statistics must be at most 0.12, and at most 0.08. Two samples of real galaxies have about 0.03.
#
# The last two, 1 point each, judge galaxy by galaxy. How far is a measurement from the straight line through the real
# galaxies, in units of what real galaxies have? The root mean square, for the worst of magnitude, size, $e_1$ and
# $e_2$, must be at most 4, and at most 3. Real galaxies have 1. So galaxies that are better than real ones, with less
# than 0.7 here or a KS statistic below 0.005 above, fail as well.
#
# The lines below the plots give the five KS statistics for the 1000 galaxies that no training has seen, and the titles
# of the last plot the distances from the line for the 600 test galaxies. Are yours too large? If the ELBO in section 5
# is short of its targets, mend that first: the flow can only choose among what the decoder draws. Then run the notebook
# again.
#
# %% test="vae-flow" points=1 needs="training"
# Judged: the largest of five KS statistics, 2000 generated against 2000 real galaxies: at most 0.12.
got = np.asarray(generate(properties[test][:4], 0))
expect(got.shape, [4, 32, 32], "the shape of the images that generate makes of 4 galaxies")
assert np.isfinite(got).all(), "generate returned values that are nan or infinite: did a training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_distributions(generate, flow, decoder, tier=1)
### END HIDDEN TESTS
# %% test="vae-flow" points=1 needs="training"
# Judged: the largest of five KS statistics, 2000 generated against 2000 real galaxies: at most 0.08.
got = np.asarray(generate(properties[test][:4], 0))
expect(got.shape, [4, 32, 32], "the shape of the images that generate makes of 4 galaxies")
assert np.isfinite(got).all(), "generate returned values that are nan or infinite: did a training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_distributions(generate, flow, decoder, tier=2)
### END HIDDEN TESTS
# %% test="vae-flow" points=1 needs="training"
# Judged: the distance from the request, for the worst of four properties: at most 4 times the usual.
got = np.asarray(generate(properties[test][:4], 0))
expect(got.shape, [4, 32, 32], "the shape of the images that generate makes of 4 galaxies")
assert np.isfinite(got).all(), "generate returned values that are nan or infinite: did a training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_requested(generate, flow, decoder, tier=1)
### END HIDDEN TESTS
# %% test="vae-flow" points=1 needs="training"
# Judged: the distance from the request, for the worst of four properties: at most 3 times the usual.
got = np.asarray(generate(properties[test][:4], 0))
expect(got.shape, [4, 32, 32], "the shape of the images that generate makes of 4 galaxies")
assert np.isfinite(got).all(), "generate returned values that are nan or infinite: did a training diverge?"
### BEGIN HIDDEN TESTS
from graders.checks import vae as checks

checks.check_requested(generate, flow, decoder, tier=2)
### END HIDDEN TESTS
# %% [markdown] answer="vae-why" points=3
# ## 9 Would you trust them?
#
# ### 9.1 Question 1: are they good enough for shear? (3 points, by hand)
#
# A colleague wants to use your generator to calibrate a measurement of weak-lensing shear, which needs mean
# ellipticities to about one part in a thousand. The generated galaxies pass the Kolmogorov-Smirnov tests above with
# 2000 galaxies. In a few sentences: why is that not enough? (1 point.) Name two properties of the generated galaxies
# that may be wrong although all tests above are passed, and say how each would come about in a model like this one. (1
# point.) How would you test for one of them? (1 point.)
#
# === BEGIN MARK SCHEME ===
# One point each, for:
#
# - why the tests do not suffice: with 2000 galaxies a KS statistic of 0.04 is within chance, so that shifts of a few
#   per cent of the scatter go unseen, far above one part in a thousand; or: one-dimensional distributions say nothing
#   about joint ones; or: a test that is passed excludes only what it could have seen.
# - two properties with their reason, for example: joint distributions (size with ellipticity, colour or bulge
#   fraction), as only marginal distributions were tested; substructure and the steep centre or faint wings, as a
#   decoder with few dimensions and a Gaussian likelihood returns smooth means, and details below the noise cost little;
#   rare objects (large, very elliptical, very bright), as the flow and the decoder have seen few of them; the noise, as
#   it is added by hand as independent Gaussian pixels; residual imprint of the point-spread function, as the decoder
#   has learnt the galaxies of one telescope; dependence on orientation, as nothing in the network is symmetric under
#   rotations.
# - a test that would show one of them, for example: two-dimensional two-sample tests or a classifier between real and
#   generated galaxies; the power spectrum or radial profile of stacked images; the calibration itself on both sets,
#   with a known shear applied; the mean ellipticity after rotating the request by 90 degrees; more galaxies.
#
# Half points are possible. A general remark such as "generated images are blurry", without a property, a reason and a
# test, gets none.
# === END MARK SCHEME ===
# %% [markdown]
# ## 10 What you have learnt
#
# You started from the noise. It gave you a likelihood in nats, and with it a limit that no model can pass, so that "how
# good is it" had an answer. The autoencoder reconstructs, but its latent space is no distribution that you could draw
# from. The variational autoencoder pays for every nat of its code, and in return gives a bound on the evidence. You
# have tested that bound where it is exact. You have seen how many dimensions the network needs, how it gives them up as
# they become dearer, and how a flow on top makes galaxies to order.
#
# Be honest about what was shown. These galaxies are themselves a simulation, discs and bulges without arms, knots or
# neighbours. The noise model was known. And the tests compared the distributions of four measurements, and four
# relations with what was asked for.
