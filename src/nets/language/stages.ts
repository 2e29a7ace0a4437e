/** The first stage of a language model and its blocks, their parameters named as checkpoints name them within each. */

import type { Axis, Space, Value } from '../../program/index.ts';
import { NetWriter, normal } from '../netWriter.ts';
import { type AttentionParts, attention, attentionSpaces } from '../parts/attention.ts';
import { lookedUp } from '../parts/embedding.ts';
import { feedForward } from '../parts/feedForward.ts';
import type { Mask } from '../parts/mask.ts';
import { type Normalization, normalized } from '../parts/normalization.ts';
import type { Projection } from '../parts/projection.ts';
import { type Residual, residual } from '../parts/residual.ts';
import type { WrittenStage } from '../stage.ts';
import { ENCODER_ACTIVATIONS } from './activations.ts';
import type { Architecture, AttentionDescription, BlockDescription, Dense, NormStyle } from './architecture.ts';
import type { LanguageModelConfig } from './config.ts';
import { type AdaptedLayers, factorNames } from './denseLayers.ts';

/** What one stage hands to the next, [batch, time, n]. */
export const HIDDEN = 'hidden';
export const HIDDEN_AXES: readonly Axis[] = ['batch', 'time', 'n'];

/** Spaces of every stage. */
export function spaces(config: LanguageModelConfig, classes: number): Space[] {
  const late = (name: string): Space => ({ name, kind: 'fixed', size: { symbol: name, ratio: 1 } });
  const fixed = (name: string, size: number): Space => ({ name, kind: 'fixed', size });
  const n = fixed('n', config.width);
  return [
    late('batch'),
    late('time'),
    fixed('class', classes),
    fixed('vocabulary', config.vocabulary),
    fixed('position', config.positions),
    ...(config.tokenTypes > 0 ? [fixed('kind', config.tokenTypes)] : []),
    ...headSpaces(config, n),
    n,
    fixed('wide', config.feedForward),
  ];
}

/** `head` and `key`; where several queries share keys, `group` and `member` for `head`. */
function headSpaces(
  { width, heads, keyHeads = heads, headSize = width / heads }: LanguageModelConfig,
  n: Space,
): Space[] {
  if (keyHeads === heads && headSize * heads === width) return attentionSpaces(n, heads);
  const fixed = (name: string, size: number): Space => ({ name, kind: 'fixed', size });
  const own =
    keyHeads === heads ? [fixed('head', heads)] : [fixed('group', keyHeads), fixed('member', heads / keyHeads)];
  return [...own, fixed('key', headSize)];
}

export function normOf(path: string, { norm, shift, epsilon }: NormStyle): Normalization {
  return {
    ...(norm === 'layer' ? {} : { norm }),
    gain: `${path}.weight`,
    ...(shift ? { shift: `${path}.bias` } : {}),
    gains: 'gain',
    epsilon,
  };
}

/** A bias is drawn as the weights are. */
export function projection({ name, bias, turned }: Dense, adapted: AdaptedLayers): Projection {
  const lowRank = Object.hasOwn(adapted, name) ? adapted[name] : undefined;
  return {
    weight: `${name}.weight`,
    ...(bias ? { bias: `${name}.bias`, biasLaw: normal() } : {}),
    ...(turned === true ? { turned } : {}),
    ...(lowRank === undefined ? {} : { lora: { ...factorNames(name), ...lowRank } }),
  };
}

