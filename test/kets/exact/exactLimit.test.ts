/** Exact limits of programs: known ones to 1e-10, and those of the sampling estimator within its errors. */

import { describe, expect, it } from 'vitest';
import { estimateLimit, exactLimit, isNotClosed } from '../../../src/kets/index.ts';
import { studentQuantile } from '../../../src/numeric/index.ts';
import { checkFragment, parseProgram } from '../../../src/program/index.ts';
import { example, examples, extras } from '../programs.ts';

/** What the issue asks of deterministic values. */
const EXACT = 1e-10;

const SEEDS = 16;

/** Values of the first step's outputs by name and entry; reasons where they have no closed form. */
function exact(text: string): Map<string, number | string> {
  const [outputs = []] = exactLimit(parseProgram(text));
  return new Map(
    outputs.flatMap(({ name, entries }) =>
      entries.map((entry, k): [string, number | string] => [
        entries.length === 1 ? name : `${name}[${k}]`,
        isNotClosed(entry) ? entry.reason : entry,
      ]),
    ),
  );
}

function expectExact(text: string, expected: Readonly<Record<string, number>>): void {
  const found = exact(text);
  for (const [name, value] of Object.entries(expected)) {
    const actual = found.get(name);
    expect(typeof actual, `${name}: ${actual}`).toBe('number');
    expect(Math.abs(Number(actual) - value), `${name}: ${actual} for ${value}`).toBeLessThanOrEqual(EXACT);
  }
}

describe('known limits, to 1e-10', () => {
  it('products of W and Wᵀ: Catalan numbers', () => {
    const steps = [1, 2, 3, 4, 5, 6].map((k) => `s${k} = (W @ s${k - 1} + W^T @ s${k - 1}) / sqrt(2)`);
    expectExact(
      `width n
      initial s0[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      ${steps.join('\n')}
      output m2 = avg(s1^2)
      output m3 = avg(s1 * s2)
      output m4 = avg(s2^2)
      output m6 = avg(s3^2)
      output m8 = avg(s4^2)
      output m10 = avg(s5^2)
      output m12 = avg(s6^2)`,
      { m2: 1, m3: 0, m4: 2, m6: 5, m8: 14, m10: 42, m12: 132 },
    );
  });

  it.each([0.5, 1, 3])('WᵀW of %f n × n: Narayana sums', (ratio) => {
    expectExact(
      `width n, wide = ${ratio} n
      initial x[n] ~ rademacher(1)
      initial W[wide, n] ~ normal(|n|^-0.5)
      y = W @[n] x
      z = y @[wide] W
      u = W @[n] z
      output m1 = avg(x * z)
      output m2 = avg(z * z)
      output m3 = ${ratio} * mean[wide](u * u)`,
      { m1: ratio, m2: ratio + ratio ** 2, m3: ratio + 3 * ratio ** 2 + ratio ** 3 },
    );
  });

  it('the dot-ket of W φ(Wᵀ x)', () => {
    const slope = 2 / Math.sqrt(3 * Math.PI);
    expectExact(
      `width n
      initial x[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      z = W @ erf(W^T @ x)
      output overlap = avg(x * z)
      output size = avg(z^2)`,
      { overlap: slope, size: (2 / Math.PI) * Math.asin(2 / 3) + slope ** 2 },
    );
  });

  it('gradient independence fails where the readout has a mean', () => {
    expectExact(
      `width n
      initial x[n] ~ normal(1)
      initial v[n] ~ normal(1)
      initial W[n, n'] ~ normal(|n|^-0.5)
      initial U[n, n'] ~ normal(|n|^-0.5)
      dh = (v + 1) * (W @ x)^3
      output gradient = avg(x * (W^T @ dh))
      output replaced = avg(x * (U @ dh))`,
      { gradient: 3, replaced: 0 },
    );
  });

  it('outer products are read through their means', () => {
    expectExact(
      `width n
      initial x[n] ~ normal(1)
      initial y[n] ~ normal(1)
      both[n, n'] = x * relu(y[n'])
      left = mean[n'](both)
      output size = avg(left^2)
      output whole = mean[n, n'](both^2)
      output inner = |n|^-2 * (both @[n, n'] both)`,
      { size: 1 / (2 * Math.PI), whole: 0.5, inner: 0.5 },
    );
  });

  it('a trained matrix: the first step of momentum, by hand', () => {
    // g = x ⊗ (first sight): W₁ x = W₀ x − 0.5 (x·x/n) dh, so that y₁ is y₀ − 0.5 v.
    const program = parseProgram(`
      width n
      initial x[n] ~ normal(1)
      initial v[n] ~ normal(1)
      state W[n, n'] ~ normal(|n|^-0.5)
      y = W @ x
      next state W = W - 0.5 * |n|^-1 * (v * x[n'])
      output f = avg(v * y)
      output size = avg(y^2)`);
    const found = exactLimit(program, { steps: 3 }).map((outputs) => outputs.map(({ entries: [entry] }) => entry));
    expect(found).toEqual([
      [0, 1],
      [-0.5, 1.25],
      [-1, 2],
    ]);
  });
});

