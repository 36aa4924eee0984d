"""Plotly figures: values in, Figure out."""

# Plotly asks whether pandas is there, and fails where another thread has only begun to import it: here it waits.
import pandas  # noqa: F401
