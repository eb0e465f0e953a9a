from __future__ import annotations

import os

from dbos import DBOS, Queue

import rates
from rates import Letter, Parcel, label, ranked, total

labels = Queue("labels")


@rates.label.register(Letter)
def letter_label(letter: Letter) -> str:
    return f"L-{letter.code}-{os.getpid()}"  # flags: DBS303


@DBOS.step()
def print_label(text: str) -> str:
    return text


@DBOS.workflow()
def send(code: str, volume: int) -> str:
    parcel = Parcel(code, volume)
    if total(parcel) > 5:
        return print_label(label(parcel))
    return code


@DBOS.workflow()
def send_all(parcels: list[Parcel]) -> list[str]:
    return [print_label(label(parcel)) for parcel in ranked(parcels) if isinstance(parcel, Letter)]


@DBOS.workflow()
def cheapest(codes: list[str]) -> str:
    made = [Parcel(code, len(code)) for code in codes]
    first = min(made, key=lambda parcel: parcel.volume)
    return print_label(label(first)) + str({code: len(code) for code in sorted(set(codes))})
