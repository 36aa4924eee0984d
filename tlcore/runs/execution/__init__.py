"""Who runs the queue: dispatcher, executors and workers."""
