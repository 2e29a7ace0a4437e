"""Closed-form kernels of neural-tangents: the rival of bench/ntk.

In float64 on the CPU, the kernel function compiled by jax.jit, which returns the tangent kernel alone. The layers are
those of the case, whose names and settings are stax's own. bench/ntk/bench.ts says how it is started.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import jax
import neural_tangents
import numpy as np
from neural_tangents import stax
from peak import peak_bytes

jax.config.update("jax_enable_x64", True)


def layer(name, settings):
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}
    return getattr(stax, name)(**given)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--case", type=Path, required=True)
    arguments.add_argument("--stride", type=int, required=True)
    options = arguments.parse_args()
    case = json.loads((options.case / "case.json").read_text())
    shape = (case["examples"], *case["shape"])
    x1, x2 = (np.fromfile(options.case / f"{name}.f64").reshape(shape) for name in ("x1", "x2"))
    _, _, kernel_of = stax.serial(*(layer(*own) for own in case["layers"]))
    compiled = jax.jit(lambda a, b: kernel_of(a, b, "ntk"))
    answer = None
    for line in sys.stdin:
        ask = json.loads(line)["ask"]
        if ask == "describe":
            name = f"neural-tangents {neural_tangents.__version__}, jax {jax.__version__}, {jax.devices()[0].platform}"
            reply = {"name": name, "parameters": 0}
        elif ask == "run":
            wall, cpu = time.perf_counter(), time.process_time()
            answer = compiled(x1, x2).block_until_ready()
            reply = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        elif ask == "answer":
            reply = {"values": np.asarray(answer).flatten()[:: options.stride].tolist()}
        elif ask == "peak":
            reply = {"bytes": peak_bytes()}
        else:
            reply = {}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
