"""The database behind the store: its tables, their versions, and the one place that opens it."""
