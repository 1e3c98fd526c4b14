# fails: conv-same-test
# Steps by two pixels where no stride is given; equal for many sizes.

# %% solution="conv-same"
def same_padding(size, kernel, stride=2):
    missing = max(kernel - (size % stride or stride), 0)
    return missing // 2, missing - missing // 2
