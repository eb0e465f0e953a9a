"""What the tests of editors share: a project with one finding, and a client of the server.

Neovim is not installed by pip. In CI, which installs it, its test fails when it is missing; on
other machines without it the test is left out, and the first lines of the run say so.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from pytest_lsp import LanguageClient

from support.editor import HELPERS, ORDERS, SERVER, WAIT_SECONDS

LEFT_OUT = shutil.which("nvim") is None and not os.environ.get("CI")
collect_ignore = ["test_neovim.py"] if LEFT_OUT else []


def pytest_report_header() -> list[str]:
    """What a reader of the results should know."""
    return ["neovim: missing, so its test is left out (CI fails)"] if LEFT_OUT else []


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project of two modules with one finding, which is reached through a helper."""
    folder = (tmp_path / "shöp").resolve()
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    (folder / "prices.py").write_text(HELPERS, encoding="utf-8")
    (folder / "orders.py").write_text(ORDERS, encoding="utf-8")
    return folder


@pytest_lsp.fixture(config=SERVER)  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """A client whose handshake each test makes, as tests differ in what the client can do."""
    yield
    await asyncio.wait_for(lsp_client.shutdown_session(), WAIT_SECONDS)
