# Right: one turn each, by the steps of section 4.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    a = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    b = generator_step(generator, discriminator, generator_optimizer, draw_z())
    return [a, b]
