# %% [markdown]
# # Nightly analysis
# Exported from a notebook.

# %%
import random
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from dbos import DBOS, DBOSConfig

config: DBOSConfig = {"name": "nightly"}
DBOS(config=config)

# %%
seed = random.random()
data_folder = Path.home() / "data"
BINS = 12


# %%
def histogram(values, bins=BINS):
    counts = [0] * bins
    for value in values:
        counts[int(value) % bins] += 1
    return counts


# %%
@DBOS.step()
def load(name):
    return [float(line) for line in (data_folder / name).read_text().splitlines()]


@DBOS.step()
def plot(counts):
    plt.bar(range(len(counts)), counts)
    plt.savefig("nightly.png")


# %%
@DBOS.workflow()
def nightly(name):
    values = load(name)
    counts = histogram(values)
    plot(counts)
    return max(counts)


@DBOS.workflow()
def nightly_sampled(name):
    values = load(name)
    if seed < 0.5:  # flags: DBS302
        values = values[:10]
    return histogram(random.sample(values, 5))  # flags: DBS101


@DBOS.workflow()
def nightly_plotted(name):
    counts = histogram(load(name))
    figure, axes = plt.subplots()
    axes.bar(range(len(counts)), counts)
    figure.savefig(data_folder / "nightly.png")  # flags: DBS203 DBS302
    return counts


# %%
if __name__ == "__main__":
    DBOS.launch()
    nightly(sys.argv[1])
    DBOS.destroy()
