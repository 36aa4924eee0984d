"""What a run reports of itself, and how it is verified."""
