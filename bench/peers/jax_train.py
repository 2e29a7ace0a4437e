"""Training in JAX: a rival of bench/train.

On the CPU, float32, the whole step compiled by jax.jit, its state donated; Adam written out. The networks are exactly
those of bench/train/case.ts, held as one does here: the weights of queries, keys and values are one matrix, and a gain is
1 plus what the file holds, which changes nothing about how either is trained.

bench/train/peers.ts says how it is started.
"""

from functools import partial

import jax
import jax.numpy as jnp
from train_side import Case, options, serve

QKV = ("query", "key", "value")
EPSILON = 1e-5  # of layer norms


class Mlp:
    def __init__(self, workload):
        self.depth = workload["depth"]

    @staticmethod
    def held(weights):
        return weights

    def logits(self, p, x):
        for layer in range(1, self.depth + 1):
            x = jax.nn.relu(x @ p[f"w{layer}"].T + p[f"b{layer}"])
        return x @ p[f"w{self.depth + 1}"].T


class Gpt:
    def __init__(self, workload):
        self.depth, self.heads, self.width = workload["depth"], workload["heads"], workload["width"]

    def held(self, weights):
        held = {}
        for layer in range(1, self.depth + 1):
            own = [weights.pop(f"{part}{layer}") for part in QKV]
            held[f"qkv{layer}"] = jnp.concatenate([value.reshape(-1, self.width) for value in own])
            held[f"mix{layer}"] = weights.pop(f"mix{layer}").reshape(self.width, -1)
            for part in ("query", "value"):
                held[f"{part}Bias{layer}"] = weights.pop(f"{part}Bias{layer}").reshape(-1)
        for name, value in weights.items():
            held[name] = 1 + value if name.startswith("gain") else value
        return held

    def norm(self, p, name, x):
        centered = x - x.mean(-1, keepdims=True)
        variance = jnp.square(centered).mean(-1, keepdims=True)
        return centered * jax.lax.rsqrt(variance + EPSILON) * p[f"gain{name}"] + p[f"shift{name}"]

    def attention(self, p, layer, x):
        bias = jnp.concatenate([p[f"queryBias{layer}"], jnp.zeros(self.width), p[f"valueBias{layer}"]])
        parts = (x @ p[f"qkv{layer}"].T + bias).reshape(*x.shape[:-1], 3, self.heads, -1)
        query, key, value = (parts[..., k, :, :] for k in range(3))
        mixed = jax.nn.dot_product_attention(query, key, value, is_causal=True)
        return mixed.reshape(x.shape) @ p[f"mix{layer}"].T + p[f"mixBias{layer}"]

    def feed(self, p, layer, x):
        inner = jax.nn.gelu(x @ p[f"up{layer}"].T + p[f"upBias{layer}"], approximate=False)
        return inner @ p[f"down{layer}"].T + p[f"downBias{layer}"]

    def logits(self, p, tokens):
        x = p["embedding"][tokens] + p["position"]
        for layer in range(1, self.depth + 1):
            x = x + self.attention(p, layer, self.norm(p, f"Attention{layer}", x))
            x = x + self.feed(p, layer, self.norm(p, f"Feed{layer}", x))
        return self.norm(p, "Final", x) @ p["unembedding"].T


def step_of(net, adam):
    beta1, beta2 = adam["beta1"], adam["beta2"]

    def loss(p, inputs, target):
        logits = net.logits(p, inputs)
        chosen = jnp.take_along_axis(logits, target[..., None], axis=-1)[..., 0]
        return (jax.nn.logsumexp(logits, axis=-1) - chosen).mean()

    @partial(jax.jit, donate_argnums=0)
    def step(state, inputs, target):
        p, first, second, count = state
        value, gradients = jax.value_and_grad(loss)(p, inputs, target)
        count = count + 1
        first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
        second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
        unbiased1, unbiased2 = 1 - beta1**count, 1 - beta2**count

        def moved(w, m, v):
            return w - adam["rate"] * (m / unbiased1) / (jnp.sqrt(v / unbiased2) + adam["epsilon"])

        return (jax.tree.map(moved, p, first, second), first, second, count), value

    return step


def main():
    given = options()
    case = Case(given.case, "numpy")
    net = (Mlp if case.workload["net"] == "mlp" else Gpt)(case.workload)
    batches = [(jnp.array(inputs), jnp.array(target)) for inputs, target in case.rows()]
    case.batches = None
    compiled = step_of(net, case.adam)
    state = None

    def prepare():
        nonlocal state
        state = None
        p = net.held({name: jnp.array(value) for name, value in case.weights().items()})
        state = (p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.float32(0))
        jax.block_until_ready(state)

    def step(k):
        nonlocal state
        state, loss = compiled(state, *batches[k % len(batches)])
        loss = loss.item()
        if k == given.steps - 1:
            jax.block_until_ready(state)
        return loss

    prepare()
    count = sum(value.size for value in jax.tree.leaves(state[0]))
    name = f"jax {jax.__version__} on {jax.default_backend()}, {given.threads} threads, jit"
    serve(name, count, given.steps, step, prepare)


if __name__ == "__main__":
    main()
