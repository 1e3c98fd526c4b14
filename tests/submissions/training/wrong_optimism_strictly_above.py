# fails: training-optimism-test-2
# The gap of the example's variance: forgets that it is relative.
# %% solution="training-optimism"
def expected_errors(n, p, variance):
    enough = p + 2
    while variance * (p / enough + p / (enough - p - 1)) > 0.1:
        enough += 1
    return variance * (1 - p / n), variance * (1 + p / (n - p - 1)), enough
