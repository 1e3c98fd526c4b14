# fails: gan-mended-test
# The generator sits out one round in four, by chance.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    loss_d = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    if tf.random.uniform(()) < 0.75:
        loss_g = generator_step(generator, discriminator, generator_optimizer, draw_z())
    else:
        loss_g = tf.reduce_mean(tf.nn.softplus(-discriminator(generator(draw_z()))))
    return loss_d, loss_g
