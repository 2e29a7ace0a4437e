/** What is trained: two multilayer perceptrons, a small GPT and a BERT encoder, with the batches that they see. */

import { type LanguageModelConfig, languageModel, mlp, type Net, transformer } from '../../src/nets/index.ts';
import { optimizerNamed } from '../../src/optimizers/index.ts';
import { parametrized, SP } from '../../src/parametrizations/index.ts';
import type { Program, Sizes } from '../../src/program/index.ts';
import { trainingStep } from '../../src/training/index.ts';

export const WORKLOADS = ['mlp', 'wide', 'gpt', 'encoder'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** Different batches, which training sees in turn. */
export const BATCHES = 8;

/** Adam as PyTorch has it, for all parameters alike, at a rate at which losses can be compared (losses.ts). */
export const ADAM = { rate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

interface Common {
  readonly name: WorkloadName;
  /** The width of hidden layers. */
  readonly width: number;
  readonly batch: number;
  /** Steps of a run. */
  readonly steps: number;
}

/** Hidden layers with relu and biases, a readout without, and cross-entropy. */
export interface MlpWorkload extends Common {
  readonly net: 'mlp';
  readonly depth: number;
  readonly input: number;
  readonly classes: number;
}

/** The transformer of src/nets: layer norms before the parts of a block, gelu, biases but of keys and readout. */
export interface GptWorkload extends Common {
  readonly net: 'gpt';
  readonly depth: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly expansion: number;
}

/** A BERT encoder that is fine-tuned: cross-entropy of two label words at one place, the decoder tied to the embeddings. */
export interface EncoderWorkload extends Common {
  readonly net: 'encoder';
  readonly depth: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly expansion: number;
  /** The position that is read. */
  readonly place: number;
  /** Tokens of the label words. */
  readonly labels: readonly number[];
}

export type Workload = MlpWorkload | GptWorkload | EncoderWorkload;

const STATED: Readonly<Record<WorkloadName, Workload>> = {
  mlp: perceptron('mlp', 3, 1024, 20),
  wide: perceptron('wide', 2, 4096, 10),
  gpt: {
    name: 'gpt',
    net: 'gpt',
    depth: 4,
    width: 256,
    heads: 4,
    vocabulary: 256,
    context: 128,
    expansion: 4,
    batch: 8,
    steps: 10,
  },
  encoder: {
    name: 'encoder',
    net: 'encoder',
    depth: 6,
    width: 384,
    heads: 12,
    vocabulary: 30522,
    context: 64,
    expansion: 4,
    place: 32,
    labels: [2307, 6659],
    batch: 8,
    steps: 5,
  },
};

function perceptron(name: WorkloadName, depth: number, width: number, steps: number): MlpWorkload {
  return { name, net: 'mlp', depth, width, input: 784, classes: 10, batch: 128, steps };
}

/** What may differ from the sizes that bounds are stated for. */
export interface Changes {
  readonly width?: number;
  readonly steps?: number;
}

/** A workload by its name. */
export function workload(name: WorkloadName, { width, steps }: Changes = {}): Workload {
  const stated = STATED[name];
  return { ...stated, width: width ?? stated.width, steps: steps ?? stated.steps };
}

/** Its sizes, for people. */
export function titleOf(given: Workload): string {
  const { depth, width } = given;
  if (given.net === 'mlp') return [given.input, ...new Array<number>(depth).fill(width), given.classes].join('-');
  return `${given.net === 'gpt' ? 'GPT' : 'BERT'}, ${depth} × ${width}`;
}

/** Its network, before any parametrization. */
export function netOf(given: Workload): Net {
  const { depth } = given;
  switch (given.net) {
    case 'mlp':
      return mlp({ depth, classes: given.classes, activation: 'relu', biases: true });
    case 'gpt': {
      const { heads, vocabulary, context, expansion, width } = given;
      // The default, 1/d, is √d times smaller than what everyone else takes at a fixed width.
      const scaled = { scaling: '1/d', multiplier: Math.sqrt(width / heads) } as const;
      return transformer({ vocabulary, context, depth, expansion, heads, ...scaled, activation: 'gelu', biases: true });
    }
    case 'encoder':
      return languageModel(encoderConfig(given), { kind: 'words', classes: given.labels.length, untie: false });
  }
}

function encoderConfig(given: EncoderWorkload): LanguageModelConfig {
  const { width, depth, heads, vocabulary, context, expansion } = given;
  return {
    family: 'bert',
    ...{ vocabulary, positions: context, firstPosition: 0, tokenTypes: 2, width, layers: depth, heads },
    ...{ feedForward: expansion * width, activation: 'gelu', normEpsilon: 1e-12, tied: true },
  };
}

/** The network with the laws of its weights: standard parametrization, so that nothing depends on the width but they. */
export function lawsOf(given: Workload): Program {
  const { program, parameters, output } = netOf(given);
  return parametrized(program, { parametrization: SP, parameters, output });
}

/** One step: cross-entropy and Adam. */
export function stepOf(given: Workload): Program {
  const { rate, ...rest } = ADAM;
  return trainingStep(netOf(given), {
    parametrization: SP,
    optimizer: optimizerNamed('adam'),
    settings: { learningRate: rate, ...rest },
    loss: 'cross-entropy',
  });
}

/** Sizes that neither program fixes. */
export function sizesOf(given: Workload): Sizes {
  if (given.net === 'encoder') return { batch: given.batch, time: given.context };
  const common = { n: given.width, batch: given.batch };
  return given.net === 'mlp' ? { ...common, input: given.input } : common;
}
