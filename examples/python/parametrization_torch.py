"""Trains perceptrons in PyTorch with the numbers of a parametrization, and shows how far features move at two widths.

    npx nexort classify --parametrization mup --depth 2 --width 256 --base-width 64 --json > narrow.json
    npx nexort classify --parametrization mup --depth 2 --width 1024 --base-width 64 --json > wide.json
    python3 examples/python/parametrization_torch.py 256 narrow.json 1024 wide.json
"""

import json
import sys

import torch


class Layer(torch.nn.Module):
    """x -> multiplier · x wᵀ, w of the deviation that is told."""

    def __init__(self, inputs, outputs, scales, start):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(outputs, inputs) * scales["deviation"] * start)
        self.multiplier = scales["multiplier"]

    def forward(self, x):
        return self.multiplier * torch.nn.functional.linear(x, self.weight)


def moved(width, layers, base, seed, rate=1e-3, steps=3):
    """How far the preactivations of the last features are from where they started, as a root mean square."""
    torch.manual_seed(seed)
    scales = [layer["scales"] for layer in layers]
    # At the base width the network is a standard one: deviations are 1/√fan-in there.
    sizes = [(8, width, 8**-0.5), *[(width, width, base**-0.5)] * (len(scales) - 2), (width, 1, base**-0.5)]
    net = torch.nn.ModuleList(Layer(*size[:2], scale, size[2]) for size, scale in zip(sizes, scales))
    groups = [{"params": layer.parameters(), "lr": rate * scale["rate"]} for layer, scale in zip(net, scales)]
    optimizer = torch.optim.Adam(groups, eps=1e-12)
    x, target = torch.randn(4, 8), torch.randn(4)

    def preactivations():
        h = net[0](x)
        for layer in net[1:-1]:
            h = layer(torch.tanh(h))
        return h

    start = preactivations().detach()
    for _ in range(steps):
        optimizer.zero_grad()
        (net[-1](torch.tanh(preactivations())).squeeze(1) - target).square().mean().backward()
        optimizer.step()
    return (preactivations().detach() - start).square().mean().sqrt().item()


found = []
for width, path in zip(sys.argv[1::2], sys.argv[2::2]):
    told = json.load(open(path))
    squares = [moved(int(width), told["layers"], told["baseWidth"], seed) ** 2 for seed in range(16)]
    found.append((sum(squares) / len(squares)) ** 0.5)
    print(f"{told['parametrization']}, width {width}: preactivations moved by {found[-1]:.4f}")
print(f"ratio {found[-1] / found[0]:.2f}")
