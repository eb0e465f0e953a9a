# %% converted from analysis.ipynb
import random

import numpy as np
from dbos import DBOS
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(42)


# %%
@DBOS.step()
def load() -> list[list[float]]:
    return np.loadtxt("data.csv", delimiter=",").tolist()


# %%
def split(rows: list[list[float]]) -> tuple[list[list[float]], list[list[float]]]:
    random.shuffle(rows)  # flags: DBS101
    cut = int(len(rows) * 0.8)
    return rows[:cut], rows[cut:]


def jitter(rows: list[list[float]]) -> np.ndarray:
    return np.asarray(rows) + np.random.normal(0, 0.01, (len(rows), 2))  # flags: DBS101


@DBOS.step()
def train(rows: list[list[float]]) -> float:
    model = LogisticRegression().fit(np.asarray(rows)[:, :-1], np.asarray(rows)[:, -1])
    return float(model.score(np.asarray(rows)[:, :-1], np.asarray(rows)[:, -1]))


# %%
@DBOS.workflow()
def experiment() -> float:
    rows = load()
    training, test = split(rows)
    jittered = jitter(training).tolist()
    score = train(jittered)
    seeded = random.Random(7)
    print("sampled", seeded.choice(test))
    return score


# %%
if __name__ == "__main__":
    DBOS.launch()
    print(experiment())
