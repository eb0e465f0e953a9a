"""The configuration of one run, as a frozen value.

In: `[tool.dbos-build]` of the nearest pyproject.toml, or a dbos-build.toml. Out: `Settings`.
Never: reads the environment or user code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user configured; every field has the default of a project without configuration."""

    strict: bool = False
