"""Teaching by camera: frames in memory, a head that is solved at once, and how often it is right on new recordings."""
