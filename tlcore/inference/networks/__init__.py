"""Networks made ready: features up to a cut layer in LiteRT, and the head above it."""
