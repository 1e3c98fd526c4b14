# fails: gan-mended-test
# It covers the ring, and moves a network though its optimiser has a learning rate of 0, which the task rules out.
# %% solution="gan-mended"
def mended_round(generator, discriminator, generator_optimizer, discriminator_optimizer, progress):
    loss_d = discriminator_step(generator, discriminator, discriminator_optimizer, draw_ring(), draw_z())
    for weight in discriminator.trainable_variables:
        weight.assign(tf.clip_by_value(weight, -0.1, 0.1))
    return loss_d, generator_step(generator, discriminator, generator_optimizer, draw_z())
