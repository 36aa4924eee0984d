"""The activations at a plan's boundary, computed once and kept."""
