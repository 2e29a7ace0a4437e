/** Kernels of entries over all pairs of inputs: planned once, and computed row by row. */

import { required } from '../errors/index.ts';
import { at, entry, type Matrix } from '../numeric/index.ts';
import type { Team } from '../numeric/wasm/index.ts';
import { SERIES_TURN, termsOf } from './dual/series.ts';
import type { SmoothFunction } from './dual/smooth.ts';
import type { Inputs } from './inputs.ts';
import type { KernelMachine, Product } from './plan/machine.ts';
import { isPlanned, Plan, type Planned, type Quantity, type SeriesBatch } from './plan/quantities.ts';
import type { Region } from './plan/regions.ts';
import { Runner, type RunnerOptions } from './plan/runner.ts';
import { type Schedule, schedule } from './plan/schedule.ts';
import type { Data, Sources } from './plan/sources.ts';
import { Total } from './plan/total.ts';
import { Covariances } from './propagation/covariances.ts';
import type { Entry } from './propagation/entry.ts';
import { PooledFinder } from './propagation/pooled.ts';
import { reachedVariables } from './propagation/reached.ts';
import type { Setting } from './propagation/setting.ts';

/** Pairs of inputs of one run, about. */
const MOST_PAIRS = 2 ** 20;
/** Inputs on the right of one run, where there are as many on the left: engines share the rows of products. */
const MOST_COLUMNS = 2 ** 10;
/** Tiles are of a multiple of so many inputs, as the loops' turns are. */
const EVEN = 8;

/** The memory of a runner that is kept. */
const MOST_KEPT_BYTES = 2 ** 26;

/** Coefficients of series, and terms that there are room for in any case. */
const [MOST_SERIES_BYTES, LEAST_TERMS] = [2 ** 28, 4 * SERIES_TURN];

export type KernelName = 'nngp' | 'ntk';

/** What is planned once for a program, and computed for any inputs. */
export class PlannedKernels {
  readonly #asked: readonly { readonly which: KernelName; readonly node: Planned }[];
  readonly #constants: readonly { readonly which: KernelName; readonly value: number }[];
  readonly #pairs: Schedule;
  readonly #own: Schedule;
  readonly #wanted: readonly KernelName[];
  readonly #series: readonly SeriesBatch[];
  #kept: KeptRunner | undefined;

