"""Whole networks: put together, trained step by step, saved."""
