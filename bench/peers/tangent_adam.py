"""The neural tangent limit of Adam for two hidden tanh layers, in NumPy: the peer of bench/limits, part tangent.

Features and backpropagated vectors stand still at their initial law, sampled by scrambled Sobol points; Adam's moments of
the hidden matrix are kept on a tile [samples of its rows, samples of its columns], and the output moves by the mean of
what the tile does to the features. All arrays are made once and written in place. bench/limits/problems.ts says what
is trained, bench/harness/serve.ts how requests and replies look.
"""

import json
import sys
import time

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from peak import peak_bytes


def normals(columns, samples, seed):
    """Standard normals [samples, columns]."""
    points = qmc.Sobol(columns, scramble=True, rng=seed).random(samples)
    return ndtri(np.clip(points, 1e-12, 1 - 1e-12))


def root(gram):
    """A factor of a covariance, which may be singular but for rounding."""
    return np.linalg.cholesky(gram).T


class Adam:
    """Updates m̂ / √(v̂ + ε²) of one shape, without the rate."""

    def __init__(self, shape, case):
        self.beta1, self.beta2, self.floor = case["beta1"], case["beta2"], case["epsilon"] ** 2
        self.first, self.second = np.zeros(shape), np.zeros(shape)
        self.work, self.update = np.empty(shape), np.empty(shape)
        self.steps = 0

    def step(self, gradient):
        """The update; `gradient` is overwritten."""
        self.steps += 1
        np.multiply(gradient, gradient, out=self.work)
        self.work *= 1 - self.beta2
        self.second *= self.beta2
        self.second += self.work
        gradient *= 1 - self.beta1
        self.first *= self.beta1
        self.first += gradient
        np.multiply(self.second, 1 / (1 - self.beta2**self.steps), out=self.work)
        self.work += self.floor
        np.sqrt(self.work, out=self.work)
        np.divide(self.first, self.work, out=self.update)
        self.update *= 1 / (1 - self.beta1**self.steps)
        return self.update


def path_end(case, seed):
    """The outputs after the last step, from one scrambling."""
    samples, rate = case["samples"], case["rate"]
    x = np.array(case["x"]) / np.sqrt(len(case["x"][0]))  # [inputs, dimensions]
    target, weight = np.array(case["target"]), np.array(case["weight"])
    inputs, dimensions = x.shape
    below = normals(dimensions + inputs, samples, seed)
    h1 = below[:, :dimensions] @ x.T  # [samples, inputs], as all that follow
    x1 = np.tanh(h1)
    above = normals(inputs + 1, samples, seed + 500)
    x2 = np.tanh(above[:, :inputs] @ root(x1.T @ x1 / samples))
    dh2 = (1 - x2 * x2) * above[:, inputs:]
    dh1 = (1 - x1 * x1) * (below[:, dimensions:] @ root(dh2.T @ dh2 / samples))
    first, hidden, last = Adam((samples, dimensions), case), Adam((samples, samples), case), Adam(samples, case)
    gradient = np.empty((samples, samples))
    f = np.zeros(inputs)
    for _ in range(case["steps"]):
        error = (f - target) * weight
        np.matmul(dh2 * error, x1.T, out=gradient)
        moved = hidden.step(gradient) @ x1 / samples
        change = (dh2 * moved).mean(0)
        change += (dh1 * (first.step((dh1 * error) @ x) @ x.T)).mean(0)
        change += (x2 * last.step(x2 @ error)[:, None]).mean(0)
        f = f - rate * change
    return f


def main():
    case = json.loads(sys.argv[1])
    seed, answer = 0, []
    for line in sys.stdin:
        ask = json.loads(line)["ask"]
        if ask == "describe":
            reply = {"name": f"numpy {np.__version__}", "parameters": 0}
        elif ask == "prepare":
            reply = {}
        elif ask == "run":
            wall, cpu = time.perf_counter(), time.process_time()
            ends = np.array([path_end(case, seed + k) for k in range(case["scramblings"])])
            errors = ends.std(0, ddof=1) / np.sqrt(len(ends))
            answer = [*ends.mean(0).tolist(), *errors.tolist()]
            reply = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            seed += 1000
        elif ask == "answer":
            reply = {"values": answer}
        else:
            reply = {"bytes": peak_bytes()}
        print(json.dumps(reply), flush=True)


main()
