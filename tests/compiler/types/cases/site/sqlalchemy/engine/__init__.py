"""Engines."""
from sqlalchemy.engine.base import Connection as Connection, Engine as Engine
