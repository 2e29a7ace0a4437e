"""Prints the reference values of logistic regression in the tests of this folder.

Needs Python 3.9, mpmath 1.3 and scikit-learn 0.24.2 (the release LM-Kernel-FT ran with).
"""

import mpmath as mp
import numpy as np
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import StratifiedKFold

mp.mp.dps = 50

FEATURES = [[((7 * i + 5 * j * j + 3 * i * j) % 11 - 5) / 4 for j in range(3)] for i in range(20)]
CLASSES = [int(row[0] + row[1] > 0.3) ^ (i % 7 == 3) for i, row in enumerate(FEATURES)]


def fit(strength, intercept):
    """Newton's method on the objective as written, in 50 digits."""
    rows = [row + ([1] if intercept else []) for row in FEATURES]
    x = mp.matrix(rows)
    size = x.cols
    point = mp.zeros(size, 1)
    penalty = mp.diag([1 if k < 3 else 0 for k in range(size)])
    for _ in range(40):
        scores = x * point
        gradient, hessian = penalty * point, penalty.copy()
        for i, label in enumerate(CLASSES):
            p = 1 / (1 + mp.exp(-scores[i]))
            row = x[i, :]
            gradient += strength * (p - label) * row.T
            hessian += strength * p * (1 - p) * (row.T * row)
        point -= mp.lu_solve(hessian, gradient)
    return [float(value) for value in point]


print("classes", CLASSES)
for strength in [0.01, 1, 100]:
    for intercept in [True, False]:
        print("fit", strength, intercept, fit(mp.mpf(strength), intercept))

for classes, count in [([0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1], 3), ([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0], 5)]:
    folds = np.empty(len(classes), dtype=int)
    for fold, (_, held) in enumerate(StratifiedKFold(count).split(np.zeros(len(classes)), classes)):
        folds[held] = fold
    print("folds", classes, count, folds.tolist())

for intercept in [True, False]:
    model = LogisticRegressionCV(max_iter=10000, random_state=0, tol=1e-10, fit_intercept=intercept)
    model.fit(np.array(FEATURES), np.array(CLASSES))
    print("strength", intercept, model.C_.tolist(), model.coef_.tolist(), model.intercept_.tolist())
    print("mean accuracies", model.scores_[1].mean(axis=0).tolist())
