"""Figures of finished runs side by side."""
