/**
 * Finds sums over many places of one value, what global pooling makes, whose layers are convolutions and entrywise maps all the
 * way down to the data: their covariances of all places with all places are a {@link Grid}.
 *
 * What is not of this kind (layers that are added up, several functions that no formula has, weights of each place's own) is left
 * to nodes of the plan, two places at a time.
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import { type Formula, formula, plus, productOf } from '../../numeric/wasm/formulas/index.ts';
import type { GaussianFunction } from '../dual/functions.ts';
import type { Numbered } from '../dual/means.ts';
import type { MomentRule } from '../dual/rules.ts';
import { type FirstGridLayer, type GridLayer, gridOf, type PlaceKernel } from '../plan/grids.ts';
import type { PooledGrid } from '../plan/quantities.ts';
import { isPlanned, type Planned } from '../plan/quantities.ts';
import type { Covariances, Shared } from './covariances.ts';
import { isDrawn } from './drawn.ts';
import type { Entry, Form, Part, Variable } from './entry.ts';

/** Fewer places are as well planned one by one. */
const LEAST_PLACES = 9;
/** Most entries of a window: loops have twice as many arguments. */
const MOST_WINDOW = 25;

/** Σ weight · function(u), functions of one form; without a function it is a number. */
type FunctionSum = readonly (readonly [weight: number, of: GaussianFunction | undefined])[];

/** The same functions of many forms. */
interface Family {
  readonly forms: readonly Form[];
  readonly functions: FunctionSum;
}

export interface Pooled {
  readonly grid: PooledGrid;
  /** The products behind it. */
  readonly covered: ReadonlySet<Variable>;
}

export class PooledFinder {
  readonly #shared: Shared;
  readonly #own: Covariances;

  constructor(shared: Shared, own: Covariances) {
    this.#shared = shared;
    this.#own = own;
  }

  /** The grid of an entry with itself, undefined where it is not of the kind. */
  find(entry: Entry): Pooled | undefined {
    const top = familyOfSum(entry);
    if (top === undefined) return undefined;
    const covered = new Set<Variable>();
    const layers: GridLayer[] = [];
    for (let family = top; ; ) {
      const kernel = this.#kernelOf(family);
      if (kernel === undefined) return undefined;
      for (const { parts } of family.forms) for (const { variable } of parts) covered.add(variable);
      if (family.forms.every(({ parts }) => parts.every(({ variable }) => variable.origin.kind === 'initial'))) {
        const first = this.#first(family, kernel);
        return first && { grid: gridOf(first, layers.toReversed()), covered };
      }
      const below = windowsOf(family.forms);
      if (below === undefined) return undefined;
      const { maps, variance, trained, constant } = below;
      layers.push({
        sides: kernel.sides,
        maps,
        of: (nngp, ntk, left, right) =>
          kernel.of(
            plus(productOf(nngp, variance), constant.variance),
            plus(plus(productOf(nngp, trained), productOf(ntk, variance)), constant.trained),
            left,
            right,
          ),
      });
      family = below.family;
    }
  }

  /** Covariances of functions from those of their forms. */
  #kernelOf({ forms, functions }: Family): PlaceKernel | undefined {
    const sides: Numbered<MomentRule>[] = [];
    const [value, slope] = [this.#dual(functions, sides), this.#dual(this.#slopes(functions, at(forms, 0)), sides)];
    if (value === undefined || slope === undefined) return undefined;
    const numbers: Planned[][] = [];
    for (const form of forms) {
      const own = sides.map((side) => this.#own.moment(form, side)).filter(isPlanned);
      if (own.length < sides.length) return undefined;
      numbers.push(own);
    }
    return {
      sides: numbers,
      of: (nngp, ntk, left, right) => [value(left, nngp, right), productOf(ntk, slope(left, nngp, right))],
    };
  }

  /** E of the product of two such sums, u and v for their forms; `sides` grows by what is asked of variances. */
  #dual(
    functions: FunctionSum | undefined,
    sides: Numbered<MomentRule>[],
  ): ((left: readonly Formula[], uv: Formula, right: readonly Formula[]) => Formula) | undefined {
    if (functions === undefined) return undefined;
    const terms: ((left: readonly Formula[], uv: Formula, right: readonly Formula[]) => Formula)[] = [];
    for (const [a, f] of functions) {
      for (const [b, g] of functions) {
        if (f === undefined && g === undefined) terms.push(() => formula(a * b));
        else {
          const rule = f && g && this.#shared.means.pair(f, g).rule;
          if (rule?.kind !== 'formula') return undefined;
          const side = this.#shared.means.ofMoment(rule.pair.side);
          const known = sides.indexOf(side);
          const place = known >= 0 ? known : sides.push(side) - 1;
          const { of } = rule.pair;
          terms.push((left, uv, right) => productOf(of(at(left, place), uv, at(right, place)), a * b));
        }
      }
    }
    return (left, uv, right) => terms.reduce<Formula>((total, term) => plus(total, term(left, uv, right)), formula(0));
  }

