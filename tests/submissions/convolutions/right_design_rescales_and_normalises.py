# Right: divides the pixels by 255 and normalises each layer, so that small images move the answers little.
# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3)), tfkl.Rescaling(1 / 255), tfkl.BatchNormalization()])
    for filters in (6, 8, 16):
        model.add(tfkl.Conv2D(filters, 5, strides=2, padding="same", use_bias=False))
        model.add(tfkl.BatchNormalization())
        model.add(tfkl.LeakyReLU())
    return model
