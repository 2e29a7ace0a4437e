/**
 * BERT and RoBERTa as stages: embed, block × L, head (Devlin et al. 2018; Liu et al. 2019; post-layer-norm encoders).
 *
 * Parameters carry the names of Hugging Face checkpoints, so what is printed, selected and reported is what the file
 * holds. All sizes but batch and time are numbers: a checkpoint is a finite object, no axis is a width, and cotangents
 * are those of ordinary backpropagation. Attention weights live on [head, key, n]; the checkpoint loader reshapes.
 */

import {
  type Axis,
  add,
  build,
  type Chain,
  chainParameters,
  compose,
  constantLaw,
  fixed,
  mul,
  nodeOf,
  type Program,
  pushGathers,
  type Stage,
  simplify,
  spaceOf,
  type Typed,
  type UnaryName,
  unary,
} from '../program/index.ts';
import type { EncoderConfig } from './encoderConfig.ts';

/** What is read off the encoder. */
export type EncoderHead =
  /** Logits of label words at one position, by the masked-language-model head. */
  | { readonly kind: 'words'; readonly classes: number; readonly untie: boolean }
  /** A fixed linear functional of the first token's features, given as data. */
  | { readonly kind: 'functional'; readonly classes: number };

/** One parameter as the checkpoint stores it. */
export interface CheckpointParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Axes of the program's view of the same numbers, row-major. */
  readonly axes: readonly Axis[];
  readonly axisSizes: readonly number[];
  /** Another tensor that holds the same numbers where this one is absent (a decoder tied in the file). */
  readonly fallback?: string;
}

export interface EncoderNet {
  readonly config: EncoderConfig;
  readonly chain: Chain;
  readonly parameters: readonly CheckpointParameter[];
}

/** Why the key bias of softmax attention has no gradient. */
const KEY_BIAS = 'the key bias adds one number to all scores of a query, which softmax over the keys ignores';

const activations: Readonly<Record<EncoderConfig['activation'], UnaryName>> = {
  gelu: 'gelu',
  gelu_tanh: 'geluTanh',
  relu: 'relu',
};

function spaces(config: EncoderConfig, classes: number) {
  return {
    batch: fixed(),
    time: fixed(),
    class: fixed(classes),
    vocabulary: fixed(config.vocabulary),
    position: fixed(config.positions),
    kind: fixed(config.tokenTypes),
    head: fixed(config.heads),
    key: fixed(config.width / config.heads),
    n: fixed(config.width),
    hidden: fixed(config.feedForward),
  };
}

const start = (name: string, config: EncoderConfig, classes: number) => build(name, spaces(config, classes));
type EncoderBuilder = ReturnType<typeof start>;

/** Layer normalization over n with gain and bias. */
function layerNorm<A extends Axis>(
  b: EncoderBuilder,
  x: Typed<A | 'n'>,
  name: string,
  epsilon: number,
): Typed<A | 'n'> {
  const gain = b.parameter(`${name}.weight`, ['n'], { law: constantLaw(1) });
  const bias = b.parameter(`${name}.bias`, ['n'], { law: constantLaw(0) });
  const normalized = b.call('normalize', x, ['n'], { epsilon });
  return b.add<A | 'n'>(b.contract(normalized, gain, []), [b.plain(bias)]);
}

function embed(config: EncoderConfig, classes: number): Program {
  const b = start('embed', config, classes);
  const word = b.parameter('word_embeddings.weight', ['vocabulary', 'n']);
  const position = b.parameter('position_embeddings.weight', ['position', 'n']);
  const kind = b.parameter('token_type_embeddings.weight', ['kind', 'n']);
  const tokens = b.gather(word, b.index('tokens', 'vocabulary', ['batch', 'time']), 'vocabulary', 'words');
  const places = b.gather(position, b.index('positions', 'position', ['time']), 'position', 'places');
  const kinds = b.gather(kind, b.index('kinds', 'kind', ['batch', 'time']), 'kind', 'types');
  const sum = b.add<'batch' | 'time' | 'n'>(tokens, [places, kinds], 'sum');
  b.output('hidden', layerNorm(b, sum, 'LayerNorm', config.normEpsilon));
  return b.finish();
}

