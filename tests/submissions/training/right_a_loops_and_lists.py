# Right, with plain Python loops and lists.
# %% solution="training-standardise"
import math


def standardise(train, x):
    columns = []
    for j in range(len(train[0])):
        column = [float(row[j]) for row in train]
        mean = math.fsum(column) / len(column)
        width = math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column))
        if min(column) == max(column):
            mean, width = column[0], 1.0
        columns.append([(float(row[j]) - mean) / width for row in x])
    return [list(row) for row in zip(*columns)]

# %% solution="training-batch"
import math


def batch_mean_variance(values, size):
    values = [float(v) for v in values]
    n = len(values)
    mean = math.fsum(values) / n
    return math.fsum((v - mean) ** 2 for v in values) / (n - 1) * (1 / size - 1 / n)

# %% solution="training-signal"
def signal_scale(start, widths, variance):
    found = []
    for n in widths:
        start = 0.5 * start * n * variance
        found.append(start)
    return found

# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    flat = []
    for value, u in zip(np.ravel(x), np.ravel(uniform)):
        flat.append(value if not training else value / (1 - rate) if u >= rate else 0 * value)
    return np.reshape(flat, np.shape(x))

# %% solution="training-augment"
def augment(image, ellipticity, turns, mirrored):
    rows = [list(row) for row in image]
    e = list(ellipticity)
    if mirrored:
        rows, e = [row[::-1] for row in rows], [e[0], -e[1]]
    for _ in range(turns % 4):
        rows = [list(column) for column in zip(*rows)][::-1]
        e = [-e[0], -e[1]]
    return [rows, e]
