from datetime import datetime, timezone
from uuid import uuid4

import requests


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)  # flags: DBS001


class FixedClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class RandomIds:
    def next(self) -> str:
        return str(uuid4())  # flags: DBS104


class HttpBank:
    def __init__(self, url: str) -> None:
        self._session = requests.Session()
        self._url = url

    def pay(self, account: str, cents: int) -> str:
        return self._session.post(f"{self._url}/{account}", json={"cents": cents}).text  # flags: DBS202
