"""Trains transformers' GPT2LMHeadModel by recipes of `nexort recipe --model`, in float64, and prints their losses.

    nexort recipe --model FOLDER --base-width 4 --optimizer adamw --learning-rate 0.02 --to torch --out adamw.py
    python3 bench/peers/recipe_gpt2.py FOLDER adamw.py ... > losses.json

FOLDER holds the config.json. The loss before each of 20 updates, by the name of the recipe's file: the cross-entropy of the
token that follows, at the last place of each text. Weights start at sines times the recipe's deviations, which needs no file.
"""

import importlib.util
import json
import math
import pathlib
import sys

import torch
from transformers import AutoConfig, AutoModelForCausalLM

STEPS, BATCH, TIME = 20, 3, 5


def waves(shape, phase):
    count = math.prod(shape)
    return torch.sin(1.7 * phase + 2.3 * torch.arange(count, dtype=torch.float64) + 0.4).reshape(shape)


def loaded(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def losses(folder, recipe):
    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").double().eval()
    recipe.initialize(model)  # that it draws is all that is asked of it
    names = list(recipe.PARAMETERS)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            one = recipe.PARAMETERS[name]
            parameter.copy_(one["start"] + one["deviation"] * waves(parameter.shape, names.index(name) + 1))
            parameter.requires_grad_()
    places = torch.arange(BATCH * TIME)
    tokens = ((7 * places * places + 3 * places) % config.vocab_size).reshape(BATCH, TIME)
    target = torch.tensor([(5 * k + 2) % config.vocab_size for k in range(BATCH)])
    optimizers = recipe.make_optimizers(model)
    found = []
    for _ in range(STEPS):
        logits = recipe.OUTPUT_MULTIPLIER * model(tokens).logits[:, -1]
        loss = torch.nn.functional.cross_entropy(logits, target)
        found.append(loss.item())
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    return found


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    folder, *paths = sys.argv[1:]
    print(json.dumps({pathlib.Path(path).stem: losses(folder, loaded(path)) for path in paths}))
