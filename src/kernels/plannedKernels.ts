/** Kernels of entries over all pairs of inputs: planned once, and computed row by row. */

import { required } from '../errors/index.ts';
import { entry, type Matrix } from '../numeric/index.ts';
import type { Inputs } from './inputs.ts';
import { isPlanned, Plan, type Planned, type Quantity } from './plan/quantities.ts';
import type { Region } from './plan/regions.ts';
import { Runner } from './plan/runner.ts';
import { type Schedule, schedule } from './plan/schedule.ts';
import type { Data } from './plan/sources.ts';
import type { KernelMachine } from './plan/team.ts';
import { Total } from './plan/total.ts';
import { Covariances } from './propagation/covariances.ts';
import type { Entry } from './propagation/entry.ts';
import { reachedVariables } from './propagation/reached.ts';
import type { Setting } from './propagation/setting.ts';

/** Pairs of inputs of one run, about. */
const MOST_PAIRS = 2 ** 20;

type Which = 'nngp' | 'ntk';

/** What is planned once for a program, and computed for any inputs. */
export class PlannedKernels {
  readonly #asked: readonly { readonly which: Which; readonly node: Planned }[];
  readonly #constants: readonly { readonly which: Which; readonly value: number }[];
  readonly #pairs: Schedule;
  readonly #own: Schedule;

  constructor(entries: readonly Entry[], setting: Setting) {
    const { plan, quantities } = planOf(entries, setting);
    const both = (['nngp', 'ntk'] as const).map((which) => ({ which, quantity: quantities[which] }));
    this.#asked = both.flatMap(({ which, quantity }) => (isPlanned(quantity) ? [{ which, node: quantity }] : []));
    this.#constants = both.flatMap(({ which, quantity }) => (isPlanned(quantity) ? [] : [{ which, value: quantity }]));
    this.#pairs = schedule(
      plan,
      this.#asked.map(({ node }) => node),
    );
    this.#own = schedule(setting.own.plan, this.#pairs.own);
  }

  /** The kernels on one thread. */
  compute(inputs: Inputs): Kernels {
    const { kernels, runner, regions, take } = this.#start(inputs, {});
    if (runner !== undefined) for (const region of regions) take(runner.run(region), region);
    return kernels;
  }

  /** The same on a machine. */
  async computeOn(machine: KernelMachine, inputs: Inputs): Promise<Kernels> {
    const { kernels, runner, regions, take } = this.#start(inputs, machine);
    if (runner !== undefined) for (const region of regions) take(await runner.runOn(region), region);
    return kernels;
  }

  #start({ first, second, sources: data, places }: Inputs, machine: KernelMachine): Started {
    const symmetric = second === 0;
    const [rows, columns, inputs] = [first, symmetric ? first : second, first + second];
    const kernels: Kernels = {
      nngp: { rows, columns, data: new Float64Array(rows * columns) },
      ntk: { rows, columns, data: new Float64Array(rows * columns) },
    };
    for (const { which, value } of this.#constants) kernels[which].data.fill(value);
    const regions = regionsOf(rows, columns, symmetric);
    const take = (results: readonly Float64Array[], region: Region): void =>
      this.#asked.forEach(({ which }, k) => {
        const values = required(results[k], 'values of a kernel');
        if (symmetric) fillBoth(kernels[which].data, values, region);
        else kernels[which].data.set(values, region.from * columns);
      });
    if (this.#asked.length === 0) return { kernels, runner: undefined, regions, take };
    const own = this.#ofOwn(inputs, data, places);
    const runner = new Runner({ schedule: this.#pairs, inputs, places, pairs: regions, machine });
    runner.load({ data, places, own });
    return { kernels, runner, regions, take };
  }

  /** Quantities of every input with itself. */
  #ofOwn(inputs: number, data: Data, places: ReadonlyMap<string, number>): ReadonlyMap<Planned, Float64Array> {
    const asked = this.#pairs.own;
    if (asked.length === 0) return new Map();
    const diagonal = { kind: 'diagonal', to: inputs } as const;
    const runner = new Runner({ schedule: this.#own, inputs, places, pairs: [diagonal] });
    runner.load({ data, places, own: new Map() });
    const results = runner.run(diagonal);
    return new Map(asked.map((node, k) => [node, required(results[k], 'values of a node')]));
  }
}

type Kernels = Readonly<Record<Which, Matrix>>;

interface Started {
  readonly kernels: Kernels;
  readonly runner: Runner | undefined;
  readonly regions: readonly Region[];
  readonly take: (results: readonly Float64Array[], region: Region) => void;
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
