from __future__ import annotations

import os
import tempfile

import mlflow
import torch
from dbos import DBOS, Queue
from transformers import pipeline

gpu = Queue("gpu", worker_concurrency=1)


@DBOS.step()
def train(config: dict) -> str:
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.pt")
        torch.save({}, path)
        mlflow.log_artifact(path)
    return "model-1"


def evaluate(model: str) -> float:
    weights = torch.rand(3)  # flags: DBS101
    return float(weights.sum())


@DBOS.workflow()
def sweep(rates: list[float]) -> dict[float, float]:
    scores = {}
    mlflow.log_param("rates", rates)  # flags: DBS202
    for rate in rates:
        model = train({"rate": rate})
        scores[rate] = evaluate(model)
    return scores


@DBOS.workflow()
def classify(texts: list[str]) -> list[str]:
    handles = [gpu.enqueue(classify_one, one) for one in texts]
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def classify_one(one: str) -> str:
    return DBOS.run_step({"name": "classify"}, run_model, one)


def run_model(one: str) -> str:
    return pipeline("sentiment-analysis")(one)[0]["label"]
