/**
 * The share that drawn vectors have in covariances: the Gram of inputs that enter through a first layer.
 *
 * Forms of many places read the same vectors, or overlapping sets of them: which ones two forms share is found once for
 * each two sets, and rows of coefficients once for each form and set.
 */

import { required } from '../../errors/index.ts';
import { at } from '../../numeric/index.ts';
import { productOf, plus as sumOf } from '../../numeric/wasm/formulas/index.ts';
import { isPlanned, type Plan, type Planned, type Quantity, type Rows } from '../plan/quantities.ts';
import type { Total } from '../plan/total.ts';
import type { Form, Part } from './entry.ts';
import type { Numbers } from './numbers.ts';
import { PairTable } from './pairTable.ts';

export type Which = 'variance' | 'trained';

/** The drawn vectors that a form reads, by rising group, told apart by an id. */
interface DrawnSet {
  readonly id: number;
  readonly parts: readonly Part[];
}

/** Vectors that two forms share, of one weight, by places in their sets. */
interface SharedVectors {
  readonly id: number;
  readonly weight: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Whether the coefficients of both are numbers. */
  readonly constant: boolean;
}

/** A number times rows: what all coefficients are multiplied with stands in front. */
interface ScaledRows {
  readonly rows: Rows;
  readonly factor: number;
}

