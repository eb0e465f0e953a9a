from dbos import DBOS


def client():
    import redis

    return redis.Redis(host="localhost")


def cached(key: str) -> bytes | None:
    return client().get(key)  # flags: DBS202


def now_text() -> str:
    from datetime import datetime as dt

    return dt.utcnow().isoformat()  # flags: DBS001


def pick(items: list[str]) -> str:
    import random as _random

    rng = _random.Random("fixed")
    return rng.choice(items)


@DBOS.workflow()
def lookup(key: str) -> str:
    value = cached(key)
    if value is None:
        return pick(["a", "b"]) + now_text()
    return value.decode()
