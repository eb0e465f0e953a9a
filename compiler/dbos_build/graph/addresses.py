"""The addresses that nodes of a picture link to: the lines on which they are written.

In: places, and either where the picture will be or a template. Out: one address per node.
Never: looks whether anything stands at an address.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from dbos_build.graph.picture import Place


def from_template(places: Mapping[int, Place], template: str) -> dict[int, str]:
    """Addresses by a template: `{path}` is a place's path with escapes, `{line}` its line."""
    return {
        number: template.replace("{path}", quote(place.path)).replace("{line}", str(place.line))
        for number, place in places.items()
    }


def relative(places: Mapping[int, Place], root: Path, folder: Path) -> dict[int, str]:
    """Addresses as a page in `folder` sees them; paths of places are relative to `root`."""
    return {
        number: f"{quote(_path_from(folder, root / place.path))}#L{place.line}"
        for number, place in places.items()
    }


def _path_from(folder: Path, path: Path) -> str:
    """The way to a file; the whole path when it is on another drive."""
    try:
        return os.path.relpath(os.path.realpath(path), os.path.realpath(folder)).replace(
            os.sep, "/"
        )
    except ValueError:
        return path.as_posix()
