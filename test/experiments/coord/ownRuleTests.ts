/** What is asked of the coordinate check on update rules of people's own: at small sizes in the fast suite, at those of the command in the slow one. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toldOptimizer } from '../../../src/cli/optimizerOption.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordOptions, type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { mlp } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { exponent, exponentsFor, MUP, type Parametrization, plus } from '../../../src/parametrizations/index.ts';
import type { Measurement } from './coordTests.ts';

const engine = nodeEngine({ threads: 1 });
const net = mlp({ depth: 2, activation: 'relu' });
const [BATCH, INPUT] = [16, 8];
const data = {
  x: { axes: ['batch', 'input'], shape: [BATCH, INPUT], data: stream(3).normals(BATCH * INPUT) },
  target: { axes: ['batch'], shape: [BATCH], data: stream(4).normals(BATCH) },
};
const FILES = join(import.meta.dirname, '../../../examples/optimizers');

async function checked(
  measurement: Measurement & Pick<CoordOptions, 'seeds'>,
  given: string,
  actual = MUP,
): Promise<CoordResult> {
  const { optimizer, settings } = await toldOptimizer(given);
  return coordinateCheck({
    ...{ net, parametrization: MUP, actual, optimizer, data, sizes: { batch: BATCH, input: INPUT } },
    settings: { ...settings, learningRate: 0.01 },
    ...{ ...measurement, stepper: nodeStepper(engine) },
  });
}

/** µP with one exponent of one weight off. */
function off(weight: string, name: 'b' | 'c', by: number): Parametrization {
  const parameter = net.parameters.find((one) => one.name === weight) ?? expect.fail(`no ${weight}`);
  const own = exponentsFor(MUP, parameter);
  return { ...MUP, parameters: { [weight]: { ...own, [name]: plus(own[name], exponent(by)) } } };
}

/** A user's Adam is told of what Adam is; soft sign, of which there is no other, what is right of it. */
export function testOwnRules(measurement: Measurement & Pick<CoordOptions, 'seeds'>): void {
  describe('a user’s Adam', () => {
    it.each([
      ['µP', MUP, 'pass'],
      ['a forgotten rate', off('w2', 'c', -1), 'fail'],
      ['too large a start', off('w2', 'b', -0.5), 'fail'],
    ])('is told of %s what Adam is told', async (_, actual, verdict) => {
      const [mine, adam] = [
        await checked(measurement, join(FILES, 'adam.json'), actual),
        await checked(measurement, 'adam', actual),
      ];
      expect(mine.verdict).toBe(verdict);
      expect({ ...mine, optimizer: 'adam' }).toEqual(adam);
    });
  });

  describe('soft sign', () => {
    it('passes in µP, and fails without the rate of its matrix', async () => {
      const soft = join(FILES, 'soft-sign.json');
      expect(await checked(measurement, soft)).toMatchObject({ verdict: 'pass', findings: [], optimizer: 'soft-sign' });
      const { verdict, causes } = await checked(measurement, soft, off('w2', 'c', -1));
      expect(verdict).toBe('fail');
      expect(causes?.flat()).toContain('learning rate of w2: c is off by -1');
    });
  });
}
