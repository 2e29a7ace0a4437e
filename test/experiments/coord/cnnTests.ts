/** What is asked of the coordinate check of convolutional networks, at small widths in the fast suite. */

import { afterAll, describe, expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, type Parametrization, SP } from '../../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 1 });

function checked(
  name: string,
  parametrization: Parametrization,
  { widths, seeds }: { readonly widths: readonly number[]; readonly seeds: number },
): Promise<CoordResult> {
  return coordinateCheck({
    ...trainedNet(name, { depth: 2, batch: 4, input: 3, seed: 0 }),
    parametrization,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.01 },
    widths,
    seeds,
    steps: 1,
    stepper: nodeStepper(engine),
  });
}

/** µP passes, SP with Adam fails from the first hidden filters on. */
export function testConvolutions(widths: readonly number[]): void {
  afterAll(() => engine.release());

  describe.each(['cnn', 'cnn2d'])('%s', (name) => {
    it('passes in µP', async () => {
      const { findings, verdict } = await checked(name, MUP, { widths, seeds: 16 });
      expect(findings).toEqual([]);
      expect(verdict).toBe('pass');
    });

    it('fails in SP with Adam, naming the layers that the updates make grow', async () => {
      const { findings, verdict } = await checked(name, SP, { widths, seeds: 4 });
      expect(verdict).toBe('fail');
      const grown = findings.filter(({ quantity, measured = 0 }) => quantity !== 'update input' && measured > 0.2);
      // The data have no width: the first layer's own change does not grow.
      expect([...new Set(grown.map(({ layer }) => layer))]).toEqual(['layer 2', 'output']);
    });
  });
}
