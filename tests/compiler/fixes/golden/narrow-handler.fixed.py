"""Handlers that swallow a cancellation."""

import asyncio

from dbos import DBOS


@DBOS.step()
def risky() -> int:
    """A step."""
    return 1


@DBOS.workflow()
def run() -> int:
    """Survives too much."""
    try:
        return risky()
    except Exception:
        pass
    try:
        return risky()
    except Exception as error:
        DBOS.logger.info(error)
    try:
        return risky()
    except (ValueError, Exception):
        return 2


@DBOS.workflow()
async def run_async() -> int:
    """The same."""
    try:
        return risky()
    except asyncio.CancelledError:
        DBOS.logger.info("cancelled")
        raise
    try:
        return risky()
    except asyncio.CancelledError:
        raise
    return 3
