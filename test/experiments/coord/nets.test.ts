/** The coordinate check beyond the multilayer perceptron: µP passes, SP with Adam fails in the layers that grow. */

import { describe, expect, it } from 'vitest';
import { trainedNet } from '../../../src/cli/coordNets.ts';
import { type CoordResult, coordinateCheck } from '../../../src/experiments/index.ts';
import { nodeEngine } from '../../../src/finite/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { MUP, type Parametrization, SP } from '../../../src/parametrizations/index.ts';

const engine = nodeEngine({ threads: 1 });

function checked(name: string, parametrization: Parametrization): Promise<CoordResult> {
  return coordinateCheck({
    ...trainedNet(name, { depth: 1, batch: 8, input: 8, seed: 0 }),
    parametrization,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: 0.01 },
    widths: [64, 128, 256, 512],
    seeds: 4,
    steps: 1,
    run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
  });
}

describe.each([
  ['residual-mlp', 'block 1'],
  ['rnn', 'step 3'],
  ['gru', 'step 3'],
  ['transformer', 'down 1'],
])('%s', (name, growing) => {
  it('passes in µP, and says nothing of causes, which only the classification knows', async () => {
    const { findings, verdict, causes } = await checked(name, MUP);
    expect(findings).toEqual([]);
    expect(verdict).toBe('pass');
    expect(causes).toBeUndefined();
  });

  it('fails in SP with Adam, naming layers whose change grows', async () => {
    const { findings, verdict } = await checked(name, SP);
    expect(verdict).toBe('fail');
    const grown = findings.filter(({ quantity, measured = 0 }) => quantity === 'change' && measured > 0.2);
    expect(grown.map(({ layer }) => layer)).toEqual(expect.arrayContaining([growing, 'output']));
    // The first layer's inputs have no width: its change does not grow.
    expect(grown.map(({ layer }) => layer)).not.toContain('input');
    expect(grown.map(({ layer }) => layer)).not.toContain('embedding');
  });
});
