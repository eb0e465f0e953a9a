import mimetypes
import os
import tempfile

import httpx


def download(url: str, folder) -> str:
    response = httpx.get(url, follow_redirects=True)
    response.raise_for_status()
    handle, path = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as out:
        out.write(response.content)
    return path


def guess_type(path: str) -> str:
    kind, _ = mimetypes.guess_type(path)
    return kind or "application/octet-stream"


def cleanup(path: str) -> None:
    if os.path.exists(path):  # flags: DBS203
        os.remove(path)  # flags: DBS203
