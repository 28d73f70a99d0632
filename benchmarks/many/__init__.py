"""Many people at once, against the processes that serve them: `python -m benchmarks.many.run`."""
