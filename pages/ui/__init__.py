"""Pieces that at least two pages share."""
