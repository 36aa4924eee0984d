"""What lies on the disk: files and folders that are whole or not there, locks, and what can be made again."""
