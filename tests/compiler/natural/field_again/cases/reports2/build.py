import csv
import io
import locale
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
from dbos import DBOS
from openpyxl import Workbook


@DBOS.step()
def upload(data: bytes) -> str:
    return str(len(data))


def as_csv(rows: list[dict]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=sorted(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def as_excel(rows: list[dict]) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("report.csv", data)
    return out.getvalue()


@DBOS.workflow()
def report(rows: list[dict]) -> str:
    upload(as_csv(rows))
    frame = pd.DataFrame(rows).sort_values("day")
    buffer = io.BytesIO()
    frame.to_csv(buffer)
    return upload(buffer.getvalue())


@DBOS.workflow()
def report_from_disk(path: str) -> str:
    frame = pd.read_csv(path)  # flags: DBS203
    frame.to_parquet(Path(path).with_suffix(".parquet"))  # flags: DBS203
    return upload(frame.to_json().encode())


@DBOS.workflow()
def price(cents: int) -> str:
    return locale.currency(cents / 100) + datetime.min.strftime("%Y")  # flags: DBS005
