"""The kernel of vectorised per-example gradients, in PyTorch: the rival of bench/kernel.

K[i, j] = <grad f(x_i), grad f(x_j)> over weights, biases and layer norms of the encoder blocks of a BERT checkpoint, where
f is a fixed linear functional of the first token's features; for SignGD's kernel, of the signs of these gradients. Gradients by torch.func in float32, vmap(jacrev) or
vmap(grad), so many examples at a time; then one product per parameter. Attention is written out because vmap runs
torch's fused one example by example. bench/kernel/peer.ts says which settings are rivals, bench/README.md what they cost.

Talks JSON lines on stdin and stdout, as bench/harness/serve.ts says.
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from peak import peak_bytes
from safetensors.torch import load_file
from torch.func import grad, jacrev, vmap

TRANSFORMS = {"grad": grad, "jacrev": jacrev}


class Encoder:
    """A BERT checkpoint: embeddings held fixed, blocks as a dictionary of parameters."""

    def __init__(self, folder: Path):
        config = json.loads((folder / "config.json").read_text())
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.epsilon = config["layer_norm_eps"]
        tensors = load_file(folder / "model.safetensors")
        self.parameters = {name: value for name, value in tensors.items() if ".encoder.layer." in name}
        self.fixed = {name: value for name, value in tensors.items() if name not in self.parameters}

    def norm(self, p, name, x):
        return F.layer_norm(x, x.shape[-1:], p[f"{name}.weight"], p[f"{name}.bias"], self.epsilon)

    def embed(self, tokens):
        table = {name.removeprefix("bert.embeddings."): value for name, value in self.fixed.items()}
        positions = table["position_embeddings.weight"][: tokens.shape[1]]
        x = table["word_embeddings.weight"][tokens] + positions + table["token_type_embeddings.weight"][0]
        return self.norm(table, "LayerNorm", x)

    def block(self, p, layer, x):
        name = f"bert.encoder.layer.{layer}"

        def linear(part, value):
            return F.linear(value, p[f"{name}.{part}.weight"], p[f"{name}.{part}.bias"])

        def heads(value):
            return value.unflatten(-1, (self.heads, -1)).transpose(0, 1)

        query, key, value = (heads(linear(f"attention.self.{part}", x)) for part in ("query", "key", "value"))
        scores = (query / math.sqrt(query.shape[-1])) @ key.transpose(-1, -2)
        mixed = (scores.softmax(-1) @ value).transpose(0, 1).flatten(-2)
        x = self.norm(p, f"{name}.attention.output.LayerNorm", x + linear("attention.output.dense", mixed))
        inner = F.gelu(linear("intermediate.dense", x))
        return self.norm(p, f"{name}.output.LayerNorm", x + linear("output.dense", inner))

    def first(self, p, x):
        """Features of the first token of one example whose embedded tokens are x."""
        for layer in range(self.layers):
            x = self.block(p, layer, x)
        return x[0]


def kernel(encoder: Encoder, tokens, functional, transform, chunk: int, signs: bool):
    gradients_of = vmap(transform(lambda p, x: encoder.first(p, x) @ functional), in_dims=(None, 0))
    chunks = [gradients_of(encoder.parameters, encoder.embed(part)) for part in tokens.split(chunk)]
    total = torch.zeros(len(tokens), len(tokens))
    for name in encoder.parameters:
        parts = [part[name].flatten(1) for part in chunks]
        side = parts[0] if len(parts) == 1 else torch.cat(parts)
        if signs:
            side = side.sign_()
        total.addmm_(side, side.T)
    return total


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--model", type=Path, required=True)
    arguments.add_argument("--inputs", type=Path, required=True)
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--transform", choices=TRANSFORMS, required=True)
    arguments.add_argument("--chunk", type=int, required=True)
    arguments.add_argument("--kernel", choices=("sgd", "signgd"), default="sgd")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    encoder = Encoder(options.model)
    inputs = json.loads(options.inputs.read_text())
    tokens, functional = torch.tensor(inputs["tokens"]), torch.tensor(inputs["functional"])
    answer = None
    for line in sys.stdin:
        ask = json.loads(line)["ask"]
        if ask == "describe":
            count = sum(value.numel() for value in encoder.parameters.values())
            how = f"vmap({options.transform}) by {options.chunk}, {options.kernel}"
            name = f"torch {torch.__version__}, {torch.get_num_threads()} threads, {how}"
            reply = {"name": name, "parameters": count}
        elif ask == "run":
            wall, cpu = time.perf_counter(), time.process_time()
            transform, signs = TRANSFORMS[options.transform], options.kernel == "signgd"
            answer = kernel(encoder, tokens, functional, transform, options.chunk, signs)
            reply = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        elif ask == "answer":
            reply = {"values": answer.flatten().tolist()}
        else:
            reply = {"bytes": peak_bytes()}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
