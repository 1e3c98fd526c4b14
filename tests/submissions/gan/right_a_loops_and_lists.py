# Right, with plain Python loops and lists.
# %% solution="gan-optimal"
import math


def optimal_discriminator(log_p, log_q):
    shape = np.shape(log_p)
    values = []
    for a, b in zip(np.ravel(log_p), np.ravel(log_q)):
        t = float(a - b)
        values.append(1 / (1 + math.exp(-t)) if t > 0 else 1 - 1 / (1 + math.exp(t)) if t > -700 else 0.0)
    return np.reshape(values, shape)

# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        for t in (a, b):
            if t > 0:
                total += 0.5 * t * math.log(t / m) * dx
    return total

# %% solution="gan-dloss"
def softplus(t):
    t = float(t)
    return max(t, 0.0) + math.log1p(math.exp(-abs(t)))


def discriminator_loss(real_logits, fake_logits):
    loss = 0.0
    for row in real_logits:
        loss += softplus(-row[0]) / len(real_logits)
    for row in fake_logits:
        loss += softplus(row[0]) / len(fake_logits)
    return loss

# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    def plus(t):
        return max(t, 0.0) + math.log1p(math.exp(-abs(t)))

    values = [-plus(float(row[0])) if saturating else plus(-float(row[0])) for row in fake_logits]
    return sum(values) / len(values)

# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    flat = [float(t) for t in np.ravel(fake_logits)]
    slopes = [-0.5 * (1 + math.tanh((t if saturating else -t) / 2)) / len(flat) for t in flat]
    return np.reshape(slopes, np.shape(fake_logits))

# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return np.reshape([math.exp(t) / (n_real / n_fake) for t in np.ravel(logits)], np.shape(logits))

# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    counts = []
    for cx, cy in centres:
        counts.append(len([1 for x, y in samples if (x - cx) ** 2 + (y - cy) ** 2 <= radius**2]))
    return [len([c for c in counts if c >= at_least]), sum(counts) / len(samples)]

# %% solution="gan-energy"
def energy_distance(a, b):
    def mean(x, y):
        return sum(float(np.linalg.norm(y - row, axis=1).sum()) for row in x) / (len(x) * len(y))

    return 2 * mean(a, b) - mean(a, a) - mean(b, b)

# %% solution="gan-density"
def to_density(s, a):
    return np.reshape([a * (1 + t) / (1 - t) for t in np.ravel(s)], np.shape(s))

# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = len(field)
    modes = np.fft.fft2(field)
    ks, ps = [[] for _ in range(n_bins)], [[] for _ in range(n_bins)]
    for a in range(m):
        for b in range(m):
            i, j = (a + m // 2) % m - m // 2, (b + m // 2) % m - m // 2
            length = math.sqrt(i * i + j * j)
            ring = int(length + 0.5)
            if 1 <= ring <= n_bins:
                ks[ring - 1].append(2 * math.pi * length / box_size)
                ps[ring - 1].append(abs(modes[a, b]) ** 2 * box_size**2 / m**4)
    return [sum(k) / len(k) for k in ks], [sum(p) / len(p) for p in ps]
