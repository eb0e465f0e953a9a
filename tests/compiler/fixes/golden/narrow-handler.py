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
    except:  # fix DBS819
        pass
    try:
        return risky()
    except BaseException as error:  # fix DBS819: except BaseException as error:
        DBOS.logger.info(error)
    try:
        return risky()
    except (ValueError, BaseException):  # fix DBS819
        return 2


@DBOS.workflow()
async def run_async() -> int:
    """The same."""
    try:
        return risky()
    except asyncio.CancelledError:  # fix DBS819
        DBOS.logger.info("cancelled")
    try:
        return risky()
    except asyncio.CancelledError:  # fix DBS819
        pass
    return 3
