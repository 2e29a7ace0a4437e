/** Kernels of entries over all pairs of inputs: planned once, and computed row by row. */

import { required } from '../errors/index.ts';
import { entry, type Matrix } from '../numeric/index.ts';
import { isPlanned, Plan, type Planned, type Quantity } from './plan/quantities.ts';
import { countOf, type Region } from './plan/regions.ts';
import { Runner } from './plan/runner.ts';
import { schedule } from './plan/schedule.ts';
import { Total } from './plan/total.ts';
import { Covariances } from './propagation/covariances.ts';
import type { Entry } from './propagation/entry.ts';
import { reachedVariables } from './propagation/reached.ts';
import type { Setting } from './propagation/setting.ts';

/** Pairs of inputs of one run, about. */
const MOST_PAIRS = 2 ** 18;

type Which = 'nngp' | 'ntk';

/** The kernels of x1, the first inputs, with x2, those that follow, or with x1 itself where `second` is 0. */
export function ofAllPairs(
  entries: readonly Entry[],
  first: number,
  second: number,
  setting: Setting,
): Readonly<Record<Which, Matrix>> {
  const symmetric = second === 0;
  const [rows, columns] = [first, symmetric ? first : second];
  const kernels = {
    nngp: { rows, columns, data: new Float64Array(rows * columns) },
    ntk: { rows, columns, data: new Float64Array(rows * columns) },
  };
  const { plan, quantities } = planOf(entries, setting);
  const asked: { readonly which: Which; readonly node: Planned }[] = [];
  for (const which of ['nngp', 'ntk'] as const) {
    const quantity = quantities[which];
    if (isPlanned(quantity)) asked.push({ which, node: quantity });
    else kernels[which].data.fill(quantity);
  }
  if (asked.length === 0) return kernels;
  const planned = schedule(
    plan,
    asked.map(({ node }) => node),
  );
  setting.own.compute(planned.own);
  const regions = regionsOf(rows, columns, symmetric);
  const most = regions.reduce((largest, region) => Math.max(largest, countOf(region)), 0);
  const runner = new Runner({ schedule: planned, inputs: setting.inputs, most });
  for (const region of regions) {
    const results = runner.run(region);
    asked.forEach(({ which }, k) => {
      const values = required(results[k], 'values of a kernel');
      if (symmetric) fillBoth(kernels[which].data, values, region);
      else kernels[which].data.set(values, region.from * columns);
    });
  }
  return kernels;
}

/** What the kernels are, the mean over the entries. */
function planOf(
  entries: readonly Entry[],
  { own, shared }: Setting,
): { readonly plan: Plan; readonly quantities: Readonly<Record<Which, Quantity>> } {
  const plan = new Plan();
  const covariances = new Covariances(plan, shared, own.covariances);
  // Layer by layer from the first on: asked for from the end, each would wait for the one before, thousands deep.
  const products = [...reachedVariables(entries)].sort((a, b) => a.id - b.id);
  for (const { origin } of products) {
    if (origin.kind !== 'product') continue;
    own.covariances.mean(origin.input, origin.input);
    covariances.mean(origin.input, origin.input);
    covariances.tangent(origin.input, origin.input);
  }
  const [nngp, ntk] = [new Total(plan), new Total(plan)];
  for (const one of entries) {
    nngp.add(covariances.mean(one, one), 1 / entries.length);
    ntk.add(covariances.tangent(one, one), 1 / entries.length);
  }
  return { plan, quantities: { nngp: nngp.value(), ntk: ntk.value() } };
}

/** Rows together as long as their pairs are few. */
function regionsOf(rows: number, columns: number, symmetric: boolean): readonly Region[] {
  const regions: Region[] = [];
  for (let from = 0; from < rows; ) {
    let [to, count] = [from, 0];
    while (to < rows && (to === from || count + (symmetric ? to + 1 : columns) <= MOST_PAIRS)) {
      count += symmetric ? to + 1 : columns;
      to++;
    }
    regions.push(
      symmetric
        ? { kind: 'triangle', from, to, columns: [0, to] }
        : { kind: 'rectangle', from, to, columns: [rows, rows + columns] },
    );
    from = to;
  }
  return regions;
}

/** A triangle and its mirror image. */
function fillBoth(into: Float64Array, values: Float64Array, { from, to }: Region): void {
  const size = Math.sqrt(into.length);
  let k = 0;
  for (let row = from; row < to; row++) {
    for (let column = 0; column <= row; column++, k++) {
      into[row * size + column] = into[column * size + row] = entry(values, k);
    }
  }
}
