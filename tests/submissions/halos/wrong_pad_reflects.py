# fails: halos-pad-test
# A mirror at the edge.
# %% solution="halos-pad"
def periodic_pad(x, cells):
    rank = len(x.shape)
    return tf.pad(x, [[0, 0]] + [[cells, cells]] * (rank - 2) + [[0, 0]], mode="SYMMETRIC")
