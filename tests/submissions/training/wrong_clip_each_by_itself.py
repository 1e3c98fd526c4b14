# fails: training-clip-test
# Each array is clipped by its own length: the direction changes.
# %% solution="training-clip"
def clip_gradients(gradients, limit):
    return [gradient * min(1.0, limit / max(np.linalg.norm(gradient), 1e-300)) for gradient in gradients]