function block(config: EncoderConfig, classes: number): Program {
  const b = start('block', config, classes);
  const x = b.input('hidden', ['batch', 'time', 'n']);
  // 0 on tokens, a large negative number on padding, whose weights then vanish exactly.
  const padding = b.input('padding', ['batch', "time'"]);
  const project = (name: string, zeroGradient?: string) => {
    const path = `attention.self.${name}`;
    const weight = b.parameter(`${path}.weight`, ['head', 'key', 'n']);
    const bias = b.parameter(`${path}.bias`, ['head', 'key'], zeroGradient === undefined ? {} : { zeroGradient });
    return b.add<'batch' | 'time' | 'head' | 'key'>(b.contract(x, weight, ['n']), [b.plain(bias)], name);
  };
  const query = project('query');
  const key = b.rename(project('key', KEY_BIAS), 'time', "time'");
  const value = b.rename(project('value'), 'time', "time'");
  const scale = Math.sqrt(config.heads / config.width);
  const raw = b.contract(query, key, ['key'], 'raw');
  const scores = b.map([raw, padding], (u, v) => add(mul(scale, u), v), 'scores');
  const weights = b.call('softmax', scores, ["time'"], {}, 'weights');
  const mixed = b.contract(weights, value, ["time'"], 'mixed');
  const output = b.parameter('attention.output.dense.weight', ['n', 'head', 'key']);
  const outputBias = b.parameter('attention.output.dense.bias', ['n']);
  const attended = b.contract(mixed, output, ['head', 'key'], 'attended');
  const residual = b.add<'batch' | 'time' | 'n'>(attended, [b.plain(outputBias), x], 'residual');
  const middle = layerNorm(b, residual, 'attention.output.LayerNorm', config.normEpsilon);
  const up = b.parameter('intermediate.dense.weight', ['hidden', 'n']);
  const upBias = b.parameter('intermediate.dense.bias', ['hidden']);
  const inner = b.add<'batch' | 'time' | 'hidden'>(b.contract(middle, up, ['n']), [b.plain(upBias)], 'inner');
  const active = b.map([inner], (u) => unary(activations[config.activation], u), 'active');
  const down = b.parameter('output.dense.weight', ['n', 'hidden']);
  const downBias = b.parameter('output.dense.bias', ['n']);
  const fed = b.contract(active, down, ['hidden'], 'fed');
  const sum = b.add<'batch' | 'time' | 'n'>(fed, [b.plain(downBias), middle], 'sum');
  b.output('hidden', layerNorm(b, sum, 'output.LayerNorm', config.normEpsilon));
  return b.finish();
}

/** The masked-language-model head at one position; only the label words' rows of the decoder are read. */
function wordsHead(config: EncoderConfig, classes: number): Program {
  const b = start('words head', config, classes);
  const x = b.input('hidden', ['batch', 'time', 'n']);
  const at = b.gather(x, b.index('place', 'time', ['batch']), 'time', 'at');
  const dense = b.parameter('dense.weight', ["n'", 'n']);
  const bias = b.parameter('dense.bias', ["n'"]);
  const turned = b.add<'batch' | "n'">(b.contract(at, dense, ['n']), [b.plain(bias)]);
  const active = b.map([b.rename(turned, "n'", 'n')], (u) => unary(activations[config.activation], u), 'active');
  const features = layerNorm(b, active, 'LayerNorm', config.normEpsilon);
  const labels = b.index('labels', 'vocabulary', ['class']);
  const rows = b.gather(b.parameter('decoder.weight', ['vocabulary', 'n']), labels, 'vocabulary', 'rows');
  const offsets = b.gather(b.parameter('decoder.bias', ['vocabulary']), labels, 'vocabulary', 'offsets');
  b.output('logits', b.add<'batch' | 'class'>(b.contract(features, rows, ['n']), [offsets], 'logits'));
  return b.finish();
}

function functionalHead(config: EncoderConfig, classes: number): Program {
  const b = start('functional head', config, classes);
  const x = b.input('hidden', ['batch', 'time', 'n']);
  const first = b.gather(x, b.constantIndex('time', 0), 'time', 'first');
  const functional = b.input('functional', ['class', 'n']);
  const offset = b.input('offset', ['class']);
  b.output('logits', b.add<'batch' | 'class'>(b.contract(first, functional, ['n']), [offset], 'logits'));
  return b.finish();
}

