"""Optimizers whose update is a function of the whole matrix, in float64 without casts, step by step.

    python3 bench/peers/matrix_updates.py > test/optimizers/matrixUpdates.json

Written from the published definitions with numpy alone: on given gradients, and as networks that train.
"""

import json
import platform

import numpy as np

COMMAND = "python3 bench/peers/matrix_updates.py > test/optimizers/matrixUpdates.json"
MUON = (3.4445, -4.7750, 2.0315)
POLAR = (1.875, -1.25, 0.375)


def newton_schulz(g, coefficients=MUON, steps=5, epsilon=1e-7):
    """X <- aX + b(XX')X + c(XX')^2 X from X = G / (|G| + epsilon)."""
    a, b, c = coefficients
    x = g / (np.sqrt((g * g).sum()) + epsilon)
    for _ in range(steps):
        m = x @ x.T
        x = a * x + (b * m + c * (m @ m)) @ x
    return x


class Muon:
    """The average of gradients as torch.optim.Muon has it, then Newton-Schulz, then a factor of the shape."""

    def __init__(self, rate, momentum=0.95, nesterov=True, scale="aspect", coefficients=MUON, steps=5, decay=0.0):
        self.rate, self.momentum, self.nesterov, self.scale = rate, momentum, nesterov, scale
        self.coefficients, self.steps, self.decay = coefficients, steps, decay
        self.first = 0.0

    def step(self, w, g):
        self.first = self.momentum * self.first + (1 - self.momentum) * g
        ahead = self.momentum * self.first + (1 - self.momentum) * g if self.nesterov else self.first
        rows, columns = w.shape
        factor = {
            "aspect": np.sqrt(max(1, rows / columns)),
            "matchRms": 0.2 * np.sqrt(max(rows, columns)),
            "spectral": np.sqrt(rows / columns),
            "none": 1.0,
        }[self.scale]
        q = factor * newton_schulz(ahead, self.coefficients, self.steps)
        return (1 - self.rate * self.decay) * w - self.rate * q


class Polar(Muon):
    """The polar factor by a singular value decomposition."""

    def step(self, w, g):
        self.first = self.momentum * self.first + (1 - self.momentum) * g
        u, _, v = np.linalg.svd(self.momentum * self.first + (1 - self.momentum) * g, full_matrices=False)
        return w - self.rate * np.sqrt(max(1, w.shape[0] / w.shape[1])) * (u @ v)


class Spectral:
    """An average of gradients over its largest singular value."""

    decay = 0.0

    def __init__(self, rate, momentum=0.9):
        self.rate, self.momentum, self.first = rate, momentum, 0.0

    def step(self, w, g):
        self.first = self.momentum * self.first + (1 - self.momentum) * g
        return w - self.rate * self.first / np.linalg.norm(self.first, 2)


def inverse_root(s, root, epsilon):
    """(S + epsilon |S|)^(-1/root) by an eigendecomposition."""
    values, vectors = np.linalg.eigh(s)
    values = np.maximum(values, 0) + epsilon * np.linalg.norm(s)
    return (vectors * values ** (-1 / root)) @ vectors.T


class Shampoo:
    """Gupta et al. 2018: sums at beta2 = 1, else averages without bias; epsilon in units of the Frobenius norm."""

    decay = 0.0

    def __init__(self, rate, momentum=0.0, beta2=1.0, root=4, epsilon=1e-6):
        self.rate, self.momentum, self.beta2, self.root, self.epsilon = rate, momentum, beta2, root, epsilon
        self.first, self.left, self.right, self.t = 0.0, 0.0, 0.0, 0

    def step(self, w, g):
        self.t += 1
        share = 1.0 if self.beta2 == 1 else 1 - self.beta2
        bias = 1.0 if self.beta2 == 1 else 1 - self.beta2**self.t
        self.first = self.momentum * self.first + (1 - self.momentum) * g
        self.left = self.beta2 * self.left + share * g @ g.T
        self.right = self.beta2 * self.right + share * g.T @ g
        left = inverse_root(self.left / bias, self.root, self.epsilon)
        right = inverse_root(self.right / bias, self.root, self.epsilon)
        return w - self.rate * left @ self.first @ right


def eigenbasis(s):
    """Eigenvectors by falling eigenvalue."""
    return np.linalg.eigh(s)[1][:, ::-1]


