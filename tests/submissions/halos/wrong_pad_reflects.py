# fails: halos-pad-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# may fail when trained: halos-step-test-3
# A mirror at the edge.
# %% solution="halos-pad"
def periodic_pad(x, cells):
    rank = len(x.shape)
    return tf.pad(x, [[0, 0]] + [[cells, cells]] * (rank - 2) + [[0, 0]], mode="SYMMETRIC")
