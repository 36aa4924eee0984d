"""What is measured before a run: likeness, learning rates, the best network."""
