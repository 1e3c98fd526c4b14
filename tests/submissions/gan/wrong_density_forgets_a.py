# fails: gan-density-test
# (1 + s) / (1 - s), without the constant.
# %% solution="gan-density"
def to_density(s, a):
    return (1 + s) / (1 - s)
