from __future__ import annotations

import random
from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, problem: str) -> None:
        self.problems.append(problem)


def check_frame(frame: pd.DataFrame) -> Report:
    report = Report()
    if frame.empty:
        report.add("empty")
    if frame["id"].duplicated().any():
        report.add("duplicates")
    if frame["value"].mean() > 1000:
        report.add("suspicious")
    return report


def sample(frame: pd.DataFrame, size: int) -> pd.DataFrame:
    rows = random.sample(range(len(frame)), size)  # flags: DBS101
    return frame.iloc[rows]
