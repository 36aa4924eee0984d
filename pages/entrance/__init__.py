"""The door of the server: who may connect, and who has entered."""
