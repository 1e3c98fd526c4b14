# Believed: g' is taken at y. Loses both tests of neuron (1 + 1).

# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * g_prime(y) * x
dl_db = ell_prime(y) * g_prime(y)
