"""Networks written here, one short file a family, meant to be read: the code is the design. [TF]

Every builder takes `input_shape` (height, width, channels), `classes` and `include_top`, as the constructors of
`keras.applications` do, and returns a functional model with random weights.
"""
