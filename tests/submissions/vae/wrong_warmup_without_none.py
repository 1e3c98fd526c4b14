# fails: vae-warmup-test
# Divides by zero where there is no warm-up.
# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    return beta * min(1.0, step / warm_up_steps)
