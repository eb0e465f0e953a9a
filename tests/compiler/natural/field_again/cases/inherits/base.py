from __future__ import annotations

import json
from abc import ABC, abstractmethod
from datetime import date
from pathlib import Path


class Job(ABC):
    """Template method: subclasses fill in the parts."""

    name = "job"

    def run(self, data: dict) -> dict:
        self.before(data)
        result = self.work(data)
        self.after(result)
        return result

    def before(self, data: dict) -> None:
        data.setdefault("name", self.name)

    @abstractmethod
    def work(self, data: dict) -> dict: ...

    def after(self, result: dict) -> None:
        Path(f"/tmp/{self.name}.json").write_text(json.dumps(result))  # flags: DBS203


class Quiet:
    def after(self, result: dict) -> None:
        result["quiet"] = True


class Double(Quiet, Job):
    name = "double"

    def work(self, data: dict) -> dict:
        return {"value": data["value"] * 2}


class Dated(Job):
    name = "dated"

    def before(self, data: dict) -> None:
        super().before(data)
        data["day"] = date.today().isoformat()  # flags: DBS001

    def work(self, data: dict) -> dict:
        return data
