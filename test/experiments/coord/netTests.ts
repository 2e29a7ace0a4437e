/** The coordinate check beyond the multilayer perceptron: µP passes, SP with Adam fails in the layers that grow. */

import { describe, expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { nodeStepper } from '../../../src/cli/stepper.ts';
import { type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, type Parametrization, SP } from '../../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 1 });

/** Outputs of a transformer are many; of the others few, so that it takes more examples, widths and seeds. */
const isText = (name: string): boolean => name.startsWith('transformer') || ['gpt2', 'llama'].includes(name);

function checked(name: string, parametrization: Parametrization): Promise<CoordResult> {
  return coordinateCheck({
    ...trainedNet(name, { depth: 1, batch: isText(name) ? 8 : 16, input: 8, seed: 0 }),
    parametrization,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.01 },
    widths: isText(name) ? [32, 64, 128] : [32, 64, 128, 256],
    seeds: isText(name) ? 4 : 8,
    steps: 1,
    stepper: nodeStepper(engine),
  });
}

/** Layers by network in which it begins: all whose weights learn too fast; where the output starts too large, that. */
type Fast = readonly [name: string, layers: readonly string[]];

/** Tests of these networks. */
export function testNets(networks: readonly Fast[]): void {
  describe.each(networks)('%s', (name, fast) => {
    it('passes in µP, where there is nothing to explain', async () => {
      const { findings, verdict, causes } = await checked(name, MUP);
      expect(findings).toEqual([]);
      expect(verdict).toBe('pass');
      expect(causes).toBeUndefined();
    });

    it('fails in SP with Adam, naming the layers whose weights add too much', async () => {
      const { findings, verdict } = await checked(name, SP);
      expect(verdict).toBe('fail');
      const begun = findings.filter(({ begins }) => begins);
      // What reads the data or tokens sums over no width: it learns as it should.
      expect([...new Set(begun.map(({ layer }) => layer))]).toEqual(fast);
      const effects = begun.filter(({ quantity }) => quantity === 'update effect');
      expect([...new Set(effects.map(({ layer }) => layer))]).toEqual(fast);
      expect(Math.min(...effects.map(({ measured = 0 }) => measured))).toBeGreaterThan(0.7);
    });
  });
}
