"""Prints the reference values in the tests of this folder; needs Python 3 and mpmath."""

from mpmath import betainc, cos, erf, erfc, factorial, gammainc, mp, mpf, ncdf, npdf, pi

mp.dps = 60


def quantile(p):
    low, high = mpf(-40), mpf(10)
    for _ in range(220):
        middle = (low + high) / 2
        if ncdf(middle) < mpf(p):
            low = middle
        else:
            high = middle
    return low


def show(title, points, *functions):
    print(title)
    for x in points:
        print("  [" + ", ".join(repr(float(v)) for v in [x, *(f(mpf(x)) for f in functions)]) + "],")


show(
    "normalQuantile",
    [1e-300, 1e-100, 1e-30, 1e-16, 2.0**-53, 1e-10, 1e-5, 0.001, 0.01, 0.025, 0.07, 0.08, 0.1, 0.2, 0.3, 0.42, 0.49]
    + [0.499999, 0.6, 0.75, 0.93, 0.975, 0.999, 0.9999999],
    quantile,
)
show(
    "erf, erfc",
    [1e-10, 0.1, 0.3, 0.46875, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.9, 4, 4.1, 5, 5.8, -3, -1, -0.4, -0.1, 7.3, 10, 13.37]
    + [20, 26],
    erf,
    erfc,
)
show(
    "normalCdf, normalDensity",
    [-37, -30.1, -20, -12.3, -8, -5.5, -3, -1.1, -0.66, -0.2, 0, 0.3, 1, 2.7, 5],
    ncdf,
    npdf,
)


def newton(pair, slope, degree, start):
    """A zero near the start and the polynomial of one degree less there; pair gives both polynomials."""
    x = mpf(start)
    for _ in range(60):
        x -= pair(degree, x)[0] / slope(degree, x, *pair(degree, x))
    return x, pair(degree, x)[1]


def recurrence(step):
    """The polynomial of a degree and the one before it, by p_(k+1) = step(k, x, p_k, p_(k-1))."""

    def pair(degree, x):
        previous, current = mpf(1), x
        for k in range(1, degree):
            previous, current = current, step(k, x, current, previous)
        return current, previous

    return pair


legendre = recurrence(lambda k, x, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1))
hermite = recurrence(lambda k, x, p, q: x * p - k * q)

print("Gauss-Legendre: order, place from the top, node, weight")
for n, place in [(5, 0), (5, 1), (5, 2), (20, 0), (64, 0), (64, 1), (64, 31), (512, 0), (512, 100)]:
    start = cos(pi * (place + mpf(3) / 4) / (n + mpf(1) / 2))
    x, below = newton(legendre, lambda n, x, p, q: n * (x * p - q) / (x * x - 1), n, start)
    print(f"  [{n}, {place}, {float(x)!r}, {float(2 * (1 - x * x) / (n * below) ** 2)!r}],")
print("Gauss-Hermite: order, place from the top, node, weight")
for n, place, start in [(5, 0, 3), (5, 1, 1.4), (5, 2, 0), (20, 0, 8), (64, 0, 16), (64, 31, 0.2), (300, 0, 36)]:
    x, below = newton(hermite, lambda n, x, p, q: n * q, n, start)
    print(f"  [{n}, {place}, {float(x)!r}, {float(factorial(n) / (n * below) ** 2)!r}],")


def bisected(rising, low, high):
    low, high = mpf(low), mpf(high)
    for _ in range(300):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return float(low)


print("studentQuantile: probability, degrees, quantile")
for p, n in [(1e-12, 1), (0.025, 1), (0.2, 1.5), (0.025, 2), (1e-5, 3), (0.049, 4), (0.051, 4), (0.4, 7.25), (0.025, 10)]:
    tail = lambda t: betainc(mpf(n) / 2, mpf(1) / 2, 0, n / (n + t * t), regularized=True) / 2
    print(f"  [{p}, {n}, {-bisected(lambda t: p - tail(t), 0, 2**40)!r}],")
for p, n in [(0.025, 99), (1e-12, 100), (0.3, 1000), (0.025, 12345), (0.001, 99999), (0.001, 100000), (1e-30, 200000)]:
    tail = lambda t: betainc(mpf(n) / 2, mpf(1) / 2, 0, n / (n + t * t), regularized=True) / 2
    print(f"  [{p}, {n}, {-bisected(lambda t: p - tail(t), 0, 16)!r}],")
print("chiSquareQuantile: probability, degrees, quantile")
for p, n in [(1e-12, 1), (0.95, 1), (0.3, 1.5), (0.025, 3), (0.999, 4), (0.5, 7.25), (0.05, 31), (0.95, 33), (0.99, 1000)]:
    mass = lambda x: gammainc(mpf(n) / 2, 0, x / 2, regularized=True)
    print(f"  [{p}, {n}, {bisected(lambda x: mass(x) - mpf(p), 0, 2**12)!r}],")
