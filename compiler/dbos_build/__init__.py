"""The compiler: reads workflow modules without importing them and says what it found."""
