"""Prints the label words' logits of checkpoints folder by folder: ids by tokenizers 0.23.3, the model in numpy 2.4 (64 bits).

  python logits.py FOLDER... > logits.jsonl   (BERT or XLM-RoBERTa with config.json, tokenizer.json, task.json, data.jsonl)
A prompt is put together from pieces as LM-BFF does: each is tokenized alone.
"""

import json
import math
import re
import struct
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

erf = np.vectorize(math.erf)


def read_tensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    types = {"F16": np.float16, "F32": np.float32}
    return {
        re.sub(r"^(bert|roberta)\.", "", name): np.frombuffer(
            data[8 + length + entry["data_offsets"][0] : 8 + length + entry["data_offsets"][1]], types[entry["dtype"]]
        ).reshape(entry["shape"]).astype(np.float64)
        for name, entry in header.items()
    }


def forward(tensors, config, ids, place):
    def linear(x, name):
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(x, name):
        centered = x - x.mean(-1, keepdims=True)
        scaled = centered / np.sqrt((centered**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    gelu = lambda x: x * (1 + erf(x / math.sqrt(2))) / 2
    roberta = "roberta" in config["model_type"]
    start = config["pad_token_id"] + 1 if roberta else 0
    positions = np.arange(start, start + len(ids))
    word = tensors["embeddings.word_embeddings.weight"]
    x = word[ids] + tensors["embeddings.position_embeddings.weight"][positions] + tensors["embeddings.token_type_embeddings.weight"][0]
    x = norm(x, "embeddings.LayerNorm")
    heads = config["num_attention_heads"]
    split = lambda y: y.reshape(len(ids), heads, -1).transpose(1, 0, 2)
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        q, k, v = (split(linear(x, f"{at}.attention.self.{name}")) for name in ("query", "key", "value"))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        mixed = (weights @ v).transpose(1, 0, 2).reshape(len(ids), -1)
        x = norm(x + linear(mixed, f"{at}.attention.output.dense"), f"{at}.attention.output.LayerNorm")
        x = norm(x + linear(gelu(linear(x, f"{at}.intermediate.dense")), f"{at}.output.dense"), f"{at}.output.LayerNorm")
    head = "lm_head" if roberta else "cls.predictions.transform"
    norm_name = "lm_head.layer_norm" if roberta else "cls.predictions.transform.LayerNorm"
    hidden = norm(gelu(linear(x[place], f"{head}.dense")), norm_name)
    return word @ hidden + tensors["lm_head.bias" if roberta else "cls.predictions.bias"]


for folder in map(Path, sys.argv[1:]):
    config, task = (json.loads((folder / name).read_text()) for name in ("config.json", "task.json"))
    tensors = read_tensors(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    first, last, mask = (next(i for i in map(tokenizer.token_to_id, names) if i is not None) for names in (("[CLS]", "<s>"), ("[SEP]", "</s>"), ("[MASK]", "<mask>")))
    labels = [encode(label["word"])[0] for label in task["labels"]]
    before, after = re.fullmatch(r"\{a\}(.*)\{m\}(.*)", task["prompt"]).groups()
    rows = []
    for line in (folder / "data.jsonl").read_text().splitlines():
        example = json.loads(line)
        start = [first, *encode(example["text"]), *encode(before.replace("_", " "))]
        ids = [*start, mask, *encode(after), last]
        logits = forward(tensors, config, ids, len(start))[labels]
        rows.append({"ids": " ".join(map(str, ids)), "logits": [round(float(x), 6) for x in logits]})
    print(json.dumps({"folder": folder.name, "rows": rows}, separators=(",", ":")))
