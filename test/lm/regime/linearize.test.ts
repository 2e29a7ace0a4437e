/** The linear model by forward mode: against finite differences in f64, and against trajectories of torch. */

import { afterAll, describe, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { engineTrainer } from '../../../src/lm/finetune/fineTune.ts';
import { selectParameters } from '../../../src/lm/kernel/selection.ts';
import { linearizedLogits, modelLogits } from '../../../src/lm/regime/linearize.ts';
import type { AdaptedLayers, LanguageModelHead } from '../../../src/nets/index.ts';
import { at, stream } from '../../../src/numeric/index.ts';
import { type SizedRun, type Tensor, type Tensors, tensor } from '../../../src/program/index.ts';
import { interpret } from '../../../src/reference/index.ts';
import { describeWithShared } from '../../support/shared.ts';
import { base, examples, headData, modelOf, roberta } from '../kernel/byDefinition.ts';
import { farthestLinearized, IN_F32 } from './trajectories.ts';

const oracleRun: SizedRun = (program, feeds, sizes) => interpret(program, feeds, sizes);
const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

/**
 * Step of central differences, f(θ + hδ) − f(θ − hδ) over 2h: their error is of the order of h² |δ|³ f‴ and rounding 1e-16 / h,
 * both near 1e-9 for directions of size 1.
 */
const STEP = 1e-4;
const DIFFERENCES = 1e-6;

const ADAPTED: AdaptedLayers = { 'bert.encoder.layer.0.attention.self.query': { rank: 2, scale: 0.7 } };

const engineRun: SizedRun = (program, feeds, sizes) => engine.run(program, feeds, sizes);

describe('the change along a direction', () => {
  const cases = [
    {
      name: 'all parameters',
      config: base,
      head: { kind: 'words', classes: 3, untie: false },
      choice: 'all',
      adapted: {},
    },
    {
      name: 'biases',
      config: roberta,
      head: { kind: 'words', classes: 2, untie: false },
      choice: 'biases',
      adapted: {},
    },
    {
      name: 'the second block',
      config: base,
      head: { kind: 'dense', classes: 2 },
      choice: 'match:*layer.1*',
      adapted: {},
    },
    {
      name: 'factors of LoRA',
      config: base,
      head: { kind: 'words', classes: 2, untie: true },
      choice: 'lora',
      adapted: ADAPTED,
    },
  ] as const satisfies readonly {
    name: string;
    config: object;
    head: LanguageModelHead;
    choice: string;
    adapted: AdaptedLayers;
  }[];
  test.each(cases)('of $name is the limit of differences', async ({ config, head, choice, adapted }) => {
    const model = modelOf(config, head, adapted);
    const selected = selectParameters(choice);
    const names = Object.keys(model.weights).filter(selected);
    expect(names.length).toBeGreaterThan(0);
    const moved: Tensors = Object.fromEntries(
      names.map((name) => {
        const { axes, shape, data } = at(
          [model.weights[name]].filter((one) => one !== undefined),
          0,
        );
        return [name, tensor(axes, shape, stream(5, name).normals(data.length))];
      }),
    );
    const size = Math.sqrt(Object.values(moved).reduce((sum, { data }) => sum + data.length, 0));
    const along = (step: number): Tensors =>
      Object.fromEntries(
        names.map((name) => {
          const weight = at(
            [model.weights[name]].filter((one) => one !== undefined),
            0,
          );
          const data = Array.from(weight.data, (w, k) => w + (step / size) * at(direction(moved, name).data, k));
          return [name, tensor(weight.axes, weight.shape, data)];
        }),
      );
    const data = headData(head, config);
    const options = { run: oracleRun, model, examples: examples.slice(0, 3), head: data };
    const found = await linearizedLogits({ ...options, moved });
    const [up, down] = [await evaluatedAt(along(STEP)), await evaluatedAt(along(-STEP))];
    expect(found.classes).toBe(head.classes);
    expect(found.initial).toEqual(await modelLogits(options));
    found.change.forEach((change, k) => {
      const difference = (at(up, k) - at(down, k)) / (2 * STEP);
      expect(Math.abs(change / size - difference)).toBeLessThan(DIFFERENCES);
      expect(at(found.linearized, k)).toBe(at(found.initial, k) + change);
    });
    expect(Math.max(...found.change.map(Math.abs)) / size).toBeGreaterThan(1e-3);

    function evaluatedAt(weights: Tensors): Promise<Float64Array> {
      const load = async (asked: readonly string[]) => ({
        ...(await model.load(asked)),
        ...Object.fromEntries(Object.entries(weights).filter(([name]) => asked.includes(name))),
      });
      return modelLogits({ ...options, model: { ...model, load: load as typeof model.load } });
    }
  });

  test('of a model in which nothing moves is none, and an engine sees what the oracle sees', async () => {
    const head = { kind: 'words', classes: 2, untie: false } as const;
    const model = modelOf(base, head);
    const still = { model, moved: {}, examples, head: headData(head, base) };
    const exact = await linearizedLogits({ ...still, run: oracleRun });
    expect(exact.change).toEqual(new Float64Array(2 * examples.length));
    const moved = Object.fromEntries(
      Object.entries(model.weights).map(([name, { axes, shape, data }]) => [
        name,
        tensor(
          axes,
          shape,
          Array.from(stream(6, name).normals(data.length), (z) => 0.1 * z),
        ),
      ]),
    );
    const inOracle = await linearizedLogits({ ...still, moved, run: oracleRun });
    const shares: number[] = [];
    const inEngine = await linearizedLogits({
      ...still,
      ...{ moved, run: engineRun },
      onProgress: (share) => shares.push(share),
    });
    inOracle.linearized.forEach((value, k) => {
      expect(Math.abs(at(inEngine.linearized, k) - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
    });
    expect(shares.at(-1)).toBe(1);
  });
});

function direction(moved: Tensors, name: string): Tensor {
  return at(
    [moved[name]].filter((one) => one !== undefined),
    0,
  );
}

describeWithShared('trajectories of torch', 'reference/lm-models/finetune', (folder) => {
  test.each(['adamw'] as const)('%s in f32', async (run) => {
    expect(await farthestLinearized(folder, run, 'f32', engineTrainer(engine))).toBeLessThan(IN_F32);
  });
});
