"""Neovim, headless, with the file that its setup page names, and the server as a process of its."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from support.editor import HELPERS

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "lint" / "editors" / "neovim" / "dbos_build.lua"
SESSION = Path(__file__).with_name("drive_neovim.lua")


def test_a_finding_is_shown_fixed_and_saved(shop: Path) -> None:
    program = shutil.which("nvim")
    assert program is not None, "Neovim is missing: apt-get install neovim"
    server = json.dumps([sys.executable, "-m", "dbos_build", "server"])
    seen = shop.parent / "seen.json"
    done = subprocess.run(
        [
            *(program, "--headless", "--clean", "-n", "-i", "NONE"),
            *("--cmd", "filetype on"),
            *("--cmd", f"let g:dbos_build = {{'cmd': {server}}}"),
            *("-c", f"luafile {SETUP}", "-c", "edit prices.py", "-c", f"luafile {SESSION}"),
        ],
        cwd=shop,
        env={**os.environ, "SEEN": str(seen), "HOME": str(shop.parent)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    told = json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else done.stderr
    assert isinstance(told, dict), told
    assert "failure" not in told, (told, done.stderr)
    assert told["finding"]["code"] == "DBS001"
    assert (told["finding"]["line"], told["finding"]["column"]) == (5, 11)
    assert told["action"] == "DBS001: move the expression into a step and call that"
    saved = (shop / "prices.py").read_text(encoding="utf-8")
    assert "@DBOS.step()" in saved
    assert saved != HELPERS
    assert "**workflow** `order`" in told["hover"]
    assert told["lenses"] == 2
