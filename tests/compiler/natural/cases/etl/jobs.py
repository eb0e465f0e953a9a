"""Nightly ETL with pandas."""

from __future__ import annotations

import datetime
import io
import logging
from pathlib import Path

import boto3
import numpy as np
import pandas as pd
from dbos import DBOS
from sqlalchemy import create_engine

from quality import Report, check_frame, sample

logger = logging.getLogger("etl")
s3 = boto3.client("s3")
engine = create_engine("postgresql+psycopg://localhost/warehouse")
BUCKET = "raw-data"
OUT = Path("/data/out")


@DBOS.step()
def list_keys(prefix: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


@DBOS.step()
def load(key: str) -> str:
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()


def read_frame(key: str) -> pd.DataFrame:
    body = s3.get_object(Bucket=BUCKET, Key=key)["Body"]  # flags: DBS202
    return pd.read_csv(io.BytesIO(body.read()))


def parse(text: str) -> pd.DataFrame:
    frame = pd.DataFrame([line.split(",") for line in text.splitlines()], columns=["id", "value"])
    frame["value"] = pd.to_numeric(frame["value"], errors="coerce")
    return frame.dropna()


@DBOS.step()
def write_warehouse(rows: list[dict], table: str) -> int:
    pd.DataFrame(rows).to_sql(table, engine, if_exists="append", index=False)
    return len(rows)


@DBOS.workflow()
def nightly(prefix: str) -> dict:
    total = 0
    for key in list_keys(prefix):
        frame = parse(load(key))
        report = check_frame(frame)
        if not report.ok:
            logger.warning("%s failed: %s", key, report.problems)
            continue
        total += write_warehouse(frame.to_dict(orient="records"), "facts")
    return {"rows": total}


@DBOS.workflow()
def naive(prefix: str) -> str:
    stamp = datetime.datetime.now().strftime("%Y%m%d")  # flags: DBS001
    frames = [read_frame(key) for key in list_keys(prefix)]
    merged = pd.concat(frames)
    picked = sample(merged, 100)
    noise = np.random.normal(size=len(picked))  # flags: DBS101
    picked["value"] = picked["value"] + noise
    target = OUT / f"{stamp}.parquet"
    picked.to_parquet(target)  # flags: DBS203
    previous = pd.read_sql("select * from facts", engine)  # flags: DBS205
    merged.to_sql("facts", engine, if_exists="replace")  # flags: DBS205
    return f"{target}: {len(previous)}"
