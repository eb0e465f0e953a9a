from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
from dbos import DBOS


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.dropna(subset=["id"]).rename(columns=str.lower)
    frame["total"] = frame["price"] * frame["quantity"]
    return frame.groupby("region", as_index=False).agg({"total": "sum"})


def stamp(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(loaded=pd.Timestamp.now())  # flags: DBS001


def shuffle(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(frac=1)  # flags: DBS101


def fair_sample(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(n=2, random_state=7)


@DBOS.step()
def extract(path: str) -> list[dict[str, object]]:
    return pd.read_csv(path).to_dict("records")


@DBOS.step()
def load(rows: list[dict[str, object]]) -> int:
    pl.DataFrame(rows).write_parquet("out.parquet")
    return len(rows)


@DBOS.workflow()
def run(path: str) -> int:
    frame = clean(pd.DataFrame(extract(path)))
    lazy = pl.DataFrame(frame.to_dict("list")).lazy().filter(pl.col("total") > 0).collect()
    return load(fair_sample(frame).to_dict("records")) + lazy.height


@DBOS.workflow()
def run_directly(path: str) -> int:
    frame = pd.read_csv(path)  # flags: DBS203
    stamped = stamp(clean(frame))
    stamped.to_parquet("out.parquet")  # flags: DBS203
    return len(stamped)


@DBOS.workflow()
def split(path: str) -> int:
    shuffled = shuffle(pd.DataFrame(extract(path)))
    noise = np.random.default_rng().normal(size=3)  # flags: DBS102
    return load(shuffled.head(int(abs(noise[0]))).to_dict("records"))


@DBOS.workflow()
def scan(pattern: str) -> int:
    frame = pl.scan_csv(pattern).select(pl.len()).collect()  # flags: DBS203
    return int(frame.item())


@DBOS.workflow()
def noise_of(seed: int) -> float:
    generator = np.random.default_rng(seed)
    return float(np.round(generator.normal(), 3))
