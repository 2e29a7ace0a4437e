"""Prints the reference values of expectation.test.ts; needs Python 3 and mpmath."""

from mpmath import erf, exp, linspace, log, mp, mpf, ncdf, npdf, sqrt, tanh
from mpmath.calculus.quadrature import GaussLegendre

mp.dps = 20

# 24 points for each panel.
NODES = GaussLegendre(mp).get_nodes(mpf(-1), mpf(1), 4, mp.prec)


def quad(f, points):
    total = mpf(0)
    for low, high in zip(points, points[1:]):
        center, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
        total += half * sum(weight * f(center + half * node) for node, weight in NODES)
    return total


STANDARD = linspace(-12, 12, 25)


def fine(scale):
    """Ends of panels for a function that changes near 0 on the given scale."""
    near = [mpf(scale) * k for k in (0.25, 0.5, 1, 2, 3, 5, 8, 16, 40)]
    far = [x for x in (0.5, 1, 2, 3, 4.5, 6, 8, 10, 13) if x > 40 * scale]
    return [-x for x in reversed(far)] + [-x for x in reversed(near)] + [0] + near + far


def one(f, variance, points=STANDARD):
    s = sqrt(mpf(variance))
    return quad(lambda z: f(s * z) * npdf(z), points)


def two(f, g, xx, xy, yy, points=STANDARD):
    """E f(x, E[g(x, y) | x]), the inner mean by quadrature."""
    s, slope = sqrt(mpf(xx)), mpf(xy) / mpf(xx)
    rest = sqrt(mpf(yy) - slope * mpf(xy))

    def inner(x):
        return quad(lambda w: g(x, slope * x + rest * w) * npdf(w), STANDARD)

    return quad(lambda z: f(s * z) * inner(s * z) * npdf(z), points)


def conditional(f, xx, xy, yy, points=STANDARD):
    """E f(x, mean and deviation of y given x)."""
    s, slope = sqrt(mpf(xx)), mpf(xy) / mpf(xx)
    rest = sqrt(mpf(yy) - slope * mpf(xy))
    return quad(lambda z: f(s * z, slope * s * z, rest) * npdf(z), points)


def gelu_tanh(x):
    return x / 2 * (1 + tanh(sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3)))


def sigmoid(x):
    return 1 / (1 + exp(-x))


def mean_relu(m, s):
    return m * ncdf(m / s) + s * npdf(m / s)


def show(name, value):
    print(f"{name}: {float(value)!r}")


show("tanh²", one(lambda x: tanh(x) ** 2, "1.3"))
show("x tanh x", one(lambda x: x * tanh(x), "1.3"))
show("sigmoid³", one(lambda x: sigmoid(x) ** 3, "1.3"))
show("log|x|", (log(mpf("1.3")) - log(2) - mp.euler) / 2)
show("x²/√(x² + 1e-6)", one(lambda x: x * x / sqrt(x * x + mpf("1e-6")), "1.3", fine(1e-3)))
show("tanh tanh", two(tanh, lambda x, y: tanh(y), "1.3", "0.4", "0.7"))
show("geluTanh geluTanh", two(gelu_tanh, lambda x, y: gelu_tanh(y), "1.3", "0.4", "0.7"))
show("tanh(20 x) tanh y", two(lambda x: tanh(20 * x), lambda x, y: tanh(y), "1.3", "0.4", "0.7", fine(0.05)))
show("1/(1 + x² + y²)", two(lambda x: 1, lambda x, y: 1 / (1 + x * x + y * y), "1.3", "0.4", "0.7"))
show("relu(tanh x + y)", conditional(lambda x, m, s: mean_relu(tanh(x) + m, s), "1.3", "0.4", "0.7"))
show(
    "relu(x + 0.3) step(y − 0.2)",
    conditional(
        lambda x, m, s: (x + mpf("0.3")) * ncdf((m - mpf("0.2")) / s), "1.3", "0.4", "0.7",
        [-mpf("0.3") / sqrt(mpf("1.3")), 0, 1, 2, 3, 4.5, 6, 8, 10, 13],
    ),
)
show("sign(x) tanh y", two(lambda x: mp.sign(x), lambda x, y: tanh(y), "1.3", "0.4", "0.7"))
show(
    "relu(x) tanh(x) step(y)",
    conditional(lambda x, m, s: x * tanh(x) * ncdf(m / s), "1.3", "0.4", "0.7", [0, 0.5, 1, 2, 3, 4.5, 6, 8, 10, 13]),
)


def chain():
    """x and z independent given y, of variance 1: x = 0.6 y + 0.8 a, z = −0.5 y + √0.75 b."""

    def left(y):
        return quad(lambda w: tanh(mpf("0.6") * y + mpf("0.8") * w) * npdf(w), STANDARD)

    def right(y):
        return quad(lambda w: erf(-mpf("0.5") * y + sqrt(mpf("0.75")) * w) * npdf(w), STANDARD)

    return quad(lambda y: y * tanh(y) * left(y) * right(y) * npdf(y), STANDARD)


show("tanh(x) y tanh(y) erf(z)", chain())
