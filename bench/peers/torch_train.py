"""Training in PyTorch: a rival of bench/train.

Eager mode, float32, the fused Adam, layers of torch.nn.functional. The networks are exactly those of bench/train/case.ts,
held as one does here: the weights of queries, keys and values are one matrix, and a gain is 1 plus what the file holds,
which changes nothing about how either is trained.

bench/train/peers.ts says how it is started.
"""

import torch
import torch.nn.functional as F
from train_side import Case, options, serve

QKV = ("query", "key", "value")
EPSILON = 1e-5  # of layer norms


class Mlp:
    def __init__(self, workload):
        self.depth = workload["depth"]

    @staticmethod
    def held(weights):
        return weights

    def loss(self, p, x, target):
        for layer in range(1, self.depth + 1):
            x = F.relu(F.linear(x, p[f"w{layer}"], p[f"b{layer}"]))
        return F.cross_entropy(F.linear(x, p[f"w{self.depth + 1}"]), target)


class Gpt:
    def __init__(self, workload):
        self.depth, self.heads, self.width = workload["depth"], workload["heads"], workload["width"]
        self.no_key_bias = torch.zeros(self.width)

    def held(self, weights):
        held = {}
        for layer in range(1, self.depth + 1):
            own = [weights.pop(f"{part}{layer}") for part in QKV]
            held[f"qkv{layer}"] = torch.cat([value.reshape(-1, self.width) for value in own])
            held[f"mix{layer}"] = weights.pop(f"mix{layer}").reshape(self.width, -1)
            for part in ("query", "value"):
                held[f"{part}Bias{layer}"] = weights.pop(f"{part}Bias{layer}").reshape(-1)
        for name, value in weights.items():
            held[name] = 1 + value if name.startswith("gain") else value
        return held

    def norm(self, p, name, x):
        return F.layer_norm(x, (self.width,), p[f"gain{name}"], p[f"shift{name}"], EPSILON)

    def attention(self, p, layer, x):
        bias = torch.cat([p[f"queryBias{layer}"], self.no_key_bias, p[f"valueBias{layer}"]])
        parts = F.linear(x, p[f"qkv{layer}"], bias).unflatten(-1, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return F.linear(mixed.transpose(1, 2).flatten(-2), p[f"mix{layer}"], p[f"mixBias{layer}"])

    def feed(self, p, layer, x):
        inner = F.gelu(F.linear(x, p[f"up{layer}"], p[f"upBias{layer}"]))
        return F.linear(inner, p[f"down{layer}"], p[f"downBias{layer}"])

    def loss(self, p, tokens, target):
        x = F.embedding(tokens, p["embedding"]) + p["position"]
        for layer in range(1, self.depth + 1):
            x = x + self.attention(p, layer, self.norm(p, f"Attention{layer}", x))
            x = x + self.feed(p, layer, self.norm(p, f"Feed{layer}", x))
        logits = F.linear(self.norm(p, "Final", x), p["unembedding"])
        return F.cross_entropy(logits.flatten(0, -2), target.flatten())


class Encoder:
    """BERT with its head of words at one place; the decoder is the table of word embeddings."""

    BLOCK = "bert.encoder.layer"
    HEAD = "cls.predictions"
    EPSILON = 1e-12

    def __init__(self, workload):
        self.depth, self.heads, self.width = workload["depth"], workload["heads"], workload["width"]
        self.place, self.labels = workload["place"], torch.tensor(workload["labels"])

    def held(self, weights):
        held = {}
        for layer in range(self.depth):
            attention = f"{self.BLOCK}.{layer}.attention"
            for kind, shape in (("weight", (-1, self.width)), ("bias", (-1,))):
                own = [weights.pop(f"{attention}.self.{part}.{kind}") for part in QKV]
                held[f"{attention}.qkv.{kind}"] = torch.cat([value.reshape(shape) for value in own])
            mix = f"{attention}.output.dense.weight"
            held[mix] = weights.pop(mix).reshape(self.width, -1)
        return held | weights

    def linear(self, p, name, x):
        return F.linear(x, p[f"{name}.weight"], p[f"{name}.bias"])

    def norm(self, p, name, x):
        return F.layer_norm(x, (self.width,), p[f"{name}.weight"], p[f"{name}.bias"], self.EPSILON)

    def block(self, p, name, x):
        parts = self.linear(p, f"{name}.attention.qkv", x).unflatten(-1, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(-2)
        output = f"{name}.attention.output"
        x = self.norm(p, f"{output}.LayerNorm", x + self.linear(p, f"{output}.dense", mixed))
        inner = F.gelu(self.linear(p, f"{name}.intermediate.dense", x))
        return self.norm(p, f"{name}.output.LayerNorm", x + self.linear(p, f"{name}.output.dense", inner))

    def loss(self, p, tokens, target):
        words = p["bert.embeddings.word_embeddings.weight"]
        x = F.embedding(tokens, words) + p["bert.embeddings.position_embeddings.weight"]
        x = self.norm(p, "bert.embeddings.LayerNorm", x + p["bert.embeddings.token_type_embeddings.weight"][0])
        for layer in range(self.depth):
            x = self.block(p, f"{self.BLOCK}.{layer}", x)
        features = F.gelu(self.linear(p, f"{self.HEAD}.transform.dense", x[:, self.place]))
        features = self.norm(p, f"{self.HEAD}.transform.LayerNorm", features)
        logits = F.linear(features, words[self.labels], p[f"{self.HEAD}.bias"][self.labels])
        return F.cross_entropy(logits, target)


def indices(value):
    return value if value.is_floating_point() else value.long()


def main():
    given = options()
    torch.set_num_threads(given.threads)
    torch.set_num_interop_threads(1)
    case = Case(given.case, "pt")
    net = {"mlp": Mlp, "gpt": Gpt, "encoder": Encoder}[case.workload["net"]](case.workload)
    batches = [(indices(inputs).clone(), indices(target).clone()) for inputs, target in case.rows()]
    case.batches = None
    # Clones, for the tensors of the file are views of it.
    parameters = {name: value.clone().requires_grad_() for name, value in net.held(case.weights()).items()}
    adam = case.adam
    optimizer = torch.optim.Adam(
        parameters.values(), lr=adam["rate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"], fused=True
    )

    def step(k):
        loss = net.loss(parameters, *batches[k % len(batches)])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def prepare():
        with torch.no_grad():
            for name, value in net.held(case.weights()).items():
                parameters[name].copy_(value)
            for state in optimizer.state.values():
                for value in state.values():
                    value.zero_()

    count = sum(value.numel() for value in parameters.values())
    name = f"torch {torch.__version__}, {torch.get_num_threads()} threads, fused Adam"
    serve(name, count, given.steps, step, prepare)


if __name__ == "__main__":
    main()
