from __future__ import annotations

import hashlib

from dbos import DBOS

from storage import Bucket, Mirror

bucket = Bucket("media")


@DBOS.step()
def measure(key: str) -> int:
    return bucket.head(key)


@DBOS.workflow()
def ingest(key: str) -> str:
    size = measure(key)
    address = bucket.url(key)
    return hashlib.sha256(f"{address}{size}".encode()).hexdigest()


@DBOS.workflow()
def ingest_directly(key: str) -> int:
    size = bucket.head(key)
    bucket.note(key)
    return size


@DBOS.workflow()
def mirror(key: str, data: bytes) -> str:
    Mirror().copy(key, data)
    return key


@DBOS.workflow()
def presign(key: str) -> str:
    return bucket.s3.generate_presigned_url("get_object", {"Key": key})  # flags: DBS001
