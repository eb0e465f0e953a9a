"""Errors that are handled, and cancellation that goes on."""

import asyncio
from contextlib import suppress

from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    try:
        return name.upper()
    except BaseException:
        return "failed"


@DBOS.step()
def release(name: str) -> str:
    return name


@DBOS.step()
async def charge_async(name: str) -> str:
    return name


@DBOS.workflow()
def ordinary_errors(name: str) -> str:
    try:
        return charge(name)
    except Exception:
        return release(name)


@DBOS.workflow()
def raised_again(name: str) -> str:
    try:
        return charge(name)
    except BaseException:
        DBOS.logger.error("failed")
        raise


@DBOS.workflow()
async def cancelled_and_raised(name: str) -> str:
    try:
        return await charge_async(name)
    except asyncio.CancelledError as error:
        raise error


@DBOS.workflow()
def finally_only(name: str) -> str:
    try:
        return charge(name)
    finally:
        DBOS.logger.info("done")


@DBOS.workflow()
def suppressed(name: str) -> str:
    with suppress(ValueError):
        charge(name)
    return name


@DBOS.workflow()
def wrapped(name: str) -> str:
    try:
        return charge(name)
    except BaseException as error:
        raise RuntimeError(name) from error


def plain(name: str) -> str:
    try:
        return name.upper()
    except:
        return "failed"
