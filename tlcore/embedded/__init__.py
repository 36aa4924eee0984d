"""The project's own small pretrained backbone: its network, weights, and the programs that made them."""
