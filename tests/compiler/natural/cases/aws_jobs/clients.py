from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@functools.cache
def s3() -> "S3Client":
    return boto3.client("s3", region_name=os.environ.get("AWS_REGION"))  # flags: DBS301


def table(name: str) -> Any:
    return boto3.resource("dynamodb").Table(name)


class Bucket:
    def __init__(self, name: str, client: "S3Client | None" = None) -> None:
        self.name = name
        self._client = client or s3()

    def put(self, key: str, body: bytes) -> None:
        self._client.put_object(Bucket=self.name, Key=key, Body=body)  # flags: DBS202

    def url(self, key: str) -> str:
        return f"https://{self.name}.s3.amazonaws.com/{key}"