  #slopes(functions: FunctionSum, form: Form): FunctionSum | undefined {
    const all: [number, GaussianFunction | undefined][] = [];
    for (const [weight, of] of functions) {
      if (of === undefined) continue;
      const own = functionsIn(this.#shared.maps.derivative(this.#shared.maps.function(form, of), form));
      if (own === undefined || (own.form !== undefined && own.form !== form)) return undefined;
      for (const [factor, slope] of own.functions) all.push([weight * factor, slope]);
    }
    return all;
  }

  /** Forms of data: one Gram for each two of them, all of one weight. */
  #first({ forms }: Family, kernel: PlaceKernel): FirstGridLayer | undefined {
    const { rows } = this.#shared;
    const gram = (p: number, q: number) => {
      const [u, v] = [at(forms, p), at(forms, q)];
      const shared = rows.shared(u, v, 'variance');
      const trained = rows.shared(u, v, 'trained');
      const own = shared.filter(({ constant }) => !constant);
      const ownTrained = trained.filter(({ constant }) => !constant);
      const [first, second] = own;
      const [firstTrained, other] = ownTrained;
      if (first === undefined || second !== undefined || other !== undefined) return undefined;
      if (firstTrained !== undefined && firstTrained.id !== first.id) return undefined;
      const [a, b] = [
        rows.rows(u, first.left, first.id, rows.parts(v)),
        rows.rows(v, first.right, first.id, rows.parts(u)),
      ];
      const scale = a.factor * b.factor;
      const constantOf = (all: typeof shared): number => {
        let total = 0;
        for (const { weight, left, right, constant } of all) {
          if (!constant) continue;
          left.forEach((place, k) => {
            const [x, y] = [at(rows.parts(u), place), at(rows.parts(v), at(right, k))];
            total += weight * Number(x.coefficient) * Number(y.coefficient);
          });
        }
        return total;
      };
      return {
        left: a.rows,
        right: b.rows,
        numbers: [
          first.weight * scale,
          (firstTrained?.weight ?? 0) * scale,
          constantOf(shared),
          constantOf(trained),
        ] as const,
      };
    };
    const common = gram(0, 0)?.numbers;
    if (common === undefined) return undefined;
    const known = forms.map((_, p) => forms.map((_own, q) => gram(p, q)));
    if (known.some((row) => row.some((own) => own === undefined || own.numbers.some((x, k) => x !== common[k])))) {
      return undefined;
    }
    const [variance, trained, constant, constantTrained] = common;
    return {
      sides: kernel.sides,
      gram: (p, q) => required(at(at(known, p), q), 'Gram of two places'),
      of: (own, _, left, right) =>
        kernel.of(
          plus(productOf(own, variance), constant),
          plus(productOf(own, trained), constantTrained),
          left,
          right,
        ),
    };
  }
}

/** An entry as a sum over many forms of the same functions with the same weights. */
function familyOfSum({ terms }: Entry): Family | undefined {
  const byForm = new Map<Form, [number, GaussianFunction][]>();
  for (const { coefficient, factors } of terms) {
    const [factor, second] = factors;
    if (factor?.kind !== 'single' || second !== undefined || isPlanned(coefficient)) return undefined;
    const known = byForm.get(factor.form);
    if (known === undefined) byForm.set(factor.form, [[coefficient, factor.of]]);
    else known.push([coefficient, factor.of]);
  }
  const all = [...byForm.values()].map(sorted);
  const [functions] = all;
  if (functions === undefined || byForm.size < LEAST_PLACES) return undefined;
  if (!all.every((own) => sameFunctions(own, functions))) return undefined;
  return { forms: [...byForm.keys()], functions };
}

