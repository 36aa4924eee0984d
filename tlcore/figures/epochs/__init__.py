"""What a browser draws of a network that learns: each test photo, epoch by epoch."""
