"""Soundness: random programs, random edits of them, and what executions say of each change."""