/** The sum of what tables hold of tokens, positions and kinds, and its norm. */
export function embeddingStage(
  { embedding: { words, positions, kinds, norm }, style }: Architecture,
  config: LanguageModelConfig,
  classes: number,
): WrittenStage {
  const net = new NetWriter('embed', spaces(config, classes));
  const text = ['batch', 'time'];
  const rows = [lookedUp(net, { table: `${words}.weight`, of: 'vocabulary', index: 'tokens', axes: text })];
  if (positions !== undefined) {
    rows.push(lookedUp(net, { table: `${positions}.weight`, of: 'position', index: 'positions', axes: ['time'] }));
  }
  if (kinds !== undefined) {
    rows.push(lookedUp(net, { table: `${kinds}.weight`, of: 'kind', index: 'kinds', axes: text }));
  }
  const sum = net.sum(rows, 'sum');
  net.layer({ name: 'embedding', parameter: `${words}.weight`, preactivation: 'sum' });
  net.writer.output(HIDDEN, norm === undefined ? sum : normalized(net, sum, normOf(norm, style)));
  return net.stage();
}

export function blockStage(
  block: BlockDescription,
  config: LanguageModelConfig,
  classes: number,
  adapted: AdaptedLayers,
): WrittenStage {
  const net = new NetWriter('block', spaces(config, classes));
  const x = net.input(HIDDEN, HIDDEN_AXES);
  const parts = partsOf(net, block, adapted);
  const attended = (input: Value): Value => attention(net, input, parts);
  const fed = (input: Value): Value => {
    const { up, down, activation, gate } = block.feedForward;
    return feedForward(net, input, {
      up: projection(up, adapted),
      down: projection(down, adapted),
      activation: ENCODER_ACTIVATIONS[activation],
      ...(gate === undefined ? {} : { gate: gate === 'in up' ? gate : projection(gate, adapted) }),
    });
  };
  net.writer.output(HIDDEN, blockOf(net, x, block, attended, fed));
  return net.stage();
}

/** The two parts of a block with their norms and residual connections. */
function blockOf(
  net: NetWriter,
  x: Value,
  { normed, style, attentionNorm, feedForwardNorm }: BlockDescription,
  attended: (input: Value) => Value,
  fed: (input: Value) => Value,
): Value {
  const norm = (path: string): Normalization => normOf(path, style);
  const before = (path: string | undefined): Value => (path === undefined ? x : normalized(net, x, norm(path)));
  if (normed === 'side by side') {
    return net.sum([x, attended(before(attentionNorm)), fed(before(feedForwardNorm))], 'x');
  }
  const beside = (path: string, value: string): Residual => ({ norm: norm(path), normed, value });
  const y =
    attentionNorm === undefined
      ? net.sum([x, attended(x)], 'y')
      : residual(net, x, beside(attentionNorm, 'y'), attended);
  return residual(net, y, beside(feedForwardNorm, 'x'), fed);
}

function partsOf(net: NetWriter, { attention: own, style }: BlockDescription, adapted: AdaptedLayers) {
  const { made, mix, heads, keyHeads, headNorms, rotary } = own;
  const mask = maskOf(net, own);
  const common = {
    mix: projection(mix, adapted),
    scaling: '1/sqrt(d)',
    mask,
    ...(heads === keyHeads ? {} : { heads: { queries: ['group', 'member'], keys: ['group'] } }),
    ...(headNorms === undefined
      ? {}
      : { norms: { queries: normOf(headNorms.queries, style), keys: normOf(headNorms.keys, style) } }),
    ...(rotary === undefined ? {} : { rotary: { by: rotary, places: placesOf(net) } }),
  } as const;
  const parts: AttentionParts =
    'all' in made
      ? { ...common, all: projection(made.all, adapted), made: made.axes }
      : {
          ...common,
          query: projection(made.query, adapted),
          key: projection(made.key, adapted),
          value: projection(made.value, adapted),
        };
  return parts;
}

function maskOf(net: NetWriter, { sees, near }: AttentionDescription): Mask {
  if (sees === 'earlier') return { by: 'time', places: placesOf(net), ...(near === undefined ? {} : { near }) };
  const added = net.input('padding', ['batch', "time'"]);
  return { by: 'padding', added, ...(near === undefined ? {} : { near: { places: placesOf(net), distance: near } }) };
}

/** Numbers that count tokens. */
function placesOf(net: NetWriter): Value {
  return net.writer.has('places') ? net.writer.value('places') : net.input('places', ['time']);
}
