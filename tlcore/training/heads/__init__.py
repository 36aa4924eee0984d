"""Heads solved exactly, and what all heads need."""