describe('where it does not close', () => {
  it('says why, for each output by itself', () => {
    const found = exact(`
      width n
      initial x[n] ~ normal(1)
      initial z[n] ~ normal(1)
      y[n] = mean[n'](tanh(x * z[n']))
      output open = avg(y^2)
      output closed = avg(tanh(x)^2)`);
    expect(found.get('open')).toBe('a function of both copies of the width axis is averaged over one of them');
    expect(typeof found.get('closed')).toBe('number');
  });
});

describe('the sampling estimator', () => {
  const programs = [...examples, ...extras].filter(
    ([, program]) => checkFragment(program).inFragment && !program.outputs.some(({ role }) => role === 'state'),
  );

  it('agrees with every exact limit of the test programs', async () => {
    const compared: { readonly what: string; readonly off: number }[] = [];
    for (const [name, program] of programs) {
      const [outputs = []] = exactLimit(program);
      if (outputs.every(({ entries }) => entries.every(isNotClosed))) continue;
      const [sampled = []] = await estimateLimit(program, { seeds: SEEDS, width: 1024, subsample: 64 });
      for (const [k, { name: output, entries }] of outputs.entries()) {
        entries.forEach((entry, place) => {
          if (isNotClosed(entry)) return;
          const { value, standardError } = sampled[k]?.entries[place] ?? expect.fail(`no sample of ${output}`);
          compared.push({
            what: `${name} ${output}[${place}]`,
            off: Math.abs(value - entry) / (standardError + EXACT),
          });
        });
      }
    }
    expect(compared.length).toBeGreaterThan(60);
    // All at once, at a level of 1e-3.
    const bound = studentQuantile(1 - 1e-3 / (2 * compared.length), SEEDS - 1);
    expect(compared.filter(({ off }) => off > bound)).toEqual([]);
  });

  it('agrees at the first step of training, whose state starts at its law', () => {
    const [first] = exactLimit(example('sgd-two-hidden-layers.nex'), { steps: 2 });
    const loss = first?.find(({ name }) => name === 'loss')?.entries[0];
    // f₀ = 0, so that the loss is the mean of the squared targets.
    expect(loss).toBeCloseTo((1.2 ** 2 + 0.7 ** 2 + 0.4 ** 2 + 0.1 ** 2) / 4, 12);
  });
});

