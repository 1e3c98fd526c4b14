# Right: loops over cells, and lists.
# %% solution="halos-find"
def find_halos(density, radii, critical):
    import itertools

    def mean_over_balls(radius):
        sides = [range(-((n - 1) // 2), n // 2 + 1) for n in density.shape]
        steps = [step for step in itertools.product(*sides) if sum(d * d for d in step) <= radius**2]
        return sum(np.roll(density, step, axis=tuple(range(density.ndim))) for step in steps) / len(steps)

    found = []
    for radius in sorted(radii)[::-1]:
        means = mean_over_balls(radius)
        around = [step for step in itertools.product((-1, 0, 1), repeat=density.ndim) if any(step)]
        is_peak = means > critical
        for step in around:
            is_peak &= means > np.roll(means, step, axis=tuple(range(density.ndim)))
        for peak in sorted(zip(*np.nonzero(is_peak)), key=lambda cell: means[cell], reverse=True):
            apart = [
                sum(min(abs(a - b), n - abs(a - b)) ** 2 for a, b, n in zip(peak, kept, density.shape)) ** 0.5 - kept[-1]
                for kept in found
            ]
            if all(d >= radius - 1e-9 for d in apart):
                found.append((*peak, radius))
    return np.array(found, dtype=float).reshape(len(found), density.ndim + 1)

# %% solution="halos-dice"
def accuracy_and_dice(found, truth):
    rows = []
    for one, other in zip(found, truth):
        a, b = np.ravel(one).astype(bool).tolist(), np.ravel(other).astype(bool).tolist()
        both, cells = sum(x and y for x, y in zip(a, b)), sum(a) + sum(b)
        rows.append((sum(x == y for x, y in zip(a, b)) / len(a), 2 * both / cells if cells else 1.0))
    return [row[0] for row in rows], [row[1] for row in rows]

# %% solution="halos-mass"
def mass_function(volumes, edges, total):
    number = [sum(1 for v in volumes if low <= v < high) for low, high in zip(edges[:-1], edges[1:])]
    unit = [total * (np.log(high) - np.log(low)) for low, high in zip(edges[:-1], edges[1:])]
    return [n / u for n, u in zip(number, unit)], [n**0.5 / u for n, u in zip(number, unit)]

# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    return mean_power + scatter_power / number, scatter_power * (1 + 1 / number)
