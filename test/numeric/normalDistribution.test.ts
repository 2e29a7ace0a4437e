import { expect, test } from 'vitest';
import { erf, erfc, normalCdf, normalDensity } from '../../src/numeric/normalDistribution.ts';

/** Two exponentials of one unit in the last place each, a quotient of polynomials and two products. */
const TOLERANCE = 5 * 2 ** -52;

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected));
}

// mpmath 1.3.0, 60 digits: x, float(erf(mpf(x))), float(erfc(mpf(x))). Regenerate with test/numeric/references.py.
test.each([
  [1e-10, 1.1283791670955126e-10, 0.999999999887162],
  [0.1, 0.1124629160182849, 0.887537083981715],
  [0.3, 0.3286267594591274, 0.6713732405408726],
  [0.46875, 0.49261347321793797, 0.507386526782062],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.75, 0.7111556336535151, 0.28884436634648486],
  [1.0, 0.8427007929497149, 0.15729920705028513],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2.0, 0.9953222650189527, 0.004677734981047266],
  [2.5, 0.999593047982555, 0.0004069520174449589],
  [3.0, 0.9999779095030014, 2.209049699858544e-5],
  [3.9, 0.9999999652077514, 3.4792248597231765e-8],
  [4.0, 0.9999999845827421, 1.541725790028002e-8],
  [4.1, 0.9999999932999724, 6.700027654084918e-9],
  [5.0, 0.9999999999984626, 1.537459794428035e-12],
  [5.8, 0.9999999999999998, 2.3555893751564417e-16],
  [-3.0, -0.9999779095030014, 1.9999779095030015],
  [-1.0, -0.8427007929497149, 1.8427007929497148],
  [-0.4, -0.42839235504666845, 1.4283923550466684],
  [-0.1, -0.1124629160182849, 1.1124629160182848],
  [7.3, 1.0, 5.502573750691923e-25],
  [10.0, 1.0, 2.088487583762545e-45],
  [13.37, 1.0, 9.793817364122468e-80],
  [20.0, 1.0, 5.395865611607901e-176],
  [26.0, 1.0, 5.663192408856143e-296],
])('error function at %d', (x, expectedErf, expectedErfc) => {
  expectClose(erf(x), expectedErf);
  expectClose(erfc(x), expectedErfc);
  expect(erf(-x)).toBe(-erf(x));
});

// mpmath 1.3.0, 60 digits: x, float(ncdf(mpf(x))), float(npdf(mpf(x))).
test.each([
  [-37.0, 5.725571222524577e-300, 2.1200065515246056e-298],
  [-30.1, 2.4226672179857586e-199, 7.300259384280611e-198],
  [-20.0, 2.7536241186062337e-89, 5.520948362159764e-88],
  [-12.3, 4.5287069561587846e-35, 5.60665692630384e-34],
  [-8.0, 6.220960574271784e-16, 5.052271083536892e-15],
  [-5.5, 1.8989562465887718e-8, 1.0769760042543276e-7],
  [-3.0, 0.0013498980316300946, 0.0044318484119380075],
  [-1.1, 0.13566606094638264, 0.2178521770325505],
  [-0.66, 0.25462691467133614, 0.32086380377117246],
  [-0.2, 0.42074029056089696, 0.3910426939754559],
  [0.0, 0.5, 0.3989422804014327],
  [0.3, 0.6179114221889527, 0.3813878154605241],
  [1.0, 0.8413447460685429, 0.24197072451914334],
  [2.7, 0.9965330261969594, 0.01042093481442259],
  [5.0, 0.9999997133484281, 1.4867195147342977e-6],
])('normal law at %d', (x, expectedCdf, expectedDensity) => {
  expectClose(normalCdf(x), expectedCdf);
  expectClose(normalDensity(x), expectedDensity);
  expect(normalDensity(-x)).toBe(normalDensity(x));
});

test('limits', () => {
  expect([erf(Number.POSITIVE_INFINITY), erf(Number.NEGATIVE_INFINITY), erf(0)]).toEqual([1, -1, 0]);
  expect([erfc(Number.POSITIVE_INFINITY), erfc(Number.NEGATIVE_INFINITY), erfc(0)]).toEqual([0, 2, 1]);
  expect([normalCdf(Number.POSITIVE_INFINITY), normalCdf(Number.NEGATIVE_INFINITY), normalCdf(0)]).toEqual([1, 0, 0.5]);
  expect(normalDensity(Number.NEGATIVE_INFINITY)).toBe(0);
  for (const law of [erf, erfc, normalCdf, normalDensity]) expect(law(Number.NaN)).toBeNaN();
});
