"""Inference: networks prepared for LiteRT, the engine that runs them, and the classifier on top."""
