/** Limits that are known in closed form, to four standard errors of the sampled ones. */

import { describe, expect, it } from 'vitest';
import { estimateLimit } from '../../src/kets/index.ts';
import { at, erf, gaussHermite, normalCdf } from '../../src/numeric/index.ts';
import { parseProgram } from '../../src/program/index.ts';

/** Standard errors within which a sampled value must lie; with 16 scramblings, 1 in 900 values lies outside by chance. */
const ERRORS = 4;

/** What a limit that no sample disturbs is off by: sums of thousands of f64 numbers. */
const ROUNDING = 1e-12;

/** Limits of the scalar outputs of a program text, by name. */
async function limits(text: string, seeds = 16): Promise<Map<string, { value: number; standardError: number }>> {
  const [outputs = []] = await estimateLimit(parseProgram(text), { seeds });
  return new Map(
    outputs.map(({ name, entries: [entry] }) => [name, entry ?? expect.fail(`output ${name} has no entry`)]),
  );
}

function expectLimit(found: Map<string, { value: number; standardError: number }>, name: string, known: number): void {
  const { value, standardError } = found.get(name) ?? expect.fail(`no output ${name}`);
  const off = Math.abs(value - known);
  expect(off, `${name}: ${value} ± ${standardError} for ${known}`).toBeLessThanOrEqual(
    ERRORS * standardError + ROUNDING,
  );
}

/** Covariances of w·x and w·x′ for the two inputs below. */
const [K11, K12, K22] = [
  0.8 ** 2 + 0.4 ** 2 + 0.2 ** 2,
  0.8 * 0.1 - 0.4 * 0.9 + 0.2 * 0.5,
  0.1 ** 2 + 0.9 ** 2 + 0.5 ** 2,
];
const RHO = K12 / Math.sqrt(K11 * K22);

/** E φ(u) φ(v) by Gauss–Hermite quadrature, for smooth φ. */
function smooth(f: (x: number) => number): number {
  const { nodes, weights } = gaussHermite(80);
  const [a, b, c] = [Math.sqrt(K11), K12 / Math.sqrt(K11), Math.sqrt(K22 - K12 ** 2 / K11)];
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      const [x, y] = [at(nodes, i), at(nodes, j)];
      sum += at(weights, i) * at(weights, j) * f(a * x) * f(b * x + c * y);
    }
  }
  return sum;
}

describe('dual activations E φ(w·x) φ(w·x′)', () => {
  const norm = Math.sqrt(K11 * K22);
  const angle = Math.acos(RHO);
  it.each([
    // Cho & Saul 2009: the arc-cosine kernels of order 1 and 0; Williams 1997: the arc-sine kernel.
    ['relu', (norm / (2 * Math.PI)) * (Math.sin(angle) + (Math.PI - angle) * RHO)],
    ['step', (Math.PI - angle) / (2 * Math.PI)],
    ['erf', (2 / Math.PI) * Math.asin((2 * K12) / Math.sqrt((1 + 2 * K11) * (1 + 2 * K22)))],
    ['sin', Math.exp(-(K11 + K22) / 2) * Math.sinh(K12)],
    ['abs', ((2 * norm) / Math.PI) * (Math.sqrt(1 - RHO ** 2) + RHO * Math.asin(RHO))],
    ['sign', (2 / Math.PI) * Math.asin(RHO)],
    ['gelu', smooth((x) => x * normalCdf(x))],
    ['tanh', smooth(Math.tanh)],
  ])('%s', async (name, known) => {
    const found = await limits(`
      fixed batch = 2, input = 3
      width n
      x[batch, input] = (0.8, -0.4, 0.2,  0.1, 0.9, 0.5)
      initial w[n, input] ~ normal(1)
      h = x @[input] w
      first of batch = 0
      second of batch = 1
      output k = mean[n](${name}(h[batch = first]) * ${name}(h[batch = second]))`);
    expectLimit(found, 'k', known);
  });

  it('agrees with itself: quadrature and closed form of erf', () => {
    const closed = (2 / Math.PI) * Math.asin((2 * K12) / Math.sqrt((1 + 2 * K11) * (1 + 2 * K22)));
    expect(Math.abs(smooth(erf) - closed)).toBeLessThan(1e-10);
  });
});

