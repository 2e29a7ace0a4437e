/** Contractions: products with initial matrices, sums over a width, products of numbers and vectors. */

import { pair, splitAxes } from '../../entries/index.ts';
import { at } from '../../numeric/index.ts';
import { type Axis, type InstructionOf, type Node, spaceOf } from '../../program/index.ts';
import { type Entry, formsOf, numbersOf, related } from './entry.ts';
import { affineOf } from './maps.ts';
import type { Setting } from './setting.ts';
import { isOperator, type KernelEntry, type KernelValue, type Operator } from './values.ts';

export function contracted({ args, over }: InstructionOf<'contract'>, node: Node, setting: Setting): KernelValue {
  const [left, right] = [setting.value(args[0]), setting.value(args[1])];
  const { axes, shape, widths } = splitAxes(node, setting);
  const summed = over.filter((axis) => !setting.isWidth(axis));
  const overWidths = over.filter(setting.isWidth);
  const { groups } = pair(left, right, { axes, shape, summed, summedShape: summed.map(setting.count) });
  const drawn = args.map((ref) => setting.drawn.has(ref));
  const data = groups.map((group) => {
    const products = group.map(([a, b]) =>
      product(at(left.data, a), at(right.data, b), overWidths, drawn, node, setting),
    );
    return addUp(products, setting);
  });
  return { axes, shape, data, widths };
}

function product(
  a: KernelEntry,
  b: KernelEntry,
  over: readonly Axis[],
  drawn: readonly boolean[],
  node: Node,
  setting: Setting,
): KernelEntry {
  if (isOperator(a)) return isOperator(b) ? twoMatrices(node, setting) : applied(a, b, over, node, setting);
  if (isOperator(b)) return applied(b, a, over, node, setting);
  const [axis, second] = over;
  if (axis === undefined) return setting.world.multiply(a, b);
  if (second !== undefined) throw twoWidths(node, setting);
  const columns = setting.size(spaceOf(axis));
  const [left, right] = drawn;
  const readout =
    (right === true ? read(b, a, columns, node, setting) : undefined) ??
    (left === true ? read(a, b, columns, node, setting) : undefined);
  return readout ?? setting.meanOf(a, b, columns);
}

/** v · x over the width for a drawn vector v of independent entries of mean 0 that x does not read: a central limit. */
function read(v: Entry, x: Entry, columns: number, node: Node, setting: Setting): Entry | undefined {
  const { world } = setting;
  const affine = affineOf(v, world);
  if (affine === undefined || affine.offset !== 0) return undefined;
  const { form } = affine;
  if (formsOf(x).some((own) => related(own, form))) return undefined;
  const parts: Entry[] = [];
  for (const { variable, coefficient } of form.parts) {
    const row = setting.row(variable, columns);
    if (row === undefined) return undefined;
    parts.push(world.scale(world.product(row, x), coefficient));
  }
  setting.readouts.add(node.name);
  return world.sum(parts);
}

/** An operator times a vector or a number. */
function applied(operator: Operator, other: Entry, over: readonly Axis[], node: Node, setting: Setting): KernelEntry {
  const { world } = setting;
  const [axis, second] = over;
  if (second !== undefined) throw twoWidths(node, setting);
  if (axis === undefined) {
    const factor = numbersOf(other);
    if (typeof factor !== 'number') {
      throw setting.refused(node.name, 'products with matrices', 'scales an initial matrix by what is not one number');
    }
    return { matrices: operator.matrices.map((use) => ({ ...use, coefficient: use.coefficient * factor })) };
  }
  const columns = setting.size(spaceOf(axis));
  const parts = operator.matrices.map(({ symbol, columns: own, coefficient }) => {
    const direction = own === axis ? 'forward' : 'transposed';
    return world.scale(world.product(setting.symbol(symbol, direction, columns, node), other), coefficient);
  });
  return world.sum(parts);
}

/** Σ entries. */
export function addUp(entries: readonly KernelEntry[], setting: Setting, weight = 1): KernelEntry {
  const operators = entries.filter(isOperator);
  if (operators.length === 0) {
    const plain = entries.filter((entry): entry is Entry => !isOperator(entry));
    return setting.world.sum(
      plain,
      plain.map(() => weight),
    );
  }
  return {
    matrices: operators.flatMap(({ matrices }) =>
      matrices.map((use) => ({ ...use, coefficient: use.coefficient * weight })),
    ),
  };
}

function twoMatrices(node: Node, setting: Setting): never {
  throw setting.refused(node.name, 'products with matrices', 'multiplies two initial matrices');
}

function twoWidths(node: Node, setting: Setting): Error {
  return setting.refused(node.name, 'one width at a time', 'sums over two width axes at once');
}
