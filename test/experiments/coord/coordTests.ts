/** What is asked of the coordinate check of perceptrons: at small sizes in the fast suite, at those of the command in the slow one. */

import { describe, expect, it } from 'vitest';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordOptions, type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import {
  type ExponentLike,
  exponent,
  exponentsFor,
  MUP,
  NEVER,
  NTP,
  type Parametrization,
  SP,
  toNumber,
} from '../../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 1 });
const net = mlp({ depth: 2, activation: 'relu' });
const BATCH = 16;
const INPUT = 8;
const data = {
  x: { axes: ['batch', 'input'], shape: [BATCH, INPUT], data: stream(3).normals(BATCH * INPUT) },
  target: { axes: ['batch'], shape: [BATCH], data: stream(4).normals(BATCH) },
};

/** At what it is measured. */
export type Measurement = Pick<CoordOptions, 'widths' | 'steps'>;

function checked(
  measurement: Measurement,
  optimizer: string,
  parametrization: Parametrization,
  actual = parametrization,
  seeds = 6,
): Promise<CoordResult> {
  return coordinateCheck({
    ...measurement,
    net,
    parametrization,
    actual,
    optimizer: optimizerNamed(optimizer),
    settings: { learningRate: optimizer === 'sgd' ? 0.1 : 0.01 },
    data,
    sizes: { batch: BATCH, input: INPUT },
    seeds,
    stepper: nodeStepper(engine),
  });
}

/** µP with one exponent of one weight off. */
function off(weight: string, name: 'a' | 'b' | 'c' | 'd', by: number): Parametrization {
  const parameter = net.parameters.find((one) => one.name === weight) ?? expect.fail(`no ${weight}`);
  const own = exponentsFor(MUP, parameter);
  return { ...MUP, parameters: { [weight]: { ...own, [name]: exponent(toNumber(own[name]) + by) } } };
}

const output = (out: ExponentLike): Parametrization => ({ ...MUP, out: exponent(out) });

function startingAtZero(weight: string): Parametrization {
  const parameter = net.parameters.find((one) => one.name === weight) ?? expect.fail(`no ${weight}`);
  return { ...MUP, parameters: { [weight]: { ...exponentsFor(MUP, parameter), b: NEVER } } };
}

/** Right parametrizations pass, planted mistakes are named with their layer and cause. */
export function testPerceptrons(measurement: Measurement): void {
  describe('parametrizations as they should be', () => {
    it.each([
      ['µP with Adam', 'adam', MUP],
      ['µP with SGD', 'sgd', MUP],
      ['µP with signs', 'signsgd', MUP],
      ['NTP with SGD', 'sgd', NTP],
    ] as const)('%s passes', async (_, optimizer, parametrization) => {
      const { verdict, findings, doubts } = await checked(measurement, optimizer, parametrization, parametrization, 12);
      expect([findings, doubts]).toEqual([[], []]);
      expect(verdict).toBe('pass');
    });
  });

  describe('SP with Adam', () => {
    it('fails, naming the layers that the first update makes grow', async () => {
      const { verdict, findings } = await checked(measurement, 'adam', SP);
      expect(verdict).toBe('fail');
      expect([...new Set(findings.map(({ layer }) => layer))]).toEqual(['layer 2', 'output']);
      expect(findings.every(({ kind, step }) => kind === 'unstable' && step === 0)).toBe(true);
    });
  });

  describe('planted mistakes', () => {
    it.each([
      [
        'a forgotten learning rate of the hidden matrix',
        'adam',
        off('w2', 'c', -1),
        'layer 2',
        'learning rate of w2: c is off by -1',
      ],
      [
        'too small a learning rate of the first layer',
        'adam',
        off('w1', 'c', 0.5),
        'layer 1',
        'learning rate of w1: c is off by +0.5',
      ],
      [
        'too large a learning rate of the readout',
        'adam',
        off('w3', 'c', -0.5),
        'output',
        'learning rate of w3: c is off by -0.5',
      ],
      [
        'too small a learning rate of the hidden matrix',
        'adam',
        off('w2', 'c', 1),
        'layer 2',
        'learning rate of w2: c is off by +1',
      ],
      [
        'too small a learning rate of the readout',
        'adam',
        off('w3', 'c', 0.5),
        'output',
        'learning rate of w3: c is off by +0.5',
      ],
      [
        'a learning rate of the hidden matrix that grows under SGD',
        'sgd',
        off('w2', 'c', -0.5),
        'layer 2',
        'learning rate of w2: c is off by -0.5',
      ],
      [
        'too large a start of the hidden matrix',
        'adam',
        off('w2', 'b', -0.5),
        'layer 2',
        'initialization of w2: b is off by -0.5',
      ],
      [
        'too small a start of the first layer',
        'adam',
        off('w1', 'b', 0.5),
        'layer 1',
        'initialization of w1: b is off by +0.5',
      ],
      ['a multiplier too many', 'adam', off('w2', 'a', 0.5), 'layer 2', 'multiplier of w2: a is off by +0.5'],
      ['a forgotten output multiplier', 'adam', output(0), 'output', 'multiplier of the output: it is off by -1'],
      ['the output multiplier of NTP', 'adam', output('1/2'), 'output', 'multiplier of the output: it is off by -0.5'],
      [
        'ε not scaled at the hidden matrix',
        'adam',
        off('w2', 'd', -1),
        'layer 2',
        'scale of the gradient (or of ε) of w2: d is off by -1',
      ],
      [
        'gradients of the readout not scaled',
        'sgd',
        off('w3', 'd', -1),
        'output',
        'scale of the gradient (or of ε) of w3: d is off by -1',
      ],
      [
        'a readout that is zero at step 0',
        'adam',
        startingAtZero('w3'),
        'output',
        'initialization of w3: it starts at zero',
      ],
    ] as const)('%s', async (_, optimizer, actual, layer, cause) => {
      const { verdict, findings, causes } = await checked(measurement, optimizer, MUP, actual);
      expect(verdict).toBe('fail');
      expect(findings.map((finding) => finding.layer)).toContain(layer);
      expect(causes?.flat()).toContain(cause);
      // What would change no size, such as d where Adam does not mind it, explains nothing that is measured.
      expect(causes?.flat().every((one) => one === cause || !one.includes('scale of the gradient'))).toBe(true);
    });

    it('are listed together where the symmetry makes them one', async () => {
      const { causes } = await checked(measurement, 'adam', MUP, output('1/2'));
      expect(causes).toEqual([['multiplier of w3: a is off by -0.5', 'multiplier of the output: it is off by -0.5']]);
    });
  });
}