describe('moments of random matrices from products alone', () => {
  it('semicircle: (W + Wᵀ)/√2 has the Catalan numbers', async () => {
    const steps = [1, 2, 3, 4].map((k) => `s${k} = (W @ s${k - 1} + W^T @ s${k - 1}) / sqrt(2)`);
    const found = await limits(`
      width n
      initial s0[n] ~ rademacher(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      ${steps.join('\n')}
      output m1 = avg(s0 * s1)
      output m2 = avg(s1 * s1)
      output m3 = avg(s1 * s2)
      output m4 = avg(s2 * s2)
      output m6 = avg(s3 * s3)
      output m8 = avg(s4 * s4)`);
    for (const [name, known] of Object.entries({ m1: 0, m2: 1, m3: 0, m4: 2, m6: 5, m8: 14 }))
      expectLimit(found, name, known);
  });

  it.each([0.5, 1, 2])('Marchenko–Pastur: WᵀW of %f n × n has the Narayana sums', async (ratio) => {
    const found = await limits(`
      width n, wide = ${ratio} n
      initial x[n] ~ rademacher(1)
      initial W[wide, n] ~ normal(|n|^-0.5)
      y = W @[n] x
      z = y @[wide] W
      u = W @[n] z
      output m1 = avg(x * z)
      output m2 = avg(z * z)
      output m3 = ${ratio} * mean[wide](u * u)`);
    // Σ_k N(m, k) c^k with N the Narayana numbers: c; c + c²; c + 3c² + c³.
    expectLimit(found, 'm1', ratio);
    expectLimit(found, 'm2', ratio + ratio ** 2);
    expectLimit(found, 'm3', ratio + 3 * ratio ** 2 + ratio ** 3);
  });
});

describe('dot-kets', () => {
  it('W φ(Wᵀ x) holds x times E φ′, and φ(W x) times E φ′ of what it met before', async () => {
    const found = await limits(`
      width n
      initial x[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      h = W^T @ x
      z = W @ erf(h)
      output overlap = avg(x * z)
      output size = avg(z^2)`);
    // E φ′(h) for φ = erf and h ~ N(0, 1): 2/√π · 1/√3; hat and dot are independent here, x being neither's function.
    const slope = 2 / Math.sqrt(3 * Math.PI);
    expectLimit(found, 'overlap', slope);
    expectLimit(found, 'size', (2 / Math.PI) * Math.asin(2 / 3) + slope ** 2);
  });
});

describe('gradient independence', () => {
  const text = (readout: string): string => `
    width n
    initial x[n] ~ normal(1)
    initial v[n] ~ normal(1)
    initial W[n, n'] ~ normal(|n|^-0.5)
    initial U[n, n'] ~ normal(|n|^-0.5)
    y = W @ x
    dh = ${readout} * y^3
    output gradient = avg(x * (W^T @ dh))
    output replaced = avg(x * (U @ dh))`;

  it('holds for a readout of mean 0 that is used nowhere else: an independent Wᵀ gives the same', async () => {
    const found = await limits(text('v'));
    expectLimit(found, 'gradient', 0);
    expectLimit(found, 'replaced', 0);
  });

  it('fails for a readout whose mean is not 0, where an independent Wᵀ would give 0', async () => {
    const found = await limits(text('(v + 1)'));
    // ⟨x|Wᵀ dh⟩ = ⟨W x|dh⟩ = E y · y³ (v + 1).
    expectLimit(found, 'gradient', 3);
    expectLimit(found, 'replaced', 0);
    expect(found.get('gradient')?.standardError).toBeLessThan(0.1);
  });
});