/** Checkpoint names of the head's parameters, by family. */
const headNames = {
  bert: {
    'dense.weight': 'cls.predictions.transform.dense.weight',
    'dense.bias': 'cls.predictions.transform.dense.bias',
    'LayerNorm.weight': 'cls.predictions.transform.LayerNorm.weight',
    'LayerNorm.bias': 'cls.predictions.transform.LayerNorm.bias',
    'decoder.weight': 'cls.predictions.decoder.weight',
    'decoder.bias': 'cls.predictions.bias',
  },
  roberta: {
    'dense.weight': 'lm_head.dense.weight',
    'dense.bias': 'lm_head.dense.bias',
    'LayerNorm.weight': 'lm_head.layer_norm.weight',
    'LayerNorm.bias': 'lm_head.layer_norm.bias',
    'decoder.weight': 'lm_head.decoder.weight',
    'decoder.bias': 'lm_head.bias',
  },
} as const;

/** Prefixes every parameter of a program. */
function prefixed(program: Program, prefix: string): Record<string, string> {
  return Object.fromEntries(
    program.nodes.filter((node) => node.instruction.op === 'parameter').map(({ name }) => [name, prefix + name]),
  );
}

/** An encoder with a head, as stages. */
export function encoder(config: EncoderConfig, head: EncoderHead): EncoderNet {
  const { family } = config;
  const [embedding, layer] = [embed(config, head.classes), block(config, head.classes)];
  const wordTable = `${family}.embeddings.word_embeddings.weight`;
  const tied = head.kind === 'words' && config.tied && !head.untie;
  const top = head.kind === 'words' ? wordsHead(config, head.classes) : functionalHead(config, head.classes);
  const names = { ...headNames[family], ...(tied ? { 'decoder.weight': wordTable } : {}) };
  const layers: Stage[] = Array.from({ length: config.layers }, (_, l) => ({
    name: `layer.${l}`,
    program: layer,
    parameters: prefixed(layer, `${family}.encoder.layer.${l}.`),
  }));
  const readout: Stage = { name: 'head', program: top, parameters: head.kind === 'words' ? names : {} };
  const stages: Stage[] = [
    { name: 'embed', program: embedding, parameters: prefixed(embedding, `${family}.embeddings.`) },
    ...layers.slice(0, -1),
    readAtOnePlace([...layers.slice(-1), readout]),
  ];
  const chain: Chain = { name: `${family} encoder`, stages };
  const decoder = { name: names['decoder.weight'], fallback: wordTable };
  return { config, chain, parameters: checkpointParameters(chain, decoder) };
}

/**
 * The last block and the head as one stage. The head reads one position, so nothing but keys and values of the block is
 * computed for the others.
 */
function readAtOnePlace(stages: readonly Stage[]): Stage {
  const whole = compose({ name: 'last block and head', stages });
  const logits = { ...whole, outputs: whole.outputs.filter(({ name }) => name === 'logits') };
  const program = simplify(pushGathers(logits));
  return { name: 'top', program, parameters: {} };
}

function checkpointParameters(
  chain: Chain,
  decoder: { readonly name: string; readonly fallback: string },
): CheckpointParameter[] {
  const found = new Map<string, CheckpointParameter>();
  for (const { stage, local, name } of chainParameters(chain)) {
    if (found.has(name)) continue;
    const { axes } = nodeOf(stage.program, local).type;
    const axisSizes = axes.map((axis) => sizeOf(stage.program, axis));
    const fallback = name === decoder.name ? { fallback: decoder.fallback } : {};
    found.set(name, { name, axes, axisSizes, shape: stored(axes, axisSizes), ...fallback });
  }
  return [...found.values()];
}

function sizeOf(program: Program, axis: Axis): number {
  const size = program.spaces.find((space) => space.name === spaceOf(axis))?.size;
  return typeof size === 'number' ? size : 0;
}

/** Checkpoints store head and key as one dimension. */
function stored(axes: readonly Axis[], sizes: readonly number[]): number[] {
  const shape: number[] = [];
  axes.forEach((axis, k) => {
    const size = sizes[k] ?? 0;
    if (axis === 'key') shape.push((shape.pop() ?? 1) * size);
    else shape.push(size);
  });
  return shape;
}
