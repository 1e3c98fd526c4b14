# fails: backprop-recursion-test
# Believed: the gradient is handed on as it is.

# %% solution="backprop-recursion"
dl_dz_i = dl_dz_next * g_prime(z_i)