class Soap:
    """Vyas et al. 2024, algorithm 3, in exact bases of statistics that this step's gradient is in."""

    decay = 0.0

    def __init__(self, rate, beta1=0.95, beta2=0.95, shampoo_beta=0.95, epsilon=1e-4):
        self.rate, self.beta1, self.beta2, self.shampoo_beta, self.epsilon = rate, beta1, beta2, shampoo_beta, epsilon
        self.first, self.second, self.left, self.right, self.t = 0.0, 0.0, 0.0, 0.0, 0

    def step(self, w, g):
        self.t += 1
        self.first = self.beta1 * self.first + (1 - self.beta1) * g
        self.left = self.shampoo_beta * self.left + (1 - self.shampoo_beta) * g @ g.T
        self.right = self.shampoo_beta * self.right + (1 - self.shampoo_beta) * g.T @ g
        down, across = eigenbasis(self.left), eigenbasis(self.right)
        self.second = self.beta2 * self.second + (1 - self.beta2) * (down.T @ g @ across) ** 2
        first = down.T @ self.first @ across / (1 - self.beta1**self.t)
        second = self.second / (1 - self.beta2**self.t)
        return w - self.rate * down @ (first / (np.sqrt(second) + self.epsilon)) @ across.T


class Adam:
    def __init__(self, rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0):
        self.decay = decay
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.first, self.second, self.t = 0.0, 0.0, 0

    def step(self, w, g):
        self.t += 1
        self.first = self.beta1 * self.first + (1 - self.beta1) * g
        self.second = self.beta2 * self.second + (1 - self.beta2) * g * g
        first = self.first / (1 - self.beta1**self.t)
        second = self.second / (1 - self.beta2**self.t)
        return (1 - self.rate * self.decay) * w - self.rate * first / (np.sqrt(second) + self.epsilon)


def waves(shape, phase, bend=0.0):
    """Numbers that need no file; matrices of them have rank 2, or with a bend full rank."""
    k = np.arange(int(np.prod(shape)))
    return np.sin(1.7 * phase + 2.3 * k + bend * k * k + 0.4).reshape(shape)


BEND = 0.37


RULES = {
    "muon": lambda rate: Muon(rate),
    "plain momentum": lambda rate: Muon(rate, nesterov=False, momentum=0.9),
    "matchRms": lambda rate: Muon(rate, scale="matchRms"),
    "spectral factor": lambda rate: Muon(rate, scale="spectral"),
    "decay": lambda rate: Muon(rate, decay=0.1),
    "polar": lambda rate: Muon(rate, coefficients=POLAR, steps=14),
    "spectral": lambda rate: Spectral(rate),
    "shampoo": lambda rate: Shampoo(rate),
    "shampoo, averages": lambda rate: Shampoo(rate, momentum=0.9, beta2=0.95, epsilon=1e-4),
    "shampoo, one step": lambda rate: Shampoo(rate, beta2=0.0),
    "shampoo, square roots": lambda rate: Shampoo(rate, root=2, epsilon=1e-3),
}


# Of gradients of full rank: the others' functions, or bases, are not continuous where the rank falls.
FULL_RANK = {"exact polar": lambda rate: Polar(rate), "soap": lambda rate: Soap(rate)}


def on_gradients(make, shape, bend=0.0, steps=6):
    rule, w, found = make(0.1), waves(shape, 0), []
    for t in range(1, steps + 1):
        w = rule.step(w, waves(shape, t, bend))
        found.append(w.ravel().tolist())
    return found


def network(make, bend=0.0, steps=8, n=6, inputs=3, batch=4):
    """f = <w3, tanh(w2 tanh(w1 x))>/n, the mean of squared errors; gradients by hand."""
    x, y = waves((batch, inputs), 5, bend), waves((batch,), 9)
    w1, w2, w3 = waves((n, inputs), 1, bend), waves((n, n), 2) / np.sqrt(n), waves((n,), 3)
    muon = make(0.05)
    rules = [Adam(0.05, decay=muon.decay), muon, Adam(0.05, decay=muon.decay)]
    found = []
    for _ in range(steps):
        x1 = np.tanh(x @ w1.T)
        x2 = np.tanh(x1 @ w2.T)
        f = x2 @ w3 / n
        found.append(f.tolist())
        # The loss is the mean of (f - y)^2 / 2; what rules see is n^d times its gradient (d = 1 for all three).
        error = (f - y) / batch
        d2 = error[:, None] * w3[None, :] * (1 - x2**2)
        d1 = (d2 @ w2) * (1 - x1**2)
        w3 = rules[2].step(w3, error @ x2)
        w2 = rules[1].step(w2, d2.T @ x1)
        w1 = rules[0].step(w1, d1.T @ x)
    return found


if __name__ == "__main__":
    shapes = [(3, 3), (2, 5), (5, 2)]
    result = {
        "command": COMMAND,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "gradients": {
            name: {f"{r}x{c}": on_gradients(make, (r, c)) for r, c in shapes} for name, make in RULES.items()
        },
        "networks": {name: network(make) for name, make in RULES.items()},
        "fullRank": {
            name: {
                "gradients": {f"{r}x{c}": on_gradients(make, (r, c), BEND) for r, c in shapes},
                "network": network(make, BEND, n=3, batch=6),
            }
            for name, make in FULL_RANK.items()
        },
    }
    print(json.dumps(result))
