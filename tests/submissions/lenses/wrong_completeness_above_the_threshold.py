# fails: lenses-completeness-test
# Strictly above the threshold: a lens at the threshold is not found. The public test passes.
# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    out = np.full(len(edges) - 1, np.nan)
    for k in range(len(edges) - 1):
        inside = (edges[k] <= theta_E) & (theta_E < edges[k + 1])
        if np.any(inside):
            out[k] = np.mean(scores[inside] > threshold)
    return out
