# (1 + s) / (1 - s), without the constant (2 points).
# %% solution="gan-density"
def to_density(s, a):
    return (1 + s) / (1 - s)
