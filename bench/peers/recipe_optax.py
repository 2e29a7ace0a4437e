"""Trains multilayer perceptrons by recipes of `nexort recipe --to optax`, in float64, and prints their losses.

    nexort recipe --width 32 --base-width 8 --input 3 --optimizer muon --learning-rate 0.05 --to optax --out muon.py
    python3 bench/peers/recipe_optax.py muon.py ... > losses.json

jax 0.4.25 and optax 0.2.2. Network, data, initial weights and losses are those of recipe_torch.py, so that the same recipe
has the same losses.
"""

import importlib.util
import json
import math
import pathlib
import sys

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import optax

STEPS, BATCH = 20, 8


def waves(shape, phase):
    count = math.prod(shape)
    return jnp.sin(1.7 * phase + 2.3 * jnp.arange(count, dtype=jnp.float64) + 0.4).reshape(shape)


def loaded(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def losses(recipe):
    recipe.initialize(jax.random.PRNGKey(0))  # that it draws is all that is asked of it
    parameters = {
        name: one["deviation"] * waves(one["shape"], k + 1) for k, (name, one) in enumerate(recipe.PARAMETERS.items())
    }
    *hidden, last = recipe.PARAMETERS
    x, y = waves((BATCH, recipe.PARAMETERS["w1"]["shape"][1]), 10), waves((BATCH,), 20)

    def loss_of(parameters):
        weight = lambda name: recipe.MULTIPLIERS[name] * parameters[name]
        h = x
        for name in hidden:
            h = jnp.tanh(h @ weight(name).T)
        return jnp.mean((recipe.OUTPUT_MULTIPLIER * (h @ weight(last)) - y) ** 2 / 2)

    optimizer = recipe.make_optimizer()
    state = optimizer.init(parameters)
    found = []
    for _ in range(STEPS):
        loss, gradients = jax.value_and_grad(loss_of)(parameters)
        found.append(float(loss))
        updates, state = optimizer.update(gradients, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
    return found


if __name__ == "__main__":
    print(json.dumps({pathlib.Path(path).stem: losses(loaded(path)) for path in sys.argv[1:]}))
