# fails: conv-shifts-test
# Believes that a shift must be a multiple of each stride by itself, not of their product.
# conv-shifts loses its test (2).
# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    return [d for d in range(1, largest + 1) if all(d % s == 0 for s in strides)]
