"""A program in layers: workflows call services, services call repositories."""
