"""What is looked at before images become a dataset: damage, sizes, duplicates."""
