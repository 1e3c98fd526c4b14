# Squashes once more (2 points).
# %% solution="gan-density"
def to_density(s, a):
    return (s - a) / (s + a)
