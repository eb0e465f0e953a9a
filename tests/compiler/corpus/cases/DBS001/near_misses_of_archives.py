"""Archives that hold only what they are given."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

from dbos import DBOS


@DBOS.workflow()
def pack(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "text")
    return buffer.getvalue()


@DBOS.workflow()
def squeeze(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0) + zlib.compress(data)
