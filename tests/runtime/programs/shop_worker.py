"""A worker of a program that was built: `shop_worker.py CONFIG [ID]`, in the program's folder.

It launches with the registry of the folder, starts the workflow `checkout` under ID when one is
given, writes "launched", and goes on until its input ends.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from dbos import DBOS, SetWorkflowID

sys.path.insert(0, ".")
shop: Any = importlib.import_module("shop")
DBOS(config=json.loads(sys.argv[1]), registry=importlib.import_module("dbos_registry"))
DBOS.launch()
for workflow_id in sys.argv[2:]:
    with SetWorkflowID(workflow_id):
        DBOS.start_workflow(shop.checkout, "order")
print("launched", flush=True)
for line in sys.stdin:
    print(DBOS.retrieve_workflow(line.strip()).get_result(), flush=True)
DBOS.destroy()
