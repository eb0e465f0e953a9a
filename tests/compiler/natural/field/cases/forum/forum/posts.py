from dbos import DBOS
from forum.text import slug, spam_score


@DBOS.step()
def save(slug: str) -> int:
    return len(slug)


@DBOS.workflow()
def publish(title: str, words: set[str]) -> int:
    if spam_score(title) > 0.5:
        return 0
    first = next(iter(words))  # flags: DBS502
    label = "-".join(words)  # flags: DBS501
    return save(slug(title) + first + label)


@DBOS.workflow()
def publish_well(title: str, words: set[str]) -> int:
    ordered = sorted(words)
    if "spam" in words:
        return 0
    return save(slug(title) + "-".join(ordered))


@DBOS.workflow()
def tags(words: set[str]) -> list[str]:
    return list(words)  # flags: DBS505