  constructor(entries: readonly Entry[], wanted: readonly KernelName[], setting: Setting) {
    const { plan, quantities } = planOf(entries, setting);
    this.#wanted = wanted;
    const both = wanted.map((which) => ({ which, quantity: quantities[which] }));
    this.#asked = both.flatMap(({ which, quantity }) => (isPlanned(quantity) ? [{ which, node: quantity }] : []));
    this.#constants = both.flatMap(({ which, quantity }) => (isPlanned(quantity) ? [] : [{ which, value: quantity }]));
    this.#pairs = schedule(
      plan,
      this.#asked.map(({ node }) => node),
    );
    this.#own = schedule(setting.own.plan, this.#pairs.own);
    this.#series = this.#pairs.batches.filter((batch) => batch.kind === 'series');
  }

  /** The kernels on one thread. */
  compute(inputs: Inputs): Kernels {
    const { kernels, kept, regions, take } = this.#start(inputs, {});
    if (kept !== undefined)
      for (const region of regions) take(this.#mended(kept.runner.run(region), kept, inputs), region);
    this.#keep(kept);
    return kernels;
  }

  /** The same on a machine. */
  async computeOn(machine: KernelMachine, inputs: Inputs): Promise<Kernels> {
    const { kernels, kept, regions, take } = this.#start(inputs, machine);
    if (kept !== undefined) {
      for (const region of regions) take(this.#mended(await kept.runner.runOn(region), kept, inputs), region);
    }
    this.#keep(kept);
    return kernels;
  }

  #start({ first, second, sources: data, places }: Inputs, machine: KernelMachine): Started {
    const symmetric = second === 0;
    const [rows, columns, inputs] = [first, symmetric ? first : second, first + second];
    const kernels: Kernels = {
      nngp: this.#room('nngp', rows, columns),
      ntk: this.#room('ntk', rows, columns),
    };
    for (const { which, value } of this.#constants) kernels[which].data.fill(value);
    const regions = regionsOf(rows, columns, symmetric);
    const take = (results: readonly Float64Array[], region: Region): void =>
      this.#asked.forEach(({ which }, k) => {
        const values = required(results[k], 'values of a kernel');
        if (symmetric) fillBoth(kernels[which], values, region);
        else fillTile(kernels[which], values, region);
      });
    if (this.#asked.length === 0) return { kernels, kept: undefined, regions, take };
    const own = this.#ofOwn(inputs, data, places);
    const terms = this.#terms(own, inputs);
    const kept = this.#runner({ schedule: this.#pairs, inputs, places, pairs: regions, terms, machine });
    const sources = { data, places, own };
    kept.runner.load(sources);
    return { kernels, kept: Object.assign(kept, { sources }), regions, take };
  }

  /**
   * The runner of a call before, if it fits: its memory would be made page by page once more. It is taken for the time of a call,
   * for others may begin before this one ends.
   */
  #runner(options: RunnerOptions): KeptRunner {
    const kept = this.#kept;
    const shape = JSON.stringify([options.inputs, options.pairs, options.terms]);
    const { team, product } = options.machine ?? {};
    if (kept?.shape !== shape || kept.team !== team || kept.product !== product) {
      return { runner: new Runner(options), shape, team, product };
    }
    this.#kept = undefined;
    return kept;
  }

  #keep(kept: KeptRunner | undefined): void {
    if (kept !== undefined && kept.runner.bytes <= MOST_KEPT_BYTES) this.#kept = kept;
  }

  /** How many terms series need for all pairs of such inputs, as far as there is room for them. */
  #terms(own: ReadonlyMap<Planned, Float64Array>, inputs: number): number {
    if (this.#series.length === 0) return 0;
    const largest = new Map<SmoothFunction, Map<Planned, number>>();
    for (const { left, right } of this.#series) {
      for (const side of [left, right]) {
        const known = largest.get(side.of) ?? new Map<Planned, number>();
        largest.set(side.of, known);
        if (!known.has(side.own)) known.set(side.own, largestOf(required(own.get(side.own), 'variances of inputs')));
      }
    }
    const rows = [...largest.values()].reduce((total, known) => total + known.size, 0);
    const wanted = [...largest].map(([of, known]) => termsOf(of, Math.max(...known.values())));
    const room = Math.floor(MOST_SERIES_BYTES / (Float64Array.BYTES_PER_ELEMENT * rows * inputs));
    return Math.min(Math.max(...wanted), Math.max(LEAST_TERMS, room - (room % SERIES_TURN)));
  }

  /** Results in which pairs have quadratures that would have needed more terms of series. */
  #mended(
    results: readonly Float64Array[],
    { runner, sources }: Loaded,
    { first, second, places: data }: Inputs,
  ): readonly Float64Array[] {
    if (this.#series.length === 0) return results;
    const { places, pairs } = runner.missing(results);
    if (places.length === 0) return results;
    const inputs = first + second;
    const careful = new Runner({
      schedule: this.#pairs,
      inputs,
      places: data,
      pairs: [pairs],
      terms: 0,
      careful: true,
    });
    careful.load(sources);
    careful.run(pairs).forEach((values, k) => {
      const into = required(results[k], 'values of a kernel');
      places.forEach((place, own) => {
        // Each kernel alone, so that it is the same whatever else is asked for.
        if (Number.isNaN(into[place])) into[place] = entry(values, own);
      });
    });
    return results;
  }

  #room(which: KernelName, rows: number, columns: number): Matrix {
    return this.#wanted.includes(which)
      ? { rows, columns, data: new Float64Array(rows * columns) }
      : { rows: 0, columns: 0, data: new Float64Array() };
  }

  /** Quantities of every input with itself. */
  #ofOwn(inputs: number, data: Data, places: ReadonlyMap<string, number>): ReadonlyMap<Planned, Float64Array> {
    const asked = this.#pairs.own;
    if (asked.length === 0) return new Map();
    const diagonal = { kind: 'diagonal', to: inputs } as const;
    const runner = new Runner({ schedule: this.#own, inputs, places, pairs: [diagonal], terms: 0 });
    runner.load({ data, places, own: new Map() });
    const results = runner.run(diagonal);
    return new Map(asked.map((node, k) => [node, required(results[k], 'values of a node')]));
  }
}

