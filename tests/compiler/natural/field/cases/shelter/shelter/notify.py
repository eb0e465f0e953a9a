from dbos import DBOS
import requests

_session = requests.Session()


@DBOS.step(retries_allowed=True, max_attempts=10)
def announce(text: str) -> None:
    _session.post("https://hooks.example", json={"text": text}).raise_for_status()
