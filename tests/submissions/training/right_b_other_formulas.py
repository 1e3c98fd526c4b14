# Right, by other formulas: singular values, half angles, a root, the global norm of TensorFlow.
# %% solution="training-rate"
def largest_rate(x):
    return len(x) / np.linalg.norm(x, 2) ** 2

# %% solution="training-schedule"
import math


def learning_rate(step, peak, warmup, total):
    if step >= total:
        return 0.0
    ramp = (step + 1) / warmup if warmup else 1.0
    return peak * min(ramp, math.cos(math.pi / 2 * max(0, step - warmup) / (total - warmup)) ** 2)

# %% solution="training-clip"
def clip_gradients(gradients, limit):
    flat = np.concatenate([np.ravel(gradient) for gradient in gradients])
    length = np.linalg.norm(flat)
    if length > limit:
        flat = flat * (limit / length)
    parts = np.split(flat, np.cumsum([np.size(gradient) for gradient in gradients])[:-1])
    return tuple(part.reshape(np.shape(gradient)) for part, gradient in zip(parts, gradients))

# %% solution="training-optimism"
import math


def expected_errors(n, p, variance):
    points = p + 2
    while 10 * p * (2 * points - p - 1) > points * (points - p - 1):
        points += 1
    return [variance * (n - p) / n, variance * (n - 1) / (n - p - 1), float(points)]

# %% solution="training-signal"
def signal_scale(start, widths, variance):
    return tuple(start * math.prod(n * variance / 2 for n in widths[: k + 1]) for k in range(len(widths)))
