"""A stand-in for a database library."""
from sqlalchemy.engine import Connection as Connection, Engine as Engine
