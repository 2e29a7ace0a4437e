"""Fits scikit-learn's support vector machine on the kernels of a finished run of two labels.

    npx nexort kernel --out runs/FOLDER
    python3 examples/python/kernels_sklearn.py runs/FOLDER
"""

import sys

import numpy as np
from sklearn.svm import SVC

run = np.load(f"{sys.argv[1]}/kernels.npz")
labels, test = run["labels"], run["test"]
assert run["outputs"].shape[1] == 1, "one kernel entry for two examples: a task of two labels"
for name in run.files:
    if not name.startswith("kernel.") or name.count(".") != 1:
        continue
    seed = name.removeprefix("kernel.")
    kernel, train, rows = run[name], run[f"train.{seed}"], list(run[f"rows.{seed}"])
    own = kernel[: len(train)]
    # Entries are sums over millions of parameters; C is on the scale of the kernel's.
    machine = SVC(kernel="precomputed", C=100 / np.linalg.norm(own, 2)).fit((own + own.T) / 2, labels[train])
    found = machine.predict(kernel[[rows.index(position) for position in test]])
    print(f"draw {seed}: accuracy {(found == labels[test]).mean():.4f}, support vectors {machine.n_support_.sum()} of {len(train)}")
