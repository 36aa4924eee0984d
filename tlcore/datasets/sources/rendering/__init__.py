"""Draws pictures of five everyday objects: solids in three dimensions, projected, shaded and set into a scene."""
