# fails: gan-fields-test
# fails when trained: gan-fields-test-2, gan-fields-test-3, gan-fields-test-4
# A network that makes its weights when it is first called: there is nothing to copy before that.
# %% solution="gan-fields"
def build_field_generator(latent_dim):
    return tfk.Sequential([tfkl.Dense(300, "relu"), tfkl.Dense(256, "tanh"), tfkl.Reshape((16, 16, 1))])
