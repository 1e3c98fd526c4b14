# fails: halos-smooth-test, halos-find-test
# Balls are kept by the number of cells and the radius, whatever the sides.
# %% solution="halos-smooth"
BALLS = {}


def smooth(field, radius):
    key = (field.size, radius)
    if key not in BALLS:
        away = np.ix_(*(np.minimum(np.arange(n), n - np.arange(n)) ** 2 for n in field.shape))
        ball = sum(away) <= radius**2
        BALLS[key] = np.fft.fftn(ball) / ball.sum()
    kernel = BALLS[key]
    return np.fft.ifftn(np.fft.fftn(field) * kernel.reshape(field.shape)).real
