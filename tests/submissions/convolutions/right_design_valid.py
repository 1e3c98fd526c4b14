# Right: valid convolutions and a jump of 4 instead of 8; most of the sizes are odd.
# %% solution="conv-design"
def build_encoder():
    return tfk.Sequential(
        [
            tfk.Input((64, 64, 3)),
            tfkl.Conv2D(6, 4, activation="tanh"),  # 61
            tfkl.AveragePooling2D(3, strides=2),  # 30
            tfkl.Conv2D(8, 5, strides=2, activation="tanh"),  # 13
            tfkl.Conv2D(10, 4, activation="tanh"),  # 10
            tfkl.Conv2D(16, 3),  # 8
        ]
    )
