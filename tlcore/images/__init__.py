"""Untrusted bytes to checked RGB arrays; resize modes; preprocessing modes; augmentations."""
