"""Labeled images: where they come from, how they are checked, kept and split."""
