"""Workflows whose clients come from a library that no table lists."""
