# fails: halos-components-test
# Nothing goes across an edge.
# %% solution="halos-components"
def components(mask):
    from scipy.ndimage import label

    return label(np.asarray(mask) > 0)[0]
