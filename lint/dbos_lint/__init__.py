"""Adapters that show the compiler's findings where people type; they add no opinions."""
