# fails: lenses-completeness-test
# Divides by all lenses that are found, not by the lenses in the bin: the shares of the bins.
# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    out = []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (theta_E >= low) & (theta_E < high)
        out.append((inside & (scores >= threshold)).sum() / (scores >= threshold).sum())
    return np.array(out)
