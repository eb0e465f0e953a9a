from . import amounts as amounts
from . import trades as trades
from .render import render, valued

__all__ = ["render", "valued"]
