"""Reads the kernels of a finished run and solves each again, by the settings that nexort found, with least squares.

Prints the accuracy of every kernel and draw beside that of the run: they are the same. Needs numpy, and for
kernels.safetensors in place of kernels.npz the package safetensors.

    python3 examples/kernels/solve.py runs/FOLDER [kernels.npz | kernels.safetensors]
"""

import hashlib
import json
import sys

import numpy as np

folder, name = sys.argv[1], (sys.argv[2:] + ["kernels.npz"])[0]
if name.endswith(".npz"):
    run = np.load(f"{folder}/{name}")
else:
    from safetensors import safe_open

    with safe_open(f"{folder}/{name}", "np") as file:
        run = {key: file.get_tensor(key) for key in file.keys()}
        run.update({key: np.array(json.loads(text)) for key, text in file.metadata().items()})

# Which text a row is of can be told even where a long one is cut short in the file.
texts = [[str(text) for text in run[key]] for key in ("texts", "texts2") if key in run]
whole = ["\0".join(parts) for parts in zip(*texts)]
known = sum(hashlib.sha256(text.encode()).hexdigest() == found for text, found in zip(whole, run["checksums"]))
print(known, "of", len(whole), "texts are whole")

labels, test, outputs = run["labels"], run["test"], run["outputs"].shape[1]
targets = 2.0 * labels[:, None] - 1 if outputs == 1 else np.eye(outputs)[labels]


def accuracy(name, seed, ridge, scale):
    kernel, train = run[f"{name}.{seed}"], run[f"train.{seed}"]
    start = run[f"logits.{seed}"] @ run["outputs"]  # the model's own outputs, before any fit
    row = {position: k for k, position in enumerate(run[f"rows.{seed}"])}
    evaluated = np.array([row[position] for position in test])
    # The first rows are the training examples, as the columns are.
    own, rows = kernel[: kernel.shape[1]], kernel[(evaluated[:, None] * outputs + np.arange(outputs)).ravel()]
    # Of an asymmetric kernel the rows that predict meet the targets, too.
    shift = ridge * np.linalg.norm(own, 2) * np.eye(len(own))
    share = 0.0 if scale is None else 1 / scale
    wanted = (targets[train] - share * start[: len(train)]).ravel()
    fit = np.linalg.pinv(own + shift, rcond=len(own) * 2.0**-52) @ wanted
    scores = (rows @ fit).reshape(-1, outputs) + share * start[evaluated]
    found = (scores[:, 0] > 0).astype(int) if outputs == 1 else scores.argmax(axis=1)
    return (found == labels[test]).mean()


result = json.load(open(f"{folder}/run.json"))["result"]
for kind, draws in {result["kernel"]: result["fits"], **result.get("furtherFits", {})}.items():
    for draw in draws:
        if draw["predictor"]["method"] != "least-squares":
            continue
        seed, settings = draw["seed"], draw["predictor"]["settings"]
        name = "kernel" if kind == "sgd" else f"kernel.{kind}"
        print(kind, seed, accuracy(name, seed, settings["ridge"], settings["initialScale"]), draw["test"]["accuracy"])
