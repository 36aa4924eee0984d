"""The engine of Transfer Learning Studio: networks, photos, datasets, runs and reports; no user interface."""