/** An entry as functions of one form, or as a number. */
function functionsIn({
  terms,
}: Entry): { readonly form: Form | undefined; readonly functions: FunctionSum } | undefined {
  const functions: [number, GaussianFunction | undefined][] = [];
  let form: Form | undefined;
  for (const { coefficient, factors } of terms) {
    const [factor, second] = factors;
    if (second !== undefined || isPlanned(coefficient)) return undefined;
    if (factor === undefined) {
      functions.push([coefficient, undefined]);
      continue;
    }
    if (factor.kind !== 'single' || (form !== undefined && form !== factor.form)) return undefined;
    form = factor.form;
    functions.push([coefficient, factor.of]);
  }
  return { form, functions: sorted(functions) };
}

function sorted<F extends GaussianFunction | undefined>(functions: readonly (readonly [number, F])[]): [number, F][] {
  return functions
    .map(([weight, of]): [number, F] => [weight, of])
    .sort(([, a], [, b]) => (a?.id ?? -1) - (b?.id ?? -1));
}

function sameFunctions(a: FunctionSum, b: FunctionSum): boolean {
  return a.length === b.length && a.every(([weight, of], k) => weight === b[k]?.[0] && of === b[k]?.[1]);
}

/** What forms of one layer read of the layer below. */
interface Windows {
  readonly family: Family;
  readonly maps: readonly Int32Array[];
  readonly variance: number;
  readonly trained: number;
  /** What vectors of numbers add: biases. */
  readonly constant: { readonly variance: number; readonly trained: number };
}

/** Matrices of one variance and rate, one for each entry of the window, and biases of all places. */
function windowsOf(forms: readonly Form[]): Windows | undefined {
  const places = new Map<Form, number>();
  const maps = new Map<number, Int32Array>();
  let functions: FunctionSum | undefined;
  let weights: { readonly variance: number; readonly trained: number } | undefined;
  const biases = biasesOf(forms);
  if (biases === undefined) return undefined;
  for (const [p, { parts }] of forms.entries()) {
    for (const { variable, coefficient } of parts) {
      const { origin, group } = variable;
      if (origin.kind === 'initial') continue;
      if (isPlanned(coefficient)) return undefined;
      const { symbol, input } = origin;
      // Zeros around the places.
      if (input.terms.length === 0) continue;
      const own = { variance: symbol.variance * coefficient ** 2, trained: symbol.trained * coefficient ** 2 };
      weights ??= own;
      if (own.variance !== weights.variance || own.trained !== weights.trained || coefficient < 0) return undefined;
      const read = functionsIn(input);
      if (read?.form === undefined || (functions !== undefined && !sameFunctions(read.functions, functions)))
        return undefined;
      functions ??= read.functions;
      const place = places.get(read.form) ?? places.size;
      places.set(read.form, place);
      const map = maps.get(group) ?? new Int32Array(forms.length).fill(-1);
      maps.set(group, map);
      // A matrix that one place uses twice has cross terms.
      if (at(map, p) >= 0) return undefined;
      map[p] = place;
    }
  }
  if (functions === undefined || weights === undefined || maps.size > MOST_WINDOW) return undefined;
  return { family: { forms: [...places.keys()], functions }, maps: [...maps.values()], ...weights, constant: biases };
}

/** Σ of vectors that all places read with one number; undefined where that is not so. */
function biasesOf(forms: readonly Form[]): Windows['constant'] | undefined {
  const key = ({ parts }: Form): string =>
    parts
      .filter(({ variable }) => variable.origin.kind === 'initial')
      .map(({ variable, coefficient }) => `${variable.id}*${isPlanned(coefficient) ? '#' : coefficient}`)
      .join();
  const [first] = forms;
  if (first === undefined) return undefined;
  const expected = key(first);
  if (expected.includes('#') || forms.some((form) => key(form) !== expected)) return undefined;
  const own = first.parts.filter(({ variable }) => variable.origin.kind === 'initial');
  if (!own.every(isDrawn)) return undefined;
  const sum = (which: 'variance' | 'trained'): number =>
    own.reduce((total, { variable: { origin }, coefficient }: Part) => {
      return origin.kind === 'initial' ? total + origin[which] * Number(coefficient) ** 2 : total;
    }, 0);
  return { variance: sum('variance'), trained: sum('trained') };
}
