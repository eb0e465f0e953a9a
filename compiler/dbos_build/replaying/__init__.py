"""Replaying: the code of a project against recorded workflows, in a child process.

The child is the runtime, `python -m dbos.replay`; nothing in here imports it, or the project.
"""
