# fails: halos-smooth-test
# The sum over the ball, not its mean. What follows is right.
# %% solution="halos-smooth"
def smooth(field, radius):
    squares = [np.minimum(np.arange(n), n - np.arange(n)) ** 2 for n in field.shape]
    ball = sum(np.ix_(*squares)) <= radius**2
    return np.fft.ifftn(np.fft.fftn(field) * np.fft.fftn(ball)).real

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
