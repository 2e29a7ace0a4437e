"""What the sides of bench/train in Python share: their options, the file of weights and batches, and the requests.

bench/train/case.ts says what the file holds, bench/harness/serve.ts how requests and replies look.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from peak import peak_bytes
from safetensors import safe_open

PREFIX = "batch."


def options():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--case", type=Path, required=True)
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--steps", type=int, required=True)
    return arguments.parse_args()


class Case:
    """Sizes and settings as dictionaries, and the tensors of the file in the framework's own type."""

    def __init__(self, file: Path, framework: str):
        self.file, self.framework = file, framework
        with safe_open(file, framework) as opened:
            metadata = opened.metadata()
            self.workload, self.adam = json.loads(metadata["workload"]), json.loads(metadata["adam"])
            names = list(opened.keys())
            self.batches = {name.removeprefix(PREFIX): opened.get_tensor(name) for name in names if name.startswith(PREFIX)}
            self.names = [name for name in names if not name.startswith(PREFIX)]

    def weights(self):
        """The initial weights, read anew."""
        with safe_open(self.file, self.framework) as opened:
            return {name: opened.get_tensor(name) for name in self.names}

    def rows(self):
        """What each step sees, in turn: inputs and targets."""
        inputs = self.batches["x" if self.workload["net"] == "mlp" else "tokens"]
        return list(zip(inputs, self.batches["target"]))


def serve(name: str, parameters: int, steps: int, step, prepare):
    """Answers requests until stdin ends; step(k) is a step of training and gives its loss as a number."""
    losses = []
    for line in sys.stdin:
        ask = json.loads(line)["ask"]
        if ask == "describe":
            reply = {"name": name, "parameters": parameters}
        elif ask == "prepare":
            prepare()
            reply = {}
        elif ask == "run":
            wall, cpu = time.perf_counter(), time.process_time()
            losses = [step(k) for k in range(steps)]
            reply = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        elif ask == "answer":
            reply = {"values": losses}
        else:
            reply = {"bytes": peak_bytes()}
        print(json.dumps(reply), flush=True)
