"""Learning curves: what they are, and what can be read in them."""
