"""Solves kernel regression with closed-form tangent kernels in numpy, and compares with what nexort predicts.

    npx nexort ntk net.json --x1 train.csv --out train.npz
    npx nexort ntk net.json --x1 test.csv --x2 train.csv --out cross.npz
    npx nexort ntk net.json --x1 train.csv --x2 test.csv --predict labels.csv --json > predicted.json
    python3 examples/python/ntk_numpy.py train.npz cross.npz labels.csv predicted.json
"""

import json
import sys

import numpy as np

train, cross = (np.load(path)["ntk"] for path in sys.argv[1:3])
targets = np.loadtxt(sys.argv[3], ndmin=1)
predicted = np.array(json.load(open(sys.argv[4]))["predictions"]["mean"]).ravel()

# The end of training on squared loss, for the mean over initializations: kernel regression without a ridge.
mean = cross @ np.linalg.solve(train, targets)
print("inputs", len(mean), "largest difference", f"{np.abs(mean - predicted).max():.1e}")
assert np.allclose(mean, predicted, rtol=0, atol=1e-6)
