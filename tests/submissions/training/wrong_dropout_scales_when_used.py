# fails: training-dropout-test
# The old dropout: the scale comes when the network is used.
# %% solution="training-dropout"
def dropout(x, rate, uniform, training):
    return np.where(uniform < rate, 0.0, x) if training else x * (1 - rate)
