/** What a coordinate check measures of a network, row by row. */

import { required } from '../../errors/index.ts';
import type { Net } from '../../nets/index.ts';
import { gradientName } from '../../program/index.ts';
import { effectName, type Product } from './effects.ts';
import type { Quantity } from './result.ts';
import { scoresOf, startsAtZero, usesOf } from './structure.ts';

/** One quantity of one layer. */
export interface Row {
  readonly layer: string;
  readonly quantity: Quantity;
  /** The value of the training step that it is read from. */
  readonly output: string;
  /** Whether its change since initialization counts, rather than its size. */
  readonly changes: boolean;
  /** The weight behind it. */
  readonly parameter?: string;
  /** The layer's place among those that the classification knows. */
  readonly index: number;
  /** The place of its value in the program: what goes wrong first in the pass begins there. */
  readonly position: number;
}

/** Rows of a network with the products whose effects they read. */
export interface Rows {
  readonly rows: readonly Row[];
  /** With the layers that they are part of. */
  readonly products: readonly (Product & { readonly layer: string })[];
}

/**
 * Rows of every layer. Products of weights with their inputs are measured by themselves too, and what updates do to them,
 * for a sum hides a term that is too small; and so are scores of attention, and weights that make no layer of their own.
 */
export function rowsOf(net: Net): Rows {
  const positions = new Map(net.program.nodes.map(({ name }, k) => [name, k]));
  const position = (value: string): number => required(positions.get(value), `value "${value}"`);
  const uses = usesOf(net);
  const lastUse = (parameter: string): number =>
    Math.max(...uses.flatMap((use) => (use.parameter === parameter ? use.values.map(position) : [])));
  const row = (layer: string, quantity: Quantity, output: string, position: number, rest: Rest): Row => ({
    layer,
    quantity,
    output,
    changes: quantity === 'change',
    index: -1,
    position,
    ...rest,
  });
  const updateInput = (layer: string, parameter: string, index: number): Row =>
    row(layer, 'update input', gradientName(parameter), lastUse(parameter), { parameter, index });
  const products = productsOf(net);
  const preactivations = new Set(net.layers.map(({ preactivation }) => preactivation));
  /** The layer that a product is part of: the first of its weight that is made of it. */
  const layerOf = ({ parameter, value }: Product): string =>
    net.layers.find((one) => one.parameter === parameter && position(one.preactivation) >= position(value))?.name ??
    parameter;
  const own = (layer: string, index: number): Row[] =>
    products
      .filter((product) => layerOf(product) === layer)
      .flatMap(({ parameter, value }) => [
        ...(preactivations.has(value) ? [] : [row(layer, 'product', value, position(value), { parameter, index })]),
        row(layer, 'update effect', effectName(value), position(value), { parameter, index }),
      ]);
  const layers = net.layers.flatMap(({ name, parameter, preactivation }, index) => [
    row(name, 'preactivation', preactivation, position(preactivation), { parameter, index }),
    row(name, 'change', preactivation, position(preactivation), { parameter, index }),
    ...own(name, index),
    updateInput(name, parameter, index),
  ]);
  const named = new Set(net.layers.map(({ name }) => name));
  const others = [...new Set(products.map(layerOf))].filter((name) => !named.has(name));
  const rows = [
    ...layers,
    ...others.flatMap((parameter) => [...own(parameter, -1), updateInput(parameter, parameter, -1)]),
    ...scoresOf(net).flatMap(({ value, shares }) => [
      row(scoresName(shares), 'preactivation', value, position(value), {}),
      row(scoresName(shares), 'change', value, position(value), {}),
    ]),
  ];
  return {
    rows,
    products: products.map(({ parameter, value }) => ({ parameter, value, layer: layerOf({ parameter, value }) })),
  };
}

/** The values of a training step that rows read; effects are added to it. */
export function valuesOf(rows: readonly Row[], products: readonly Product[]): string[] {
  const effects = new Set(products.map(({ value }) => effectName(value)));
  return [...new Set(rows.map(({ output }) => output))].filter((output) => !effects.has(output));
}

type Rest = Partial<Pick<Row, 'parameter' | 'index'>>;

/** What a row of scores is called, by the shares that softmax makes of them. */
export const scoresName = (shares: string): string => `scores of ${shares}`;

/** The first product of each weight, or rows of it that are looked up: both where it is used both ways. */
function productsOf(net: Net): Product[] {
  const zero = startsAtZero(net);
  return usesOf(net).flatMap(({ parameter, values: [value], op }) =>
    value === undefined || zero.has(parameter) || (op !== 'contract' && op !== 'gather') ? [] : [{ parameter, value }],
  );
}
