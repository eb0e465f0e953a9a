"""The text of everything that is written for the user."""
