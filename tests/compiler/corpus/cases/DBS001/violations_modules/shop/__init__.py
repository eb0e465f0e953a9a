"""A shop; it re-exports what its modules offer."""

from .clock import current_second as second
from .clock import *
from .tools import Timer

__all__ = ["Timer", "moment", "second"]
