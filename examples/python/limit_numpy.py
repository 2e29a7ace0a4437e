"""Reads a limit of training, prints losses by step beside the widest networks, and fits the approach again in numpy.

    npx nexort limit --json > limit.json
    python3 examples/python/limit_numpy.py limit.json
"""

import json
import sys

import numpy as np

limit = json.load(open(sys.argv[1]))
widest = limit["finite"][-1]
print(limit["kind"], "limit of", limit["net"], "with", limit["optimizer"])
for step, (loss, beside) in enumerate(zip(limit["losses"], widest["losses"])):
    print(f"step {step}: {loss['value']:.4f} ± {loss['standardError']:.4f}, at width {widest['width']} {beside:.4f}")

# Outputs by time and example, of every width as means over networks.
outputs = np.array(limit["outputs"])
networks = np.array([width["outputs"] for width in limit["finite"]])
print("outputs", outputs.shape, "and", networks.shape)

widths, distances, errors = (np.array([one[key] for one in limit["finite"]]) for key in ("width", "distance", "standardError"))
slope, _ = np.polyfit(np.log(widths), np.log(distances), 1, w=distances / errors)
print(f"exponent {slope:.4f}, nexort {limit['exponent']:.4f}")
assert abs(slope - limit["exponent"]) < 1e-6
