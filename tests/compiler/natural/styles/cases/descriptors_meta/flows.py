from __future__ import annotations

from dbos import DBOS

from fields import AuditMixin, Plugin, Positive, Registry, Shout


class Parcel:
    weight = Positive()

    def __init__(self, weight: int) -> None:
        self.weight = weight


class AuditedParcel(AuditMixin, Parcel):
    pass


@DBOS.step()
def save(text: str) -> str:
    return text


@DBOS.workflow()
def weigh(weight: int) -> int:
    parcel = Parcel(weight)
    parcel.weight = parcel.weight + 1
    save(str(parcel.weight))
    return parcel.weight


@DBOS.workflow()
def weigh_audited(weight: int) -> str:
    parcel = AuditedParcel(weight)
    return save(parcel.audit())


@DBOS.workflow()
def handle(name: str, text: str) -> str:
    handler = Registry.known[name]()
    return save(handler.run(text))


@DBOS.workflow()
def shout(text: str) -> str:
    return save(Shout().run(text) + ",".join(Plugin.names))
