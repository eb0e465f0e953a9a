"""Archives that hold the time at which they were made."""

from __future__ import annotations

import gzip
import io
import zipfile

from dbos import DBOS


@DBOS.workflow()
def pack(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "text")  # flags: DBS001
    return buffer.getvalue()


@DBOS.workflow()
def squeeze(data: bytes) -> bytes:
    return gzip.compress(data)  # flags: DBS001
