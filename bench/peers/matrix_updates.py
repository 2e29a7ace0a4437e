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


def waves(shape, phase):
    """Numbers that need no file."""
    count = int(np.prod(shape))
    return np.sin(1.7 * phase + 2.3 * np.arange(count) + 0.4).reshape(shape)


RULES = {
    "muon": lambda rate: Muon(rate),
    "plain momentum": lambda rate: Muon(rate, nesterov=False, momentum=0.9),
    "matchRms": lambda rate: Muon(rate, scale="matchRms"),
    "spectral": lambda rate: Muon(rate, scale="spectral"),
    "decay": lambda rate: Muon(rate, decay=0.1),
    "polar": lambda rate: Muon(rate, coefficients=POLAR, steps=14),
}


def on_gradients(make, shape, steps=6):
    rule, w, found = make(0.1), waves(shape, 0), []
    for t in range(1, steps + 1):
        w = rule.step(w, waves(shape, t))
        found.append(w.ravel().tolist())
    return found


def network(make, steps=8, n=6, inputs=3, batch=4):
    """f = <w3, tanh(w2 tanh(w1 x))>/n, the mean of squared errors; gradients by hand."""
    x, y = waves((batch, inputs), 5), waves((batch,), 9)
    w1, w2, w3 = waves((n, inputs), 1), waves((n, n), 2) / np.sqrt(n), waves((n,), 3)
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
    }
    print(json.dumps(result))
