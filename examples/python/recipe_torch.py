"""Trains a perceptron in PyTorch by written recipes of two widths, and prints its losses by learning rate: in µP one rate serves both.

    npx nexort recipe --width 64 --to torch --out narrow.py
    npx nexort recipe --width 512 --to torch --out wide.py
    python3 examples/python/recipe_torch.py narrow.py wide.py
"""

import importlib.util
import math
import sys

import torch


def recipe_of(path):
    spec = importlib.util.spec_from_file_location("recipe", path)
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    return recipe


class Perceptron(torch.nn.Module):
    """Parameters have the recipe's names and shapes; the forward pass uses its multipliers."""

    def __init__(self, recipe):
        super().__init__()
        self.recipe = recipe
        for name, told in recipe.PARAMETERS.items():
            self.register_parameter(name, torch.nn.Parameter(torch.empty(told["shape"])))

    def forward(self, x):
        used = {name: self.recipe.MULTIPLIERS[name] * weight for name, weight in self.named_parameters()}
        *hidden, last = used.values()
        for weight in hidden:
            x = torch.tanh(x @ weight.T)
        return self.recipe.OUTPUT_MULTIPLIER * (x @ last)


def trained(recipe, factor, seed, steps=15):
    """The loss of a network after some steps, at a multiple of the recipe's learning rates."""
    generator = torch.Generator().manual_seed(seed)
    inputs = next(iter(recipe.PARAMETERS.values()))["shape"][-1]
    x, target = torch.randn(16, inputs, generator=generator), torch.randn(16, generator=generator)
    model = Perceptron(recipe)
    recipe.initialize(model, generator)
    optimizers = recipe.make_optimizers(model)
    for group in (group for optimizer in optimizers for group in optimizer.param_groups):
        group["lr"] *= factor
    loss = math.inf
    for _ in range(steps):
        value = (model(x) - target).square().mean()
        for optimizer in optimizers:
            optimizer.zero_grad()
        value.backward()
        for optimizer in optimizers:
            optimizer.step()
        loss = value.item()
    return loss


FACTORS = [1 / 16, 1 / 4, 1, 4, 16, 64]
for path in sys.argv[1:]:
    recipe = recipe_of(path)
    width = next(iter(recipe.PARAMETERS.values()))["shape"][0]
    losses = [sum(trained(recipe, factor, seed) for seed in range(2)) / 2 for factor in FACTORS]
    print(f"width {width}: losses", " ".join(f"{loss:.3f}" for loss in losses), "best factor", FACTORS[losses.index(min(losses))])
