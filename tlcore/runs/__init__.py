"""Jobs in worker processes: the store, its events, the dispatcher and the workers."""
