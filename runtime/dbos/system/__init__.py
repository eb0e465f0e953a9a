"""The system database: the only place in the runtime that knows SQL."""
