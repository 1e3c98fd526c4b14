# fails: backprop-two-layers-test
# Believed: the second layer contributes only its activation.

# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(a2) * g_prime(z2) * g_prime(z1) * x
