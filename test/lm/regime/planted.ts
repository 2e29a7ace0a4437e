/**
 * Fine-tunings whose regime is known: of a model that is linear in what is trained, of one at a small rate, and feature
 * learners, by a large rate or a long run of a random head. Encoders are tiny, their weights and texts random; the second
 * class has a token that the first has not.
 */

import type { Engine } from '../../../src/finite/index.ts';
import type { Encoded } from '../../../src/lm/kernel/batches.ts';
import { outputsOf } from '../../../src/lm/kernel/outputs.ts';
import type { LoadedLanguageModel } from '../../../src/lm/model/checkpoint.ts';
import { numbersIn, storedAs } from '../../../src/lm/model/stored.ts';
import { type MeasuredDraw, measureDraw } from '../../../src/lm/regime/measureDraw.ts';
import { judgeRegime, type Verdict } from '../../../src/lm/regime/verdict.ts';
import { type LanguageModelConfig, type LanguageModelHead, languageModel } from '../../../src/nets/index.ts';
import { stream } from '../../../src/numeric/index.ts';
import { optimizerNamed } from '../../../src/optimizers/index.ts';
import { entries } from '../../../src/program/index.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';
import { headData } from '../kernel/byDefinition.ts';

const config: LanguageModelConfig = {
  ...smallEncoder,
  vocabulary: 40,
  positions: 16,
  width: 32,
  heads: 4,
  feedForward: 64,
};
const [TRAIN, EVALUATED, MARK, LENGTH] = [16, 40, 39, 9] as const;

export interface Planted {
  readonly name: string;
  readonly expected: Verdict['verdict'];
  readonly head: LanguageModelHead;
  readonly optimizer: string;
  readonly learningRate: number;
  readonly steps: number;
  readonly selected?: (parameter: string) => boolean;
}

const words: LanguageModelHead = { kind: 'words', classes: 2, untie: false };
const isHead = (parameter: string): boolean => parameter.startsWith('classifier.');

/** What is known; small and large rates of the same optimizers are some three hundred times apart. */
export const PLANTED: readonly Planted[] = [
  {
    ...{ name: 'linear in what is trained, sgd', expected: 'kernel', head: { kind: 'linear', classes: 2 } },
    ...{ optimizer: 'sgd', learningRate: 0.1, steps: 60, selected: isHead },
  },
  {
    ...{ name: 'linear in what is trained, adam', expected: 'kernel', head: { kind: 'linear', classes: 2 } },
    ...{ optimizer: 'adam', learningRate: 0.01, steps: 60, selected: isHead },
  },
  { name: 'small rate, sgd', expected: 'kernel', head: words, optimizer: 'sgd', learningRate: 3e-4, steps: 20 },
  { name: 'small rate, adam', expected: 'kernel', head: words, optimizer: 'adam', learningRate: 5e-5, steps: 20 },
  { name: 'large rate, sgd', expected: 'not kernel', head: words, optimizer: 'sgd', learningRate: 0.1, steps: 60 },
  { name: 'large rate, adam', expected: 'not kernel', head: words, optimizer: 'adam', learningRate: 0.02, steps: 60 },
  {
    ...{ name: 'random head, long run, sgd', expected: 'not kernel', head: { kind: 'dense', classes: 2 } },
    ...{ optimizer: 'sgd', learningRate: 0.05, steps: 400 },
  },
  {
    ...{ name: 'random head, long run, adam', expected: 'not kernel', head: { kind: 'dense', classes: 2 } },
    ...{ optimizer: 'adam', learningRate: 2e-3, steps: 400 },
  },
];

/** Random weights as checkpoints start from them; a fresh head's are small. */
function modelOf(head: LanguageModelHead, seed: number): LoadedLanguageModel {
  const net = languageModel(config, head);
  const weights = Object.fromEntries(
    net.parameters.map((parameter) => {
      const { name, axes } = parameter;
      const { axisSizes: shape } = storedAs(parameter);
      const center = /norm\.weight$/i.test(name) ? 1 : 0;
      const scale = name.endsWith('bias') ? 0.05 : /norm\.weight$/i.test(name) ? 0.1 : isFresh(name) ? 0.02 : 0.2;
      const normals = stream(seed, name).normals(entries(shape));
      return [name, { axes, shape, data: Float32Array.from(normals, (z) => center + scale * z) }];
    }),
  );
  return {
    ...{ adapted: {}, tensorsOf: (parameter) => [parameter], ownTensors: new Set() },
    use: { assumed: [], replaced: [], unused: [] },
    ...{ net, config, weights, parameterCount: numbersIn(net.parameters) },
    load: async (names) => Object.fromEntries(Object.entries(weights).filter(([name]) => names.includes(name))),
    close: async () => undefined,
  };
}

const isFresh = (parameter: string): boolean => /^(classifier|bert\.pooler)\./.test(parameter);

/** Texts of both classes in turn. */
function textsOf(seed: number): { readonly examples: readonly Encoded[]; readonly classes: readonly number[] } {
  const count = TRAIN + EVALUATED;
  const classes = Array.from({ length: count }, (_, k) => k % 2);
  const examples = classes.map((label, k) => {
    const ids = Array.from(stream(seed, `text ${k}`).uniforms(LENGTH), (u) => Math.floor(u * MARK));
    if (label === 1) ids[1 + (k % (LENGTH - 1))] = MARK;
    return { ids, place: 0 };
  });
  return { examples, classes };
}

/** Trains and measures one. */
export function measurePlanted(engine: Engine, planted: Planted, seed: number): Promise<MeasuredDraw> {
  const { head, optimizer, learningRate, steps, selected } = planted;
  const { examples, classes } = textsOf(seed);
  return measureDraw({
    engine,
    model: modelOf(head, seed),
    examples,
    classes,
    train: Array.from({ length: TRAIN }, (_, k) => k),
    evaluated: Array.from({ length: EVALUATED }, (_, k) => TRAIN + k),
    compared: EVALUATED,
    head: headData(head, config),
    outputs: outputsOf(2),
    ...(selected === undefined ? {} : { selected }),
    metric: 'accuracy',
    optimizer: optimizerNamed(optimizer),
    settings: { learningRate },
    batch: 8,
    steps,
    seed,
    trainLinear: false,
  });
}

/** The verdict on one draw alone. */
export const verdictOn = (draw: MeasuredDraw): Verdict =>
  judgeRegime([draw], { metric: 'accuracy', evaluated: EVALUATED });