describe('errors of what cancels', () => {
  const limitOf = (lines: string) => {
    const head =
      "width n\n initial x[n] ~ normal(1)\n initial y[n] ~ normal(1)\n initial W[n, n'] ~ normal(|n|^-0.5)\n";
    const [first = []] = exactLimit(parseProgram(`${head}${lines}`, 'p'));
    const [{ entries: [entry] = [], errors: [error] = [] } = {}] = first;
    return { entry, error: error ?? Number.NaN };
  };
  const moved = (epsilon: number): string => `h = W @ tanh(x)\n g = W @ tanh(x + ${epsilon} * y)\n `;
  // E tanh′(x)² y² by the trapezoidal rule of 200001 points on ±10, up to terms of order epsilon².
  const SLOPE = 0.4644029024482451;

  it('are carried along', () => {
    for (const epsilon of [1e-2, 1e-3, 1e-4]) {
      const { entry, error } = limitOf(`${moved(epsilon)}output f = avg((g - h)^2) / ${epsilon}^2`);
      expect(error).toBeGreaterThan(1e-15);
      expect(error).toBeLessThan(1e-4);
      // Terms of order epsilon² beside the error itself.
      expect(Math.abs(Number(entry) - SLOPE)).toBeLessThan(error + epsilon ** 2 + 1e-9);
    }
    const { entry, error } = limitOf('output f = avg(tanh(W @ tanh(x))^2)');
    expect(entry).toBeCloseTo(0.2364504105, 9);
    expect(error).toBeLessThan(1e-14);
  });

  it('refuse a value of which too few digits are left', () => {
    for (const epsilon of [1e-6, 3e-7, 1e-7, 1e-8]) {
      for (const output of [`avg((g - h)^2) / ${epsilon}^2`, `avg(tanh((g - h) / ${epsilon})^2)`]) {
        const { entry } = limitOf(`${moved(epsilon)}output f = ${output}`);
        expect(entry, `${output} at ${epsilon}`).toMatchObject({
          notClosed: true,
          reason: expect.stringMatching(
            /^nearly equal values cancel, which leaves .* ± .*; write a difference quotient/,
          ),
        });
      }
    }
  });

  it('are none where nothing cancels', () => {
    expect(limitOf('output f = avg(x - avg(x))')).toEqual({ entry: 0, error: 0 });
    expect(limitOf('output f = avg(tanh(x) * y)')).toEqual({ entry: 0, error: 0 });
  });
});

describe('a quotient of independent Gaussians', () => {
  it.each(['x / y', '(W @ x) / y', 'tanh(x) / y'])('has no exact mean: %s', (formula) => {
    const head =
      "width n\n initial x[n] ~ normal(1)\n initial y[n] ~ normal(1)\n initial W[n, n'] ~ normal(|n|^-0.5)\n";
    const [first = []] = exactLimit(parseProgram(`${head}output f = avg(${formula})`, 'p'));
    expect(first[0]?.entries[0]).toMatchObject({
      notClosed: true,
      reason: 'the argument of a power -1 reaches 0, where the mean need not exist',
    });
  });
});

describe('a mean that does not exist for growth', () => {
  const entryOf = (formula: string) => {
    const head =
      "width n\n initial x[n] ~ normal(1)\n initial y[n] ~ normal(1)\n initial W[n, n'] ~ normal(|n|^-0.5)\n";
    const [first = []] = exactLimit(parseProgram(`${head}output f = avg(${formula})`, 'p'));
    return first[0]?.entries[0];
  };

  it.each(['exp(y^2)', 'x * exp(y^2)', '(W @ x) * exp(y^2 / 2)', 'x * exp((W @ y)^2)', 'tanh(x) * exp(y^4)'])(
    'is none of a factor of mean 0 either: %s',
    (formula) => {
      expect(entryOf(formula)).toMatchObject({
        notClosed: true,
        reason: expect.stringMatching(/the function is not finite at|grows too fast/),
      });
    },
  );

  it('is told from one that exists', () => {
    expect(entryOf('x * exp(0.4 * y^2)')).toBe(0);
    expect(entryOf('(W @ x) * exp(0.1 * (W @ y)^2)')).toBe(0);
    expect(entryOf('x^2 * exp(0.4 * y^2)')).toBeCloseTo(Math.sqrt(5), 9);
  });
});

describe('a function that is singular at numbers', () => {
  it.each(['1 / avg(x)', 'avg(tanh(x / avg(x)))', '|n|^-0.5 / avg(x)', 'log(avg(x))', 'avg(x^2 / avg(W @ x))'])(
    'has no exact value: %s',
    (formula) => {
      const head = "width n\n initial x[n] ~ normal(1)\n initial W[n, n'] ~ normal(|n|^-0.5)\n";
      const [first = []] = exactLimit(parseProgram(`${head}output f = ${formula}`, 'p'));
      expect(first[0]?.entries[0]).toMatchObject({ notClosed: true });
    },
  );
});
