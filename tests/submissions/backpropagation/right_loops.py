# Right: plain Python loops over lists of numbers, nothing vectorised. Results are lists.

# %% solution="backprop-activations"
import math


def each(function, z):
    z = np.asarray(z)
    return [function(float(v)) for v in z] if z.ndim == 1 else [each(function, row) for row in z]


def one_sigmoid(v):
    return 1 / (1 + math.exp(-v)) if v >= 0 else math.exp(max(v, -700)) / (1 + math.exp(max(v, -700)))


def sigmoid(z):
    return each(one_sigmoid, z)


def relu(z):
    return each(lambda v: v if v > 0 else 0, z)


def softplus(z):
    return each(lambda v: max(v, 0.0) + math.log1p(math.exp(-abs(v))), z)


# %% solution="backprop-derivatives"
def on_each(function, z):
    z = np.asarray(z)
    return [function(float(v)) for v in z] if z.ndim == 1 else [on_each(function, row) for row in z]


def sigmoid_prime(z):
    import math

    return on_each(lambda v: math.exp(-v) / (1 + math.exp(-v)) ** 2, z)


def tanh_prime(z):
    import math

    return on_each(lambda v: 4 / (math.exp(v) + math.exp(-v)) ** 2, z)


def relu_prime(z):
    return on_each(lambda v: 1 if v > 0 else 0, z)


# %% solution="backprop-mse"
def mean_squared_error(t, y):
    total, count = 0.0, 0
    for a, b in zip(t.ravel(), y.ravel()):
        total += (a - b) ** 2
        count += 1
    return total / count


# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    import math

    terms = []
    for target, probability in zip(t.flat, p.flat):
        terms.append(-math.log(probability) if target == 1 else -math.log(1 - probability))
    return sum(terms) / len(terms)


# %% solution="backprop-logits"
def bce_from_logits(t, z):
    import math

    terms = []
    for target, logit in zip(t.flat, z.flat):
        margin = logit if target == 1 else -logit
        terms.append(math.log1p(math.exp(-margin)) if margin > 0 else -margin + math.log1p(math.exp(margin)))
    return sum(terms) / len(terms)


# %% solution="backprop-slopes"
def mse_slope(t, z):
    result = np.empty(z.shape)
    for i in np.ndindex(z.shape):
        p = 1 / (1 + np.exp(-z[i]))
        result[i] = -2 * (t[i] - p) * p * (1 - p)
    return result


def bce_slope(t, z):
    result = np.empty(z.shape)
    for i in np.ndindex(z.shape):
        p = 1 / (1 + np.exp(-z[i]))
        result[i] = p - 1 if t[i] else p
    return result


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    import math

    n = len(weights)
    z, a = [0.0] * (n + 1), [x] + [0.0] * n
    for i in range(1, n + 1):
        z[i] = weights[i - 1] * a[i - 1] + biases[i - 1]
        a[i] = math.tanh(z[i])
    dz = [0.0] * (n + 1)
    dz[n] = 2 * (a[n] - t) / math.cosh(z[n]) ** 2
    for i in range(n - 1, 0, -1):
        dz[i] = dz[i + 1] * weights[i] / math.cosh(z[i]) ** 2
    return [dz[i] * a[i - 1] for i in range(1, n + 1)], dz[1:]


# %% solution="backprop-forward"
def forward(x, weights, biases):
    zs = []
    rows = [list(row) for row in x]
    for weight, bias in zip(weights, biases):
        n_in, n_out = weight.shape
        zs.append([[sum(row[i] * weight[i, j] for i in range(n_in)) + bias[j] for j in range(n_out)] for row in rows])
        rows = [[np.tanh(v) for v in row] for row in zs[-1]]
    return zs


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    dW, db = [np.zeros(W.shape) for W in weights], [np.zeros(B.shape) for B in biases]
    total = 0.0
    for row, target in zip(x, t):
        a = [row]
        for i, (W, B) in enumerate(zip(weights, biases)):
            z = a[i] @ W + B
            a.append(np.tanh(z))
        total += np.sum(np.logaddexp(0, z) - target * z)
        delta = (1 / (1 + np.exp(-z)) - target) / t.size
        for i in reversed(range(len(weights))):
            dW[i] += np.outer(a[i], delta)
            db[i] += delta
            delta = weights[i] @ delta * (1 - a[i] ** 2)
    return total / t.size, dW, db


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if np.shape(analytic) != np.shape(numerical):
        return 0
    for a, n in zip(np.ravel(analytic), np.ravel(numerical)):
        if a == 0 and n == 0:
            continue
        if not abs(a - n) / max(abs(a), abs(n)) <= tolerance:
            return 0
    return 1


# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    new = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        new[i] = theta[i] - learning_rate * gradient[i]
    return new.tolist()
