"""Order service with a small hand-written container."""
