"""The abstract interpreter: runs functions over abstract values and records what they reach."""
