# fails: training-signal-test
# All of the square survives a ReLU.
# %% solution="training-signal"
def signal_scale(start, widths, variance):
    return start * np.cumprod(np.array(widths) * variance)
