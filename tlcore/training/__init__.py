"""Training: the plan of a run, the cached features below its boundary, the trainer and the evaluation."""
