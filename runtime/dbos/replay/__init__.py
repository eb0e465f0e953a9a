"""Replay: the code of today against the record of yesterday."""
