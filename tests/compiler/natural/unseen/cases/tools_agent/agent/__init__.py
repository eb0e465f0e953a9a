from .loop import converse
from .registry import TOOLS, tool

__all__ = ["TOOLS", "converse", "tool"]
