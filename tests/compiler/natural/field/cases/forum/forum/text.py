import re
import unicodedata

_STOP = frozenset({"the", "a"})


def slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def spam_score(title: str) -> float:
    words = title.split()
    return sum(word in _STOP for word in words) / max(len(words), 1)
