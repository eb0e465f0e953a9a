from __future__ import annotations

from datetime import datetime

from dbos import DBOS

from models import Device, Registering


@DBOS.step()
def install(code: str, kind: str) -> str:
    return f"{code}/{kind}"


@DBOS.workflow()
def provision(code: str) -> str:
    device = Device(code=code, slots="3")
    if device.is_sensor:
        return install(device.code, device.kind)
    return install(device.code, "other")


@DBOS.workflow()
def provision_serial(code: str) -> str:
    device = Device(code=code)
    return install(device.serial, device.kind)


@DBOS.workflow()
def provision_blank() -> str:
    device = Device.blank()
    return install(device.code, "blank")


@DBOS.workflow()
def renew(code: str, since: datetime) -> str:
    device = Device(code=code)
    device.created = since
    if device.age > 100:
        return install(code, "new")
    return install(code, Registering.known["device"].__name__)
