# fails: conv-shifts-test
# Believes that the largest stride of the stack decides.
# conv-shifts loses its test (2).
# %% solution="conv-shifts"
def equivariant_shifts(strides, largest):
    return [d for d in range(1, largest + 1) if d % max(strides) == 0]
