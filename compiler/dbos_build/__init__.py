"""The compiler: reads workflow modules without importing them and says what it found."""

__version__ = "0.1.0"
