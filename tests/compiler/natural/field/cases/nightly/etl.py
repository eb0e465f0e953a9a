"""Nightly load of shipments into the warehouse."""

import csv
import io
from datetime import datetime, timedelta

import boto3
import pandas as pd
import psycopg
from dbos import DBOS

BUCKET = "shipments"


@DBOS.step()
def list_objects(day: str) -> list[str]:
    s3 = boto3.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=day)
    return sorted(item["Key"] for page in pages for item in page.get("Contents", []))


@DBOS.step(retries_allowed=True, interval_seconds=2.0)
def fetch(key: str) -> str:
    s3 = boto3.client("s3")
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def parse(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def totals(rows: list[dict[str, str]]) -> dict[str, float]:
    frame = pd.DataFrame(rows)
    return frame.groupby("region")["weight"].sum().to_dict()


def load(rows: dict[str, float], day: str) -> None:
    with psycopg.connect("postgresql://warehouse") as connection:  # flags: DBS205
        for region, weight in rows.items():
            connection.execute("insert into totals values (%s, %s, %s)", (day, region, weight))  # flags: DBS205


@DBOS.scheduled("0 3 * * *")
@DBOS.workflow()
def nightly(scheduled: datetime, actual: datetime) -> int:
    day = (scheduled - timedelta(days=1)).strftime("%Y-%m-%d")
    count = 0
    for key in list_objects(day):
        rows = parse(fetch(key))
        load(totals(rows), day)
        count += len(rows)
    return count
