"""A shop whose functions have the names of clocks."""

from .clock import *
from .clock import time as now
from .datetime import datetime

__all__ = ["datetime", "now", "opening"]