type Kernels = Readonly<Record<KernelName, Matrix>>;

/** A runner with what it was made for. */
interface KeptRunner {
  readonly runner: Runner;
  readonly shape: string;
  readonly team: Team | undefined;
  readonly product: Product | undefined;
}

/** A runner with what it reads. */
type Loaded = KeptRunner & { readonly sources: Sources };

interface Started {
  readonly kernels: Kernels;
  readonly kept: Loaded | undefined;
  readonly regions: readonly Region[];
  readonly take: (results: readonly Float64Array[], region: Region) => void;
}

/** What the kernels are, the mean over the entries. */
function planOf(
  entries: readonly Entry[],
  { own, shared }: Setting,
): { readonly plan: Plan; readonly quantities: Readonly<Record<KernelName, Quantity>> } {
  const plan = new Plan();
  const covariances = new Covariances(plan, shared, own.covariances);
  // Layer by layer from the first on: asked for from the end, each would wait for the one before, thousands deep.
  const products = [...reachedVariables(entries)].sort((a, b) => a.id - b.id);
  const inputs = products.flatMap(({ origin }) => (origin.kind === 'product' ? [origin.input] : []));
  const longest = longestOf([...inputs, ...entries]);
  // What is pooled is asked for with itself only where something above it needs that.
  for (const input of inputs) if (input !== longest) own.covariances.mean(input, input);
  const pooled = new PooledFinder(shared, own.covariances).find(longest);
  if (pooled !== undefined) covariances.know(longest, ...plan.grid(pooled.grid));
  for (const variable of products) {
    const { origin } = variable;
    if (origin.kind !== 'product' || pooled?.covered.has(variable) === true) continue;
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

/** The entry of the most terms. */
function longestOf(all: readonly Entry[]): Entry {
  return all.reduce((most, entry) => (entry.terms.length > most.terms.length ? entry : most), at(all, 0));
}

/** The largest of numbers from 0 on. */
function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => (value > most ? value : most), 0);
}

/** Tiles of pairs; of a symmetric kernel those on its diagonal and below. */
function regionsOf(rows: number, columns: number, symmetric: boolean): readonly Region[] {
  if (symmetric) {
    const bands = alikeParts(rows, MOST_COLUMNS);
    return bands.flatMap(([from, to], band) => [
      ...bands.slice(0, band).map((own): Region => ({ kind: 'rectangle', from, to, columns: own })),
      { kind: 'triangle', from, to, columns: [from, to] },
    ]);
  }
  const across = alikeParts(columns, Math.max(MOST_COLUMNS, Math.floor(MOST_PAIRS / rows)));
  const widest = Math.max(...across.map(([first, end]) => end - first));
  return alikeParts(rows, Math.max(1, Math.floor(MOST_PAIRS / widest))).flatMap(([from, to]) =>
    across.map(([first, end]): Region => ({ kind: 'rectangle', from, to, columns: [rows + first, rows + end] })),
  );
}

/** 0 … count − 1 in parts of at most so many, alike but for the last. */
function alikeParts(count: number, most: number): readonly (readonly [from: number, to: number])[] {
  const share = Math.ceil(count / Math.ceil(count / most));
  const size = Math.min(Math.ceil(share / EVEN) * EVEN, Math.max(most, share));
  return Array.from(
    { length: Math.ceil(count / size) },
    (_, k) => [k * size, Math.min(count, (k + 1) * size)] as const,
  );
}

function fillTile(
  { rows, columns, data }: Matrix,
  values: Float64Array,
  { from, to, columns: [first, end] }: Region,
): void {
  const width = end - first;
  if (width === columns) data.set(values, from * columns);
  else {
    for (let row = from; row < to; row++) {
      data.set(values.subarray((row - from) * width, (row - from + 1) * width), row * columns + first - rows);
    }
  }
}

/** A tile and its mirror image. */
function fillBoth({ columns: size, data }: Matrix, values: Float64Array, { kind, from, to, columns }: Region): void {
  const [first, end] = columns;
  let k = 0;
  for (let row = from; row < to; row++) {
    const last = kind === 'triangle' ? row + 1 : end;
    for (let column = first; column < last; column++, k++) {
      data[row * size + column] = data[column * size + row] = entry(values, k);
    }
  }
}
