# fails: backprop-neuron-test, backprop-neuron-test-2
# Believed: g' is taken at y.

# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * g_prime(y) * x
dl_db = ell_prime(y) * g_prime(y)
