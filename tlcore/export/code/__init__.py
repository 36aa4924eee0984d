"""A plan as a Keras program of its own."""
