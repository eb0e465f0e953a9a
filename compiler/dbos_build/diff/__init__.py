"""Comparing two builds: what the new one does to the workflows that began under the old one.

In: two builds. Out: a verdict per workflow, with the reason, and findings about their contracts.
"""