/** Rows of the forms of one program, for all plans. */
export class DrawnRows {
  readonly #sets = new Map<Form, DrawnSet>();
  readonly #ids = new Map<string, number>();
  readonly #shared = {
    variance: new PairTable<readonly SharedVectors[]>(),
    trained: new PairTable<readonly SharedVectors[]>(),
  };
  readonly #rows = new Map<Form, Map<number, ScaledRows>>();

  shared(u: Form, v: Form, which: Which): readonly SharedVectors[] {
    const [a, b] = [this.#setOf(u), this.#setOf(v)];
    const known = this.#shared[which];
    return known.get(a.id, b.id) ?? known.set(a.id, b.id, this.#between(a, b, which));
  }

  parts(form: Form): readonly Part[] {
    return this.#setOf(form).parts;
  }

  /**
   * Coefficients of some of a form's vectors, [inputs, size]; `id` names the vectors. Where all of them are numbers, those
   * of the other form that shares them say what inputs there are.
   */
  rows(form: Form, places: readonly number[], id: number, other: readonly Part[]): ScaledRows {
    let own = this.#rows.get(form);
    if (own === undefined) {
      own = new Map();
      this.#rows.set(form, own);
    }
    let rows = own.get(id);
    if (rows === undefined) {
      const coefficients = places.map((place) => at(this.parts(form), place).coefficient);
      const planned = [...coefficients, ...other.map(({ coefficient }) => coefficient)].find(isPlanned);
      rows = scaledRows(coefficients, required(planned, 'coefficients of inputs'));
      own.set(id, rows);
    }
    return rows;
  }

  #setOf(form: Form): DrawnSet {
    let set = this.#sets.get(form);
    if (set === undefined) {
      const parts = form.parts.filter(isDrawn);
      const key = parts.map(
        ({ variable, coefficient }) => `${variable.group}${typeof coefficient === 'number' ? '' : '#'}`,
      );
      set = { id: this.#id(key.join()), parts };
      this.#sets.set(form, set);
    }
    return set;
  }

  #id(key: string): number {
    const known = this.#ids.get(key) ?? this.#ids.size;
    this.#ids.set(key, known);
    return known;
  }

  #between(a: DrawnSet, b: DrawnSet, which: Which): readonly SharedVectors[] {
    const places = new Map(b.parts.map(({ variable }, place) => [variable.group, place]));
    const found = new Map<string, { weight: number; left: number[]; right: number[]; constant: boolean }>();
    a.parts.forEach((part, left) => {
      const right = places.get(part.variable.group);
      if (right === undefined || part.variable.origin.kind !== 'initial') return;
      const weight = part.variable.origin[which];
      if (weight === 0) return;
      const constant = [part, at(b.parts, right)].every(({ coefficient }) => typeof coefficient === 'number');
      const key = `${weight},${constant}`;
      const own = found.get(key) ?? { weight, left: [], right: [], constant };
      own.left.push(left);
      own.right.push(right);
      found.set(key, own);
    });
    return [...found.values()].map((own) => {
      const groups = own.left.map((place) => at(a.parts, place).variable.group);
      return Object.assign(own, { id: this.#id(`shared ${groups.join()}`) });
    });
  }
}

/** Products of rows in one plan, each once: the variance and what is trained read the same ones. */
export class Grams {
  readonly #plan: Plan;
  readonly #rows: DrawnRows;
  readonly #known = new Map<Rows, Map<Rows, Planned>>();

  constructor(plan: Plan, rows: DrawnRows) {
    this.#plan = plan;
    this.#rows = rows;
  }

  /** Adds the share of drawn vectors in the covariance of two forms. */
  addTo(total: Total, u: Form, v: Form, which: Which): void {
    const rows = this.#rows;
    for (const { id, weight, left, right, constant } of rows.shared(u, v, which)) {
      if (constant) {
        const [a, b] = [rows.parts(u), rows.parts(v)];
        left.forEach((place, k) => {
          const factors = [at(a, place), at(b, at(right, k))].map(({ coefficient }) => Number(coefficient));
          total.add(factors.reduce((product, factor) => product * factor, weight));
        });
      } else {
        const [a, b] = [rows.rows(u, left, id, rows.parts(v)), rows.rows(v, right, id, rows.parts(u))];
        const scale = weight * (a.factor * b.factor);
        if (this.#isOwn(a.rows) || this.#isOwn(b.rows)) addProducts(total, scale, a.rows, b.rows);
        else total.add(scale, this.#gram(a.rows, b.rows));
      }
    }
  }

  /** Whether rows are made of quantities of this plan itself, and are not there before it has run. */
  #isOwn({ columns }: Rows): boolean {
    return columns.some(({ plan, origin }) => plan === this.#plan && origin.kind !== 'data');
  }

  #gram(left: Rows, right: Rows): Planned {
    let row = this.#known.get(left);
    if (row === undefined) {
      row = new Map();
      this.#known.set(left, row);
    }
    let known = row.get(right);
    if (known === undefined) {
      known = this.#plan.gram(left, right);
      row.set(right, known);
    }
    return known;
  }
}

function addProducts(total: Total, scale: number, left: Rows, right: Rows): void {
  left.columns.forEach((column, k) => {
    total.add(scale, column, at(right.columns, k));
  });
}

function scaledRows(coefficients: readonly Numbers[], planned: Planned): ScaledRows {
  const scaled = coefficients.map(scaleOf);
  const [first] = scaled;
  const factor = first === undefined ? 1 : first.scale;
  const common = scaled.flatMap((own) => (own?.scale === factor ? [own.of] : []));
  if (common.length === coefficients.length) return { rows: { columns: common }, factor };
  const columns = coefficients.map((own) => (isPlanned(own) ? own : constantColumn(planned, own)));
  return { rows: { columns: columns.filter(isPlanned) }, factor: 1 };
}

/** A number as a quantity of inputs: 0 times another and itself. */
function constantColumn(other: Planned, value: number): Quantity {
  return other.plan.formula(`number ${value}`, ([x]) => sumOf(productOf(x ?? 0, 0), value), [other]);
}

/** A coefficient as a number times a quantity. */
function scaleOf(coefficient: Numbers): { readonly scale: number; readonly of: Planned } | undefined {
  if (!isPlanned(coefficient)) return undefined;
  const { origin, args } = coefficient;
  const [only, second] = args;
  if (origin.kind !== 'formula' || only === undefined || second !== undefined) return { scale: 1, of: coefficient };
  return origin.shape.scale === undefined ? { scale: 1, of: coefficient } : { scale: origin.shape.scale, of: only };
}

/** Whether a part is of a vector that all examples share. */
export function isDrawn({ variable: { origin } }: Part): boolean {
  return origin.kind === 'initial' && !origin.perExample;
}
