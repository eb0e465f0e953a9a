"""Nightly load: duckdb for joins, polars for frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import duckdb
import polars as pl

LAKE = os.environ.get("LAKE", "s3://lake")
SCHEMA = {"day": pl.Date, "amount": pl.Int64}


@contextmanager
def warehouse(read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect("warehouse.db", read_only=read_only)  # flags: DBS205
    try:
        yield connection
    finally:
        connection.close()  # maybe: DBS205


def days(first: date, last: date) -> Iterator[date]:
    current = first
    while current <= last:
        yield current
        current += timedelta(days=1)


def summarize(frame: pl.DataFrame) -> pl.DataFrame:
    return (
        frame.lazy()
        .group_by("day")
        .agg(pl.col("amount").sum().alias("total"))
        .sort("day")
        .collect()
    )


def shuffled(frame: pl.DataFrame, seed: int | None = None) -> pl.DataFrame:
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)  # maybe: DBS101


def partitions(day: date) -> str:
    return f"{LAKE}/year={day:%Y}/month={day:%m}/{day.isoformat()}.parquet"  # flags: DBS302
