# fails when trained: gan-mended-test-2, gan-mended-test-3, gan-mended-test-4
# A remedy that is none: still five steps of the generator for one of the discriminator, now with smaller batches for the
# generator.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    loss_d = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    for _ in range(5):
        loss_g = generator_step(generator, discriminator, generator_optimizer, draw_z(64))
    return loss_d, loss_g
