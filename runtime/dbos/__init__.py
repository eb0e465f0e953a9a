"""Durable execution: the public names of the runtime, and nothing else."""
