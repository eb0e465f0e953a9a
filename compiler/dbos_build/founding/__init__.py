"""Founding: what a project is given when it is set up, and a new project from nothing."""
