"""A trained network and a page for the camera as one file that runs in a browser."""
