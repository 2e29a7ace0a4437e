"""Writes checkpointCases.json: small checkpoints with the logits of transformers in 64 bits.

Needs Python 3.11, torch 2.15, transformers 5.24, safetensors 0.8. A case is a config.json and tensors by name, whose
numbers come from a generator that checkpointCases.test.ts has too. `npm run format` lays the file out.
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForMaskedLM

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)

IDS = [2, 9, 4, 16, 7, 7, 3]
PLACE = 3
LABELS = [5, 11, 0]
WIDTH, WIDE, VOCABULARY, POSITIONS, LAYERS = 8, 12, 17, 12, 2


def numbers(seed, count, center, scale):
    """Multiples of 2^-16 from a linear congruential generator: exact in 32 bits."""
    state, values = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(center + scale * ((state // 2**16) / 2**15 - 1))
    return values


def config(family, **changes):
    entries = {
        "model_type": family,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": POSITIONS,
        "type_vocab_size": 2,
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "intermediate_size": WIDE,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "pad_token_id": 0 if family == "bert" else 1,
        "tie_word_embeddings": True,
    }
    entries.update(changes)
    return {name: value for name, value in entries.items() if value is not None}


def shapes(family):
    base = "bert" if family == "bert" else "roberta"
    found = {f"{base}.embeddings.{name}_embeddings.weight": [rows, WIDTH]
             for name, rows in (("word", VOCABULARY), ("position", POSITIONS), ("token_type", 2))}
    norm = lambda path: {f"{path}.weight": [WIDTH], f"{path}.bias": [WIDTH]}
    dense = lambda path, out, into: {f"{path}.weight": [out, into], f"{path}.bias": [out]}
    found |= norm(f"{base}.embeddings.LayerNorm")
    for k in range(LAYERS):
        block = f"{base}.encoder.layer.{k}"
        for name in ("query", "key", "value"):
            found |= dense(f"{block}.attention.self.{name}", WIDTH, WIDTH)
        found |= dense(f"{block}.attention.output.dense", WIDTH, WIDTH) | norm(f"{block}.attention.output.LayerNorm")
        found |= dense(f"{block}.intermediate.dense", WIDE, WIDTH) | dense(f"{block}.output.dense", WIDTH, WIDE)
        found |= norm(f"{block}.output.LayerNorm")
    if base == "bert":
        found |= dense("cls.predictions.transform.dense", WIDTH, WIDTH) | norm("cls.predictions.transform.LayerNorm")
        found["cls.predictions.bias"] = [VOCABULARY]
    else:
        found |= dense("lm_head.dense", WIDTH, WIDTH) | norm("lm_head.layer_norm")
        found["lm_head.bias"] = [VOCABULARY]
    return found


def tensor(seed, name, shape):
    is_gain = name.lower().endswith("norm.weight")
    return {"shape": shape, "seed": seed, "center": 1 if is_gain else 0, "scale": 0.5 if is_gain else 1}


def case(title, family="bert", change=None, **entries):
    tensors = {name: tensor(k + 1, name, shape) for k, (name, shape) in enumerate(shapes(family).items())}
    if change is not None:
        change(tensors)
    base = "bert" if family == "bert" else "roberta"
    return {"title": title, "family": base, "config": config(family, **entries), "tensors": tensors}


HEADS = {"bert": "cls.predictions", "roberta": "lm_head"}
TABLES = {family: f"{family}.embeddings.word_embeddings.weight" for family in HEADS}


def with_decoder(family, weight=None, bias=None, without=()):
    """Adds a decoder's weight and bias: "own", "copy" or None; takes tensors away."""

    def change(tensors):
        head = HEADS[family]
        for kind, chosen, tied, shape in (("weight", weight, TABLES[family], [VOCABULARY, WIDTH]),
                                          ("bias", bias, f"{head}.bias", [VOCABULARY])):
            if chosen == "own":
                tensors[f"{head}.decoder.{kind}"] = tensor(1001, kind, shape)
            elif chosen == "copy":
                tensors[f"{head}.decoder.{kind}"] = dict(tensors[tied])
        for name in without:
            del tensors[name]

    return change


def stored_as(dtype):
    def change(tensors):
        for entry in tensors.values():
            entry["dtype"] = dtype

    return change


