"""Trains multilayer perceptrons by recipes of `nexort recipe --to torch`, in float64, and prints their losses.

    nexort recipe --width 32 --base-width 8 --input 3 --optimizer muon --learning-rate 0.05 --to torch --out muon.py
    python3 bench/peers/recipe_torch.py muon.py ... > losses.json

The loss before each of 20 updates, by the name of the recipe's file: the mean over examples of (f - y)^2 / 2. Weights
start at sines times the recipe's deviations, which needs no file.
"""

import importlib.util
import json
import math
import pathlib
import sys

import torch

STEPS = 20
BATCH = 8


def waves(shape, phase):
    count = math.prod(shape)
    return torch.sin(1.7 * phase + 2.3 * torch.arange(count, dtype=torch.float64) + 0.4).reshape(shape)


def loaded(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Perceptron(torch.nn.Module):
    """f = <w_last, tanh(... tanh(w1 x))>, every weight times its multiplier."""

    def __init__(self, recipe):
        super().__init__()
        self.recipe = recipe
        for name, one in recipe.PARAMETERS.items():
            self.register_parameter(name, torch.nn.Parameter(torch.empty(one["shape"])))

    def forward(self, x):
        *hidden, last = self.recipe.PARAMETERS
        weight = lambda name: self.recipe.MULTIPLIERS[name] * getattr(self, name)
        for name in hidden:
            x = torch.tanh(x @ weight(name).T)
        return self.recipe.OUTPUT_MULTIPLIER * (x @ weight(last))


def losses(recipe):
    model = Perceptron(recipe)
    recipe.initialize(model)  # that it draws is all that is asked of it
    with torch.no_grad():
        for k, (name, parameter) in enumerate(model.named_parameters()):
            one = recipe.PARAMETERS[name]
            parameter.copy_(one["deviation"] * waves(one["shape"], k + 1))
    x, y = waves((BATCH, recipe.PARAMETERS["w1"]["shape"][1]), 10), waves((BATCH,), 20)
    optimizers = recipe.make_optimizers(model)
    found = []
    for _ in range(STEPS):
        loss = ((model(x) - y) ** 2 / 2).mean()
        found.append(loss.item())
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return found


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    print(json.dumps({pathlib.Path(path).stem: losses(loaded(path)) for path in sys.argv[1:]}))
