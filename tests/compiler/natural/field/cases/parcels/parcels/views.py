from dbos import DBOS
from django.db import transaction
from django.http import JsonResponse
from django.utils import timezone

from parcels.models import Parcel
from parcels.tracking import track


@DBOS.step()
def mark(parcel_id: int, state: str) -> None:
    with transaction.atomic():
        Parcel.objects.filter(pk=parcel_id).update(state=state, changed=timezone.now())


@DBOS.workflow()
def deliver(parcel_id: int) -> str:
    parcel = Parcel.objects.get(pk=parcel_id)  # flags: DBS205
    mark(parcel_id, "moving")
    message = DBOS.recv("scan", timeout_seconds=3600)
    if message is None:
        return track(parcel.code)
    mark(parcel_id, "delivered")
    return f"{parcel.code} at {timezone.now():%H:%M}"  # flags: DBS001


def start(request, parcel_id: int) -> JsonResponse:
    handle = DBOS.start_workflow(deliver, parcel_id)
    return JsonResponse({"workflow": handle.workflow_id})


def scan(request, workflow_id: str) -> JsonResponse:
    DBOS.send(workflow_id, request.POST["code"], "scan")
    return JsonResponse({})
