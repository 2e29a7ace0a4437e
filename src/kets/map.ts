/** Entrywise maps. */

import { splitAxes } from '../entries/index.ts';
import { at, elementwise, type Operand } from '../numeric/index.ts';
import { entries, type InstructionOf, type Node, offsets, plus } from '../program/index.ts';
import type { Source } from './combination.ts';
import { columnwise } from './compiledMap.ts';
import type { Context } from './context.ts';
import { decompose, numberOf } from './decompose.ts';
import { broken, unsupported } from './errors.ts';
import { entryAt, mergedUses, type Operator, type Value } from './values.ts';

/** The map of a node: numbers, columns, or operators, position by position. */
export function map({ args }: InstructionOf<'map'>, node: Node, context: Context): Value {
  const scaled = context.analysis.maps.get(node.name);
  if (scaled === undefined) throw broken(`map "${node.name}"`, 'its powers were not combined');
  const { axes, shape, widths } = splitAxes(node, context);
  const operands = args.map((ref) => context.value(ref));
  const places = operands.map((operand) => offsets(axes, shape, operand));
  const positions = entries(shape);
  const [width, second] = widths;
  if (second !== undefined) {
    const data = Array.from({ length: positions }, (_, p): Operator => {
      const sources = operands.map((operand, k) => sourceAt(operand, at(entryAt(places, k), p)));
      const setting = { widths, sources, size: context.size, ones: context.ones };
      const matrices = operands.flatMap((operand, k) => {
        const coefficient = scaled.coefficients.get(k);
        if (coefficient === undefined || operand.kind !== 'operators') return [];
        const factor = numberOf(coefficient.expr, setting);
        return entryAt(operand.data, at(entryAt(places, k), p)).matrices.map((use) => ({
          ...use,
          coefficient: use.coefficient * factor,
          exponent: plus(use.exponent, coefficient.exponent),
        }));
      });
      return { matrices: mergedUses(matrices), pointwise: decompose(scaled.expr, setting) };
    });
    return { kind: 'operators', widths, axes, shape, data };
  }
  const row: Operand[] = new Array(args.length);
  const read = (p: number): readonly Operand[] => {
    operands.forEach((operand, k) => {
      if (operand.kind === 'operators')
        throw unsupported(node.name, 'it reads a value on two width axes where its result has fewer');
      row[k] = entryAt<Operand>(operand.data, at(entryAt(places, k), p));
    });
    return row;
  };
  if (width === undefined) {
    const compute = elementwise(scaled.expr, context.size);
    const data = new Float64Array(positions);
    for (let p = 0; p < positions; p++) compute(read(p), data, 0, 1, p);
    return { kind: 'scalars', axes, shape, data };
  }
  const count = context.count(width);
  const compute = columnwise(scaled.expr, context.size, count);
  const data = Array.from({ length: positions }, (_, p) => {
    const out = new Float64Array(count);
    compute(read(p), out, 0, count);
    return out;
  });
  return { kind: 'vectors', width, axes, shape, data };
}

function sourceAt(operand: Value, position: number): Source {
  switch (operand.kind) {
    case 'scalars':
      return entryAt(operand.data, position);
    case 'vectors':
      return { axis: operand.width, column: entryAt(operand.data, position) };
    case 'operators':
      return entryAt(operand.data, position).pointwise;
  }
}
