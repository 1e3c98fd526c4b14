# fails: training-clip-test
# Short gradients are made longer.
# %% solution="training-clip"
def clip_gradients(gradients, limit):
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients)) or 1.0
    return [gradient * limit / length for gradient in gradients]
