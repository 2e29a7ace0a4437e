/** Networks from a description by layers. */

import { required } from '../../errors/index.ts';
import { argument, mul } from '../../program/index.ts';
import type { Net } from '../net.ts';
import { NetWriter } from '../netWriter.ts';
import { activations } from './activations.ts';
import * as errors from './errors.ts';
import type { Flow } from './flow.ts';
import { axesOf } from './flow.ts';
import { layers } from './layers.ts';
import { LayerWriter } from './layerWriter.ts';
import { type LayerSpec, layerOf, Settings } from './settings.ts';

/** What goes between layers: one flow, or several side by side. */
export type Flows = Flow | readonly Flow[];

const isOne = (flows: Flows): flows is Flow => !Array.isArray(flows);

/** Layers that are made of others, or take or give several flows. */
const structures = [
  'serial',
  'residual',
  'parallel',
  'FanOut',
  'FanInSum',
  'FanInProd',
  'FanInConcat',
  'Identity',
] as const;
type Structure = (typeof structures)[number];

/** Every layer that there is. */
export const LAYER_NAMES: readonly string[] = [
  ...new Set<string>([...structures, ...Object.keys(layers), ...Object.keys(activations)]),
].sort();

/**
 * A network described in the layer language of neural-tangents' stax: `["serial", {"layers": [["Dense", {"out_dim": 64,
 * "W_std": 1.5, "b_std": 0.1}], ["Relu", {}], ["Dense", {"out_dim": 1}]]}]`, names of settings and their defaults as there.
 *
 * `shape` is that of one input: `[channels]`, `[length, channels]` or `[rows, columns, channels]`. Data `x` [batch,
 * input], [batch, time, input] or [batch, row, column, input]. Layers of c channels are on the width `nc`, c · n wide,
 * so that n = 1 is the network as described, and laws and multipliers have the powers of n of their parametrization; a
 * last `Dense` gives the output `f` [batch], or [batch, class] of several. With `residual` its branch is added to its
 * input; `Dropout`'s rate is the share that is kept, and its masks are drawn for every example.
 *
 * Throws {@link UserError} `nets.bad-layer`, `nets.unknown-layer`, `nets.bad-setting`, `nets.unknown-setting`,
 * `nets.bad-shape`, `nets.bad-input-shape`; {@link UnsupportedError} `nets.unsupported-layer`.
 */
export function layerNet(description: unknown, shape: readonly number[]): Net {
  const spec = layerOf(description);
  const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 1);
  if (shape.length < 1 || shape.length > 3 || !whole) throw errors.badInputShape(shape);
  const net = new NetWriter('network of layers', [
    { name: 'batch', kind: 'fixed', size: { symbol: 'batch', ratio: 1 } },
  ]);
  const writer = new LayerWriter(net);
  const names = shape.length === 1 ? [] : shape.length === 2 ? ['time'] : ['row', 'column'];
  const channels = required(shape.at(-1), 'number of channels');
  const places = names.map((name, k) => {
    const length = required(shape[k], 'length of an axis');
    return { name, axis: writer.fixed(name, length), length };
  });
  const channel = writer.fixed('input', channels);
  const value = net.input('x', ['batch', ...places.map(({ axis }) => axis), channel]);
  const end = written({ parts: [{ value, channel, channels }], places, flat: false }, spec, spec[0], writer, true);
  if (!isOne(end)) throw errors.badShape(spec[0], 'the network ends in several flows; join them by a FanIn layer');
  const [part, second] = end.parts;
  if (part === undefined || second !== undefined) {
    throw errors.badShape(spec[0], 'the network ends in channels of several spaces; end it with a Dense layer');
  }
  const output = net.writer.map(mul(1, argument(0)), [part.value], 'f');
  net.writer.output('f', output);
  return net.net({ output: 'f' });
}

/** A layer behind a flow; `last` where nothing comes after it. */
function written(flows: Flows, spec: LayerSpec, where: string, writer: LayerWriter, last = false): Flows {
  const [name, given] = spec;
  const settings = new Settings(where, given);
  if (isStructure(name)) {
    const result = structure(name, flows, settings, writer, last);
    settings.done();
    return result;
  }
  if (!isOne(flows)) throw errors.badShape(where, 'takes one flow, but several come in; join them by a FanIn layer');
  const layer = Object.hasOwn(layers, name) ? layers[name] : undefined;
  if (layer !== undefined) {
    const result = layer(flows, settings, writer, last);
    settings.done();
    return result;
  }
  const reader = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (reader === undefined) throw errors.unknownLayer(where, name, LAYER_NAMES);
  const { expr, readsMeanSquare = false } = reader(settings);
  settings.done();
  const { net } = writer;
  return writer.each(flows, (value, { channel }) => {
    if (!readsMeanSquare) return net.writer.map(expr(argument(0), argument(1)), [value]);
    const square = net.writer.reduce('mean', net.writer.map(mul(argument(0), argument(0)), [value]), [channel]);
    return net.writer.map(expr(argument(0), argument(1)), [value, square]);
  });
}

