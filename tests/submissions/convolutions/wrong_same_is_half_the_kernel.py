# fails: conv-same-test
# Believes that 'same' is k // 2 zeros on both sides, as in the paper.
# conv-same loses its test (2).
# %% solution="conv-same"
def same_padding(size, kernel, stride=1):
    return kernel // 2, kernel // 2
