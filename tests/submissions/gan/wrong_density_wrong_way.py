# fails: gan-density-test
# Squashes once more.
# %% solution="gan-density"
def to_density(s, a):
    return (s - a) / (s + a)