function isStructure(name: string): name is Structure {
  return structures.includes(name as Structure); // includes compares only
}

function structure(name: Structure, flows: Flows, settings: Settings, writer: LayerWriter, last: boolean): Flows {
  const { where } = settings;
  const inner = (layer: LayerSpec, k: number): string => `${where}, layer ${k + 1} (${layer[0]})`;
  const all = isOne(flows) ? [flows] : flows;
  switch (name) {
    case 'Identity':
      return flows;
    case 'serial': {
      const list = settings.layers('layers');
      return list.reduce<Flows>(
        (own, layer, k) => written(own, layer, inner(layer, k), writer, last && k === list.length - 1),
        flows,
      );
    }
    case 'residual': {
      if (!isOne(flows)) throw errors.badShape(where, 'takes one flow, but several come in');
      const branch = settings.layer('branch');
      const result = written(flows, branch, inner(branch, 0), writer);
      return joined(where, isOne(result) ? [flows, result] : [flows, ...result], 'sum', writer);
    }
    case 'FanOut': {
      if (!isOne(flows)) throw errors.badShape(where, 'takes one flow, but several come in');
      return Array.from({ length: settings.count('num') }, () => flows);
    }
    case 'parallel': {
      const list = settings.layers('layers');
      if (list.length !== all.length) {
        throw errors.badShape(
          where,
          `has ${list.length} layers for ${all.length} flows; put a FanOut of ${list.length} before it`,
        );
      }
      return list.map((layer, k) => {
        const result = written(required(all[k], 'flow'), layer, inner(layer, k), writer);
        if (isOne(result)) return result;
        throw errors.badShape(inner(layer, k), 'gives several flows, but one of `parallel` gives one');
      });
    }
    case 'FanInSum':
      return joined(where, all, 'sum', writer);
    case 'FanInProd':
      return joined(where, all, 'product', writer);
    case 'FanInConcat': {
      const [axis, second] = settings.axes('axis', [-1]);
      const rank = 2 + required(all[0], 'flow').places.length;
      if (second !== undefined || (axis !== -1 && axis !== rank - 1)) {
        throw errors.unsupported(where, 'concatenation along another axis than the channels', 'give axis -1');
      }
      sameLengths(where, all);
      const first = required(all[0], 'flow');
      return { ...first, parts: all.flatMap(({ parts }) => parts) };
    }
  }
}

/** Flows of one shape, added up or multiplied. */
function joined(where: string, flows: readonly Flow[], by: 'sum' | 'product', writer: LayerWriter): Flow {
  sameLengths(where, flows);
  const [first, ...rest] = flows;
  if (first === undefined) throw errors.badShape(where, 'takes at least one flow');
  for (const flow of rest) {
    const fits =
      flow.parts.length === first.parts.length &&
      flow.parts.every((part, k) => part.channel === first.parts[k]?.channel);
    if (fits) continue;
    const shown = ({ parts }: Flow): string =>
      parts.map(({ channel, channels }) => `${channels} (${channel})`).join(' + ');
    throw errors.badShape(where, `joins ${shown(first)} channels with ${shown(flow)}; they must be the same`);
  }
  const { net } = writer;
  const parts = first.parts.map((part, k) => {
    const values = flows.map((flow) => required(flow.parts[k], 'part').value);
    const value =
      by === 'sum'
        ? net.sum(values)
        : values.reduce((product, own) => net.writer.map(mul(argument(0), argument(1)), [product, own]));
    return { ...part, value };
  });
  return { ...first, parts };
}

function sameLengths(where: string, flows: readonly Flow[]): void {
  const shown = (flow: Flow): string => `${axesOf(flow).join(' × ') || 'no places'}${flow.flat ? ', flattened' : ''}`;
  const kinds = [...new Set(flows.map(shown))];
  if (kinds.length > 1)
    throw errors.badShape(where, `joins values on ${kinds.join(' and on ')}; they must be on the same places`);
}
