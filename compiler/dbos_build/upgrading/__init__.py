"""Upgrading: programs and dependencies of the original, rewritten for this runtime."""
