/** What tests of functions of kernel rows by token share. */

import { expect } from 'vitest';
import { required } from '../../../src/errors/index.ts';
import type { Engine } from '../../../src/finite/index.ts';
import { oneDraw } from '../../../src/lm/kernel/drawSides.ts';
import { empiricalKernel } from '../../../src/lm/kernel/empiricalKernel.ts';
import { KernelCosts } from '../../../src/lm/kernel/kernelCosts.ts';
import { planKernel, smallestPlanBytes } from '../../../src/lm/kernel/kernelPlan.ts';
import { logitDifference, type OutputWeights } from '../../../src/lm/kernel/outputs.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import type { LanguageModelHead } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { base, byDefinition, examples, type Gradients, headData, modelOf } from './byDefinition.ts';

/** Of sums of f32 products, relative to the sum of absolute values of what is added: coefficients times kernel entries. */
const TOLERANCE = 1e-5;
export const TRAIN = [5, 0, 2];
const OTHERS = [1, 3, 4, 6];

export interface Case {
  readonly outputs: OutputWeights;
  readonly kind?: 'sgd' | 'a-signgd';
  readonly ownOutputs?: boolean;
  readonly selection?: string;
  readonly small?: boolean;
  readonly untie?: boolean;
  readonly config?: typeof base;
}

async function compute(
  engine: Engine,
  { outputs, kind = 'sgd', ownOutputs = false, selection = 'all', small = false, untie = false, config = base }: Case,
) {
  const size = outputs.outputs;
  const encoderHead: LanguageModelHead = { kind: 'words', classes: outputs.weights.length / size, untie };
  const model = modelOf(config, encoderHead);
  const head = headData(encoderHead, config);
  const selected = selectParameters(selection);
  const costs = new KernelCosts({ chain: model.net.chain, outputs: size, selected });
  const memory = small ? smallestPlanBytes(costs, examples) : 2 ** 30;
  const plan = planKernel({ examples, draws: oneDraw(examples, TRAIN), costs, memory });
  const coefficients = [...stream(6, 'coefficients').normals(TRAIN.length * size)];
  const options = { engine, model, examples, train: TRAIN, outputs, head, selected, plan, kind };
  const found = await empiricalKernel({
    ...options,
    byLayer: true,
    byToken: { kind, coefficients, ownOutputs },
  });
  return { found, coefficients, size, ownOutputs, model, head };
}

/** Expects tokens to add up to what each layer's rows give, for every output of every example. */
export async function expectSums(engine: Engine, setting: Case): Promise<void> {
  const { found, coefficients, size, ownOutputs } = await compute(engine, setting);
  const width = coefficients.length;
  const tokens = required(found.tokens, 'tokens');
  const layers = required(found.layers, 'layers');
  expect(tokens.map(({ layer }) => layer)).toEqual(layers.map(({ layer }) => layer));
  layers.forEach(({ layer, kernel }, l) => {
    const shares = required(tokens[l], layer).shares;
    expect([...shares.keys()].sort()).toEqual(OTHERS);
    for (const member of OTHERS) {
      const own = required(shares.get(member), `tokens of ${member}`);
      const { length } = required(examples[member], 'example').ids;
      expect(own.length).toBe(size * length);
      for (let c = 0; c < size; c++) {
        const parts = coefficients.map((coefficient, column) =>
          ownOutputs && column % size !== c
            ? 0
            : coefficient * (kernel[(member * size + c) * width + column] ?? Number.NaN),
        );
        const total = parts.reduce((sum, part) => sum + part, 0);
        const mine = [...own.subarray(c * length, (c + 1) * length)];
        const sizes = [...parts, ...mine].reduce((sum, part) => sum + Math.abs(part), 0);
        const sum = mine.reduce((all, share) => all + share, 0);
        expect(Math.abs(sum - total), `${layer}, example ${member}, output ${c}`).toBeLessThanOrEqual(
          TOLERANCE * sizes,
        );
        if (layer === 'block 1') expect(mine.filter((share) => share !== 0).length).toBeGreaterThan(1);
      }
    }
  });
}

/** Expects the tokens of a table of embeddings, the only parameter, to have what the oracle's rows give them. */
export async function expectRows(
  engine: Engine,
  kind: 'sgd' | 'a-signgd',
  table: string,
  rowOf: (ids: readonly number[], token: number) => number,
): Promise<void> {
  const outputs = logitDifference;
  const setting: Case = { outputs, kind, selection: `match:*${table}*`, untie: true };
  const { found, coefficients, model, head } = await compute(engine, setting);
  const { gradients } = byDefinition(model, head, outputs);
  const gradientOf = (own: Gradients | undefined): Float64Array =>
    required([...(own ?? [])].find(([name]) => name.includes(table))?.[1], table);
  const training = TRAIN.map((member) => gradientOf(gradients[member]));
  const formed = (value: number) => (kind === 'sgd' ? value : Math.sign(value));
  const weight = gradientOf(gradients[0]).map((__, k) =>
    training.reduce((sum, own, j) => sum + (coefficients[j] ?? Number.NaN) * formed(own[k] ?? Number.NaN), 0),
  );
  const scale = Math.max(...weight.map(Math.abs));
  const [layer] = required(found.tokens, 'tokens');
  for (const member of OTHERS) {
    const { ids } = required(examples[member], 'example');
    const gradient = gradientOf(gradients[member]);
    const shares = required(layer?.shares.get(member), 'shares');
    ids.forEach((id, token) => {
      // A word that is there twice has one row, whose gradient is of both tokens.
      if (ids.filter((other) => other === id).length > 1) return;
      const row = rowOf(ids, token);
      const place = Array.from({ length: base.width }, (__, k) => row * base.width + k);
      const expected = place.reduce((sum, k) => sum + (weight[k] ?? Number.NaN) * (gradient[k] ?? Number.NaN), 0);
      const size = place.reduce((sum, k) => sum + scale * Math.abs(gradient[k] ?? Number.NaN), 0);
      expect(Math.abs((shares[token] ?? Number.NaN) - expected)).toBeLessThanOrEqual(TOLERANCE * size);
    });
  }
}
