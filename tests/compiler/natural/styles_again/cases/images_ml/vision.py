from __future__ import annotations

import io
from pathlib import Path

import cv2
import joblib
import numpy as np
from dbos import DBOS
from PIL import Image
from sklearn.ensemble import RandomForestClassifier
from transformers import pipeline

classify = pipeline("image-classification")
FOLDER = Path("images")


def shrink(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data)).convert("L").resize((8, 8))
    target = io.BytesIO()
    image.save(target, format="PNG")
    return target.getvalue()


def load(name: str) -> np.ndarray:
    return cv2.imread(str(FOLDER / name))  # flags: DBS203


def model() -> RandomForestClassifier:
    return joblib.load("model.joblib")  # flags: DBS203


@DBOS.step()
def read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@DBOS.step()
def label(data: bytes) -> str:
    return str(classify(data)[0]["label"])


@DBOS.workflow()
def tag(name: str) -> str:
    small = shrink(read(name))
    mean = float(np.frombuffer(small, dtype=np.uint8).mean())
    return label(small) if mean > 3 else ""


@DBOS.workflow()
def tag_here(name: str) -> str:
    pixels = load(name)
    guess = model().predict(pixels.reshape(1, -1))
    Image.open(FOLDER / name).save("last.png")  # flags: DBS203
    return str(guess[0])


@DBOS.workflow()
def augment(name: str, count: int) -> float:
    noise = np.random.normal(size=count)  # flags: DBS101
    forest = RandomForestClassifier(random_state=3)
    return float(noise.sum()) + forest.n_estimators