def cases():
    for name in ("gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_python", "gelu_pytorch_tanh", "gelu_python_tanh",
                 "gelu_accurate", "hardswish", "laplace", "leaky_relu", "linear", "mish", "quick_gelu", "relu", "relu2",
                 "relu6", "sigmoid", "silu", "swish", "tanh"):
        yield case(f"bert, {name}", hidden_act=name)
    for name in ("gelu", "relu", "silu", "gelu_new"):
        yield case(f"roberta, {name} (gelu in the head)", "roberta", hidden_act=name)
    for family in HEADS:
        head = HEADS[family]
        for tied in (True, False):
            word = "tied" if tied else "untied"
            for weight in ("own", "copy", None):
                for bias in ("own", "copy", None):
                    if not tied and (weight is None or bias is None):
                        continue  # the reference starts these anew
                    title = f"{family}, {word}; decoder.weight {weight or 'absent'}, decoder.bias {bias or 'absent'}"
                    yield case(title, family, with_decoder(family, weight, bias), tie_word_embeddings=tied)
        yield case(f"{family}, only decoder.bias", family, with_decoder(family, None, "own", (f"{head}.bias",)))
        yield case(f"{family}, only the decoder's weight", family, with_decoder(family, "own", None, (TABLES[family],)))
    yield case("bert, tie_word_embeddings absent, another decoder", "bert", with_decoder("bert", "own", "own"),
               tie_word_embeddings=None)
    for family in ("bert", "roberta"):
        yield case(f"{family}, entries absent", family, layer_norm_eps=None, type_vocab_size=None, hidden_act=None,
                   tie_word_embeddings=None, pad_token_id=None)
    yield case("camembert, entries absent", "camembert", layer_norm_eps=None, type_vocab_size=None, pad_token_id=None)
    yield case("xlm-roberta, entries absent", "xlm-roberta", layer_norm_eps=None, type_vocab_size=None, pad_token_id=None)
    yield case("bert, 64 bits", "bert", stored_as("F64"))

    def old(tensors):
        for name in list(tensors):
            if "LayerNorm" in name:
                tensors[name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")] = tensors.pop(name)
        tensors["bert.pooler.dense.weight"] = tensor(2001, "pooler", [WIDTH, WIDTH])
        tensors["cls.seq_relationship.weight"] = tensor(2002, "next", [2, WIDTH])

    yield case("bert, old names and unused heads", "bert", old)


def logits(one):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(one["config"]))
        stored = {}
        for name, entry in one["tensors"].items():
            count = torch.tensor(entry["shape"]).prod().item()
            values = numbers(entry["seed"], count, entry["center"], entry["scale"])
            dtype = torch.float64 if entry.get("dtype") == "F64" else torch.float32
            stored[name] = torch.tensor(values, dtype=torch.float64).reshape(entry["shape"]).to(dtype)
        save_file(stored, str(Path(folder) / "model.safetensors"), {"format": "pt"})
        model, info = AutoModelForMaskedLM.from_pretrained(folder, output_loading_info=True, attn_implementation="eager")
        missing = sorted(info["missing_keys"])
        if missing:
            raise ValueError(f"{one['title']}: {missing}")
        with torch.no_grad():
            found = model.eval().double()(input_ids=torch.tensor([IDS])).logits
        return found[0, PLACE, LABELS].tolist()


def told(one):
    """A case as the file has it: its tensors as what differs from those of its architecture."""
    usual = FAMILIES[one["family"]]
    changed = {name: entry for name, entry in one["tensors"].items() if usual.get(name) != entry}
    absent = [name for name in usual if name not in one["tensors"]]
    return {"title": one["title"], "family": one["family"], "config": one["config"], "changed": changed, "absent": absent,
            "logits": logits(one)}


FAMILIES = {family: case("", family)["tensors"] for family in HEADS}
made = [told(one) for one in cases()]
document = {"ids": IDS, "place": PLACE, "labels": LABELS, "tensors": FAMILIES, "cases": made}
text = json.dumps(document, separators=(",", ":"))
(Path(__file__).parent / "checkpointCases.json").write_text(text.replace('{"title"', '\n{"title"') + "\n")
print(f"{len(made)} cases, transformers {transformers.__version__}")
