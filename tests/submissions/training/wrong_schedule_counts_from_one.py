# fails: training-schedule-test
# The warm-up begins at 0, one step late.
# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    if step < warmup:
        return peak * step / warmup
    done = min((step - warmup) / (total - warmup), 1.0)
    return peak * 0.5 * (1 + np.cos(np.pi * done))
