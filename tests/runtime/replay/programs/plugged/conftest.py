"""The fixtures of the inner test run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbos import DBOS


@pytest.fixture(autouse=True)
def launched(tmp_path: Path) -> Iterator[None]:
    DBOS(config={"name": "plugged", "system_database_url": f"sqlite:///{tmp_path}/s.sqlite"})
    DBOS.launch()
    yield
    DBOS.destroy()
