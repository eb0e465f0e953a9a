"""Comments that silence nothing."""

from dbos import DBOS


@DBOS.workflow()
def rate(name: str) -> float:
    """Says what it costs."""
    text = "# dbos: ignore"  # dbos: ignore[DBS001] gone  # fix DBS992: # dbos: ignore[DBS001] gone
    # dbos: ignore[DBS101] it is random  # fix DBS992: # dbos: ignore[DBS101] it is random
    return len(name) + len(text)  # a number  # noqa: DBS102  # fix DBS992: # noqa: DBS102
