# fails: training-optimism-test, training-optimism-test-2
# Training and test error are the same when all is well.
# %% solution="training-optimism"
def expected_errors(n, p, variance):
    return variance, variance, p + 2
