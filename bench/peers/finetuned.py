"""Compares the logits of a folder that nexort finetune has saved, in transformers, with nexort's own.

    python finetuned.py RUN/model LOGITS.json
    python finetuned.py MODEL LOGITS.json --adapter RUN/adapter

LOGITS.json is what `node --import tsx bench/peers/finetuned.ts RUN/model LOGITS.json` has written: token ids of texts in
their prompt, the position that is read, the label words' ids (none without a prompt), and the logits. The end is 1 where a
logit differs by more than 1e-4. Needs torch, transformers 5, and for adapters peft 0.21.
"""

import argparse
import json
import sys

import torch
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification

TOLERANCE = 1e-4

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("logits")
parser.add_argument("--adapter")
arguments = parser.parse_args()

with open(arguments.logits, encoding="utf-8") as file:
    expected = json.load(file)
words = len(expected["labels"]) > 0
kind = AutoModelForMaskedLM if words else AutoModelForSequenceClassification
model, loading = kind.from_pretrained(arguments.model, dtype=torch.float32, output_loading_info=True)
if arguments.adapter is not None:
    from peft import PeftModel

    model = PeftModel.from_pretrained(model, arguments.adapter)
model.eval()

worst = 0.0
with torch.no_grad():
    for text in expected["texts"]:
        logits = model(input_ids=torch.tensor([text["ids"]])).logits[0]
        found = logits[text["position"]][expected["labels"]] if words else logits
        worst = max(worst, (found - torch.tensor(text["logits"])).abs().max().item())
missing = sorted(loading["missing_keys"])
print(json.dumps({"texts": len(expected["texts"]), "largest_difference": worst, "missing": missing}))
sys.exit(0 if worst <= TOLERANCE and not missing else 1)
