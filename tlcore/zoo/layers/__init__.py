"""Layer tables: read, computed, grouped and drawn as graphs."""
