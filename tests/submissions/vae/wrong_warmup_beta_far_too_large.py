# fails: vae-warmup-test
# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# "One term is summed over 1024 pixels and the other is not, so make up for it": a weight of 1024 beta. Every dimension
# collapses. The task (2) is lost, and all that needs training (8).
# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    return 1024 * beta * min(1.0, step / max(warm_up_steps, 1))
