# fails: training-schedule-test
# Beyond the total the cosine goes on, and the rate rises.
# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))
