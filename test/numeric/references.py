"""Prints the reference values in the tests of this folder; needs Python 3 and mpmath."""

from mpmath import erf, erfc, mp, mpf, ncdf, npdf

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
