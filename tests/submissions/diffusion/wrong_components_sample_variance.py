# fails: diffusion-components-test
# Divides by n - 1.
# %% solution="diffusion-components"
def principal_components(rows, k):
    mean = rows.mean(axis=0)
    _, singular, components = np.linalg.svd(rows - mean, full_matrices=False)
    return mean, components[:k], singular[:k] / np.sqrt(len(rows) - 1)
