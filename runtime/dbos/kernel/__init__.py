"""Kernel: the one protocol of durable operations, its drivers, and what an execution holds."""
