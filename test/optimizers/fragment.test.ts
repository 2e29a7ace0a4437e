/** Which updates of a hidden matrix stay in NE⊗OR⊤ (theory: programs, entrywise optimizers). */

import { describe, expect, test } from 'vitest';
import {
  type Limit,
  optimizerNamed,
  optimizers,
  type UpdateOptions,
  updateProgram,
  widthThreshold,
} from '../../src/optimizers/index.ts';
import {
  type Axis,
  checkFragment,
  type FragmentReport,
  gaussian,
  type Program,
  type RandomLaw,
  type Space,
  sizePower,
  Writer,
} from '../../src/program/index.ts';
import { trainingStep } from './training.ts';

const n: Space = { name: 'n', kind: 'width', size: { symbol: 'n', ratio: 1 } };
const batch: Space = { name: 'batch', kind: 'fixed', size: 2 };
const LAW = gaussian(1, [{ space: 'n', exponent: -0.5 }]) as RandomLaw; // what gaussian makes
/** c = 1 for hidden matrices. */
const PER_WIDTH = { rateScale: sizePower('n', -1) };

/**
 * The update of one parameter with the gradient that a hidden matrix gets, Σ_b dh_b[n] x_b[n′], in place of one given as
 * data; for a vector, Σ_b dh_b[n].
 */
function withGradient(name: string, axes: readonly Axis[], options: UpdateOptions): Program {
  const program = updateProgram(optimizerNamed(name), { axes, spaces: [n, batch], law: LAW }, options);
  const writer = new Writer(program.name);
  for (const space of program.spaces) writer.space(space);
  const draw = (label: string, axis: Axis) =>
    writer.write({ op: 'input', role: 'data', type: { kind: 'real', axes: ['batch', axis] }, law: gaussian() }, label);
  if (axes.length === 2) writer.contract(draw('dh', 'n'), draw('x', "n'"), ['batch'], 'gradient');
  else writer.reduce('sum', draw('dh', 'n'), ['batch'], 'gradient');
  for (const node of program.nodes) if (node.name !== 'gradient') writer.write(node.instruction, node.name);
  for (const output of program.outputs) writer.output(output.name, writer.value(output.value), output.role);
  return writer.finish();
}

const hidden = (name: string, options: UpdateOptions = {}): FragmentReport =>
  checkFragment(withGradient(name, ['n', "n'"], { ...PER_WIDTH, ...options }));
const rules = ({ violations }: FragmentReport): string[] => violations.map(({ node, rule }) => `${node}: ${rule}`);

describe('Adam on a hidden matrix', () => {
  const smooth = { smooth: true, epsilon: 0.1 };

  test('smooth in ε, with decoupled decay, lies in the language and in the proofs', () => {
    for (const decay of [{}, { decoupledDecay: 0.1 }, { independentDecay: 0.1 }]) {
      const report = hidden('adam', { settings: { ...smooth, ...decay } });
      expect(rules(report)).toEqual([]);
      expect(report.inFragment).toBe(true);
      expect(report.notes).toEqual([]);
    }
  });

  test('with decay coupled into the nonlinear Q it leaves it, at the square of the decayed gradient', () => {
    const report = hidden('adam', { settings: { ...smooth, coupledDecay: 0.1 } });
    expect(report.inFragment).toBe(false);
    expect(rules(report)).toContain('second.next: matrix-entrywise');
    const { text } = report.violations.find(({ node }) => node === 'second.next') ?? { text: '' };
    expect(text).toBe(
      'is an entrywise function of an initial matrix; an initial matrix may only be combined linearly with fixed coefficients and multiply vectors',
    );
  });

  test('decay coupled into the linear Q of gradient descent stays inside', () => {
    expect(rules(hidden('momentum', { settings: { coupledDecay: 0.1 } }))).toEqual([]);
  });
});

describe('how fast a hidden matrix may move', () => {
  const smooth = { settings: { smooth: true, epsilon: 0.1 } };
  const adam = (options: UpdateOptions): string[] =>
    rules(checkFragment(trainingStep(optimizerNamed('adam'), { ...smooth, ...options })));

  test('by n^(−1) each step, or by an update of norm 1', () => {
    expect(adam(PER_WIDTH)).toEqual([]);
    expect(adam({ limit: { kind: 'normalize' } })).toEqual([]);
    // What moves less vanishes.
    expect(adam({ ...PER_WIDTH, limit: { kind: 'normalize' } })).toEqual([]);
  });

  test('otherwise its products outgrow every width', () => {
    expect(adam({})).toEqual(['y: growth']);
    expect(adam({ rateScale: sizePower('n', -0.5) })).toEqual(['y: growth']);
    expect(adam({ rateScale: sizePower('n', 0.5), limit: { kind: 'normalize' } })).toEqual(['y: growth']);
  });
});

/** Adafactor measures the weight unless told otherwise. */
const settingsOf = (name: string) => (name === 'adafactor' ? { settings: { relative: false } } : {});

const inside = Object.keys(optimizers).filter((name) => name !== 'soap');

test.each(inside)('%s on a hidden matrix and on a vector', (name) => {
  const own = settingsOf(name);
  // ASGD keeps its average, λ in its update decays the weight: all linear.
  expect(rules(hidden(name, own))).toEqual([]);
  expect(rules(checkFragment(withGradient(name, ['n'], own)))).toEqual([]);
});

test('SOAP numbers eigenvectors, and so leaves it', () => {
  const { violations } = hidden('soap', {});
  expect(new Set(violations.map(({ rule }) => rule))).toEqual(new Set(['width-index']));
  expect(violations[0]?.text).toBe(
    'takes an eigenbasis of width axis n; eigenvectors are numbered, so that what is computed in their basis, entry by entry, singles out coordinates of a width',
  );
});

test('Adafactor relative to the size of a hidden matrix leaves it', () => {
  expect(rules(hidden('adafactor'))).toContain('v1: matrix-entrywise');
});

describe('limits on the update', () => {
  const e = widthThreshold(0.5, ['n', "n'"]);
  test.each<Limit>([
    { kind: 'normalize' },
    { kind: 'divideByClippedNorm', threshold: e },
    { kind: 'clip', threshold: e },
    { kind: 'normalizeByInitialWeight', law: LAW },
  ])('$kind stays inside', (limit) => {
    // c − e (here e = 1): what normalization asks for is multiplied by n.
    const report = hidden('adam', { limit, rateScale: 1 });
    expect(rules(report)).toEqual([]);
  });

  test('the measured norm of a hidden matrix leaves it, that of a vector does not', () => {
    const limit: Limit = { kind: 'normalizeByWeight' };
    expect(rules(hidden('adam', { limit })).join()).toContain('matrix-entrywise');
    expect(rules(checkFragment(withGradient('adam', ['n'], { limit })))).toEqual([]);
  });
});
