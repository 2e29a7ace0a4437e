/** Programs read as covariances: the rules that this reading has beside the walk over fixed axes. */

import { type EntryAlgebra, type Reading, splitAxes } from '../../entries/index.ts';
import { at } from '../../numeric/index.ts';
import {
  type Axis,
  argumentsOf,
  entries as countOf,
  type Expr,
  type InstructionOf,
  linearParts,
  type Node,
  offsets,
  spaceOf,
} from '../../program/index.ts';
import { broken } from '../errors.ts';
import { addUp, contracted } from './contract.ts';
import { type Entry, numbersOf } from './entry.ts';
import type { Setting } from './setting.ts';
import { isOperator, type KernelEntry, type KernelValue, type MatrixUse } from './values.ts';

type Feed = (instruction: InstructionOf<'input' | 'parameter'>, node: Node) => KernelValue;

/** The reading of one node; `feed` gives what is not computed. */
export function kernelReading(setting: Setting, node: Node, feed: Feed): Reading<KernelValue, KernelEntry> {
  const { value, isWidth, count } = setting;
  return {
    value,
    isWidth,
    count,
    widthsOf: ({ widths }) => widths,
    algebra: algebra(setting, node),
    own: {
      input: feed,
      parameter: feed,
      map: (instruction, own) => mapOf(instruction, own, setting),
      contract: (instruction, own) => contracted(instruction, own, setting),
      call: ({ name }, own) => {
        throw setting.refused(own.name, 'products with matrices', `takes ${name} of a matrix`);
      },
    },
    made: (data, { axes, shape }, widths) => ({ axes, shape, data, widths }),
    overWidth: (by, operand, axis) => meanOver(by, operand, axis, node, setting),
  };
}

function algebra(setting: Setting, node: Node): EntryAlgebra<KernelEntry> {
  const { world, maps } = setting;
  return {
    number: (number) => world.constant(number),
    position: (entry) => {
      const numbers = isOperator(entry) ? undefined : numbersOf(entry);
      if (typeof numbers === 'number') return numbers;
      throw setting.refused(node.name, 'fixed indices', 'picks entries by an index that differs between examples');
    },
    zero: (widths) => (widths.length < 2 ? world.constant(0) : { matrices: [] }),
    sum: (entries, weight) => addUp(entries, setting, weight),
    largest: (entries) => {
      const plain = entries.map((entry) => vectorOf(entry, node, setting));
      return plain.reduce((most, next) => world.sum([next, maps.unary('relu', world.sum([most, next], [1, -1]))]));
    },
    repeated: (entry, _from, to) => {
      if (to.length > 1) throw outerProduct(node, setting);
      if (!isOperator(entry) && numbersOf(entry) !== undefined) return entry;
      throw setting.refused(node.name, 'one random number', 'repeats a random number along a width');
    },
    renamed: (entry, axes) => {
      if (!isOperator(entry)) return entry;
      const to = new Map(axes);
      const move = (axis: Axis): Axis => to.get(axis) ?? axis;
      return { matrices: entry.matrices.map((use) => ({ ...use, rows: move(use.rows), columns: move(use.columns) })) };
    },
  };
}

function vectorOf(entry: KernelEntry, node: Node, setting: Setting): Entry {
  if (!isOperator(entry)) return entry;
  throw setting.refused(node.name, 'products with matrices', 'uses an initial matrix other than in a product');
}

/** A mean or sum over a width: a number for each input. */
function meanOver(
  by: 'sum' | 'mean' | 'max',
  operand: KernelValue,
  axis: Axis,
  node: Node,
  setting: Setting,
): KernelValue {
  if (by === 'max') throw setting.refused(node.name, 'mean only', `takes the maximum over the width ${axis}`);
  const factor = by === 'sum' ? setting.size(spaceOf(axis)) : 1;
  const one = setting.world.constant(1);
  const data = operand.data.map((entry) => setting.meanOf(vectorOf(entry, node, setting), one, factor));
  return { axes: operand.axes, shape: operand.shape, data, widths: operand.widths.filter((own) => own !== axis) };
}

/** An entrywise map. */
function mapOf({ args, expr }: InstructionOf<'map'>, node: Node, setting: Setting): KernelValue {
  const { axes, shape, widths } = splitAxes(node, setting);
  const operands = args.map(setting.value);
  const places = operands.map((operand) => offsets(axes, shape, operand));
  const matrices = new Set(operands.flatMap(({ data }, k) => (data.some(isOperator) ? [k] : [])));
  if (widths.length > 1 && matrices.size === 0) throw outerProduct(node, setting);
  const data = Array.from({ length: countOf(shape) }, (_, p): KernelEntry => {
    const own = operands.map((operand, k) => at(operand.data, at(at(places, k), p)));
    if (matrices.size > 0) return scaledMatrices(expr, own, matrices, node, setting);
    return setting.maps.apply(
      expr,
      own.map((entry) => vectorOf(entry, node, setting)),
      setting.size,
    );
  });
  return { axes, shape, data, widths };
}

/** A combination of matrices with numbers for coefficients. */
function scaledMatrices(
  expr: Expr,
  entries: readonly KernelEntry[],
  matrices: ReadonlySet<number>,
  node: Node,
  setting: Setting,
): KernelEntry {
  const parts = linearParts(expr, matrices);
  const known = parts?.rest === undefined || (parts.rest.op === 'constant' && parts.rest.value === 0);
  if (parts === undefined || !known) {
    throw setting.refused(node.name, 'products with matrices', 'is an entrywise function of an initial matrix');
  }
  const uses = [...parts.coefficients].flatMap(([index, coefficient]): MatrixUse[] => {
    const entry = entries[index];
    if (entry === undefined || !isOperator(entry)) return [];
    const args = entries.map((own) => (isOperator(own) ? setting.world.constant(Number.NaN) : own));
    if ([...argumentsOf(coefficient)].some((own) => own >= args.length))
      throw broken(node.name, 'an operand is missing');
    const factor = numbersOf(setting.maps.apply(coefficient, args, setting.size));
    if (typeof factor !== 'number') {
      throw setting.refused(node.name, 'products with matrices', 'scales an initial matrix by what is not one number');
    }
    return entry.matrices.map((use) => ({ ...use, coefficient: use.coefficient * factor }));
  });
  return { matrices: uses };
}

function outerProduct(node: Node, setting: Setting): Error {
  return setting.refused(node.name, 'one width', 'makes a value on two width axes, an outer product');
}
