/** What a program is given or draws, as entries. */

import { splitAxes } from '../../entries/index.ts';
import {
  type Axis,
  entries as countOf,
  type InstructionOf,
  type Law,
  type Node,
  raised,
  reorder,
  type Tensors,
} from '../../program/index.ts';
import { notGiven } from '../errors.ts';
import { type Rates, rateOf } from '../rates.ts';
import type { Setting } from './setting.ts';
import type { DrawnMatrix, KernelEntry, KernelValue } from './values.ts';

/** The value of an input or a parameter; `rates` are those of parameters, 1 if left out. */
export function fed(
  instruction: InstructionOf<'input' | 'parameter'>,
  node: Node,
  data: Tensors,
  rates: Rates,
  setting: Setting,
): KernelValue {
  const { name } = node;
  const { axes, shape, widths } = splitAxes(node, setting);
  const given = data[name];
  if (given !== undefined && widths.length === 0)
    return { axes, shape, data: givenEntries(name, given, axes, setting), widths };
  const { law } = instruction;
  if (law === undefined) throw notGiven(setting.program, name);
  const rate = instruction.op === 'parameter' ? rateOf(name, rates, setting.size) : 0;
  const perExample = axes.includes(setting.examples);
  const drawn = Array.from({ length: countOf(shape) }, () => draw(law, rate, widths, perExample, node, setting));
  return { axes, shape, data: drawn, widths };
}

/** Data: a number for each input at every place; indices have to be the same for all. */
function givenEntries(name: string, given: Tensors[string], axes: readonly Axis[], setting: Setting): KernelEntry[] {
  const { world, examples, inputs, own } = setting;
  const rest = axes.filter((axis) => axis !== examples);
  if (rest.length === axes.length) return Array.from(reorder(given, axes).data, (value) => world.constant(value));
  const { data, shape } = reorder(given, [examples, ...rest]);
  const size = countOf(shape.slice(1));
  return Array.from({ length: size }, (_, place) => {
    const first = Number(data[place]);
    const isIndex = data instanceof Int32Array;
    const same =
      isIndex && Array.from({ length: inputs }, (_own, k) => data[k * size + place]).every((own) => own === first);
    return world.constant(same ? first : own.plan.data(name, place));
  });
}

/** One entry of drawn data: a matrix, or a variable around its mean. */
function draw(
  law: Law,
  rate: number,
  widths: readonly Axis[],
  perExample: boolean,
  node: Node,
  setting: Setting,
): KernelEntry {
  const { world } = setting;
  const [rows, columns, third] = widths;
  if (third !== undefined) throw setting.refused(node.name, 'initial data', 'draws entries over three width axes');
  const variance = law.kind === 'constant' ? 0 : varianceOf(law, setting);
  const mean = law.kind === 'constant' ? law.value : 0;
  if (rows !== undefined && columns !== undefined) {
    if (mean !== 0) throw setting.refused(node.name, 'initial data', `starts a matrix at ${mean}, not at mean 0`);
    if (perExample) throw setting.refused(node.name, 'initial data', 'draws a matrix for every example');
    const symbol: DrawnMatrix = { name: node.name, variance, rate, used: undefined };
    return { matrices: [{ symbol, rows, columns, coefficient: 1 }] };
  }
  if (law.kind === 'rademacher') {
    throw setting.refused(node.name, 'Gaussian vectors', 'draws a vector of signs, which is not Gaussian');
  }
  if (variance === 0 && rate === 0) return world.constant(mean);
  const own = world.initial({ name: node.name, variance, trained: rate, perExample });
  return mean === 0 ? own : world.sum([own, world.constant(mean)]);
}

function varianceOf({ scale, powers }: Exclude<Law, { kind: 'constant' }>, { size }: Setting): number {
  return powers.reduce((total, { space, exponent: power }) => total * raised(size(space), power), scale) ** 2;
}
