/**
 * Whether the means of a program exist: where it is singular at infinite width, or may be, and where it grows faster than
 * the proofs allow. A division by a Gaussian vector has no mean, and a function of a number has no limit where that
 * number tends to its singularity, whatever samples say.
 */

import { required } from '../../../errors/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  type InstructionOf,
  type Law,
  type Node,
  type Note,
  nodeOf,
  type Op,
  operands,
  printExpr,
  type Ref,
  type Tensors,
} from '../../../program/index.ts';
import { largest, multiplied } from './arithmetic.ts';
import {
  anything,
  BOUNDED,
  type Bounds,
  between,
  type Growth,
  LINEAR,
  larger,
  named,
  type Orders,
  renamedOrders,
  withOrders,
} from './bounds.ts';
import type { Probed } from './probes.ts';
import { boundsOf, type Operation, type Reach, type Site } from './singular.ts';

/** An instruction whose limit does not exist, or may not. */
export interface Singularity extends Note {
  /** Whether it is known to have none; else it may have one that theory does not promise. */
  readonly certain: boolean;
}

/** What reading a program found. */
export interface Existence {
  readonly singularities: readonly Singularity[];
  /** What the proofs do not cover, though limits exist. */
  readonly notes: readonly Note[];
  /** Singularities behind an output of the last step. */
  readonly behind: (output: string) => readonly Singularity[];
}

/** What the limits of a step say of a probe. */
export type ReachOf = (probe: string, step: number) => Reach | undefined;

/** Means of functions that grow like exp of a power below this of Gaussians exist, and of their powers. */
const GAUSSIAN = 2;

/** A value's bounds and the singularities behind it. */
interface Known {
  readonly bounds: Bounds;
  readonly behind: ReadonlySet<Singularity>;
}

/** Reads a program through its steps. */
export function existence(probed: Probed, steps: number, data: Tensors, reachOf: ReachOf): Existence {
  const reader = new Reader(probed, data, reachOf);
  for (let step = 0; step < steps; step++) reader.step(step);
  return {
    singularities: [...reader.singularities.values()],
    notes: [...reader.notes.values()],
    behind: (output) => [...(reader.outputs.get(output) ?? [])],
  };
}

class Reader {
  readonly singularities = new Map<string, Singularity>();
  readonly notes = new Map<string, Note>();
  outputs = new Map<string, ReadonlySet<Singularity>>();
  readonly #probed: Probed;
  readonly #data: Tensors;
  readonly #reachOf: ReachOf;
  readonly #analysis: Analysis;
  /** What the initial matrices were applied to. */
  readonly #applied = new Map<string, Growth>();
  /** Ceilings of values by those that they were computed from, of all steps. */
  #definitions = new Map<string, Orders>();
  #state = new Map<string, Known>();
  #values = new Map<Ref, Known>();
  #step = 0;

  constructor(probed: Probed, data: Tensors, reachOf: ReachOf) {
    this.#probed = probed;
    this.#data = data;
    this.#reachOf = reachOf;
    this.#analysis = analyze(probed.program);
  }

  step(step: number): void {
    this.#step = step;
    this.#values = new Map();
    const { program, names } = this.#probed;
    for (const node of program.nodes) {
      const found = new Set<Singularity>();
      for (const ref of operands(node.instruction)) for (const one of this.#known(ref).behind) found.add(one);
      const rule = this.#rules[node.instruction.op] as (
        instruction: Node['instruction'],
        node: Node,
        found: Set<Singularity>,
      ) => Bounds; // total map
      const read = rule(node.instruction, node, found);
      // A number is one value: what it came from may grow.
      const settled = node.type.axes.some(this.#isWidth) ? read : { ...read, growth: BOUNDED, decay: BOUNDED };
      const bounds = node.instruction.op === 'map' ? this.#define(node.name, settled) : settled;
      if (node.instruction.op === 'input' || node.instruction.op === 'parameter') {
        for (const one of this.#state.get(node.name)?.behind ?? []) found.add(one);
      }
      this.#values.set(node.name, { bounds, behind: found });
    }
    this.outputs = new Map();
    const state = new Map(this.#state);
    for (const { name, value, role } of program.outputs) {
      const known = this.#known(value);
      if (role === 'state')
        state.set(name, { ...known, bounds: renamedOrders(known.bounds, (own) => this.#dated(own)) });
      else if (!names.has(name)) this.outputs.set(name, known.behind);
    }
    this.#state = state;
    this.#definitions = new Map(
      [...this.#definitions].map(([name, orders]) => [
        this.#dated(name),
        new Map([...orders].map(([part, power]) => [this.#dated(part), power])),
      ]),
    );
  }

  #define(name: string, bounds: Bounds): Bounds {
    if (bounds.ceiling !== undefined) this.#definitions.set(name, bounds.ceiling);
    return named(name, bounds);
  }

  /** The same value on other axes. */
  #tagged(bounds: Bounds, tag: string): Bounds {
    const rename = (name: string): string => {
      const moved = `${name} ${tag}`;
      const definition = this.#definitions.get(name);
      if (definition !== undefined && !this.#definitions.has(moved)) {
        this.#definitions.set(moved, new Map([...definition].map(([part, power]) => [rename(part), power])));
      }
      return moved;
    };
    return renamedOrders(bounds, rename);
  }

  /** The name of a value at this step, so that at the next it is another. */
  #dated(name: string): string {
    return name.startsWith('step ') ? name : `step ${this.#step} ${name}`;
  }

  #known(ref: Ref): Known {
    return required(this.#values.get(ref), `bounds of "${ref}"`);
  }

  #isWidth = (axis: Axis): boolean => this.#analysis.widths.isWidth(axis);

  readonly #rules: {
    readonly [K in Op]: (instruction: InstructionOf<K>, node: Node, found: Set<Singularity>) => Bounds;
  } = {
    input: ({ law, type }, node) => {
      const carried = this.#state.get(node.name)?.bounds;
      if (carried !== undefined) return carried;
      if (law !== undefined) return drawn(node.name, law, type.axes.filter(this.#isWidth).length);
      return hull(this.#data[node.name]?.data ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    },
    parameter: ({ law, axes }, node) =>
      this.#state.get(node.name)?.bounds ?? drawn(node.name, law, axes.filter(this.#isWidth).length),
    constant: ({ values }) => hull(values),
    map: ({ expr, args }, node, found) => {
      const wide = node.type.axes.some(this.#isWidth);
      return boundsOf(expr, {
        args: args.map((ref) => this.#operand(ref)),
        reach: (operand) => {
          const probe = this.#probed.site(node.name, operand);
          if (probe === 'nothing') return { bounds: between(0, 0), zero: 'exactly' };
          return probe && this.#reachOf(probe.name, this.#step);
        },
        definition: (name) => this.#definitions.get(name),
        singular: (site, reach) => found.add(this.#singularity(node, site, reach, args)),
        jump: (site) => {
          if (!wide) return;
          const text = `${printExpr(site.operand, args)} tends to 0 with what it divides, a jump that the Master Theorem (IVb 2.6.10) does not cover; the limit is computed all the same`;
          this.notes.set(`${node.name} ${text}`, { node: node.name, text });
        },
      });
    },
    contract: ({ args: [left, right], over }, node, found) => {
      const [a, b] = [this.#known(left).bounds, this.#known(right).bounds];
      const one = this.#isOne(left) ? b : this.#isOne(right) ? a : undefined;
      if (one !== undefined && over.length === 0) return one;
      const matrices = [left, right].flatMap((ref) => {
        const form = this.#analysis.forms.get(ref);
        return form?.kind === 'operator' ? form.matrices.map(({ symbol }) => symbol) : [];
      });
      const wide = over.some(this.#isWidth);
      const product = multiplied(a, b);
      if (wide) this.#mean(product.growth, node, found);
      if (matrices.length > 0 && wide) return anything(node.name, this.#applyTo(matrices, larger(a.growth, b.growth)));
      return this.#reduced(node, product, over.length === 0 ? 'mean' : 'sum');
    },
    reduce: ({ by, arg, over }, node, found) => {
      const { bounds } = this.#known(arg);
      if (by !== 'max' && over.some(this.#isWidth)) this.#mean(bounds.growth, node, found);
      return this.#reduced(node, bounds, by);
    },
    broadcast: ({ arg, along }) => this.#tagged(this.#known(arg).bounds, `along ${along.join()}`),
    rename: ({ arg, axes }) => this.#tagged(this.#known(arg).bounds, `as ${axes.join()}`),
    gather: ({ table }, node) => own(node.name, this.#known(table).bounds),
    scatter: ({ values }, node) => own(node.name, orZero(this.#known(values).bounds)),
    split: ({ arg }, node) => own(node.name, this.#known(arg).bounds),
    merge: ({ arg }, node) => own(node.name, this.#known(arg).bounds),
    select: ({ arg }, node) => own(node.name, this.#known(arg).bounds),
    pad: ({ arg }, node) => own(node.name, orZero(this.#known(arg).bounds)),
    concat: ({ args }, node) => own(node.name, anyOf(args.map((ref) => this.#known(ref).bounds))),
    window: ({ arg }, node) => own(node.name, orZero(this.#known(arg).bounds)),
    overlap: ({ arg }, node) => own(node.name, orZero(scattered(this.#known(arg).bounds))),
    call: ({ name, args: [arg = ''] }, node) => {
      const { bounds } = this.#known(arg);
      switch (name) {
        case 'softmax':
          return {
            ...between(0, 1, true),
            decay: { degree: 0, order: Math.max(bounds.growth.degree, bounds.growth.order) },
          };
        case 'logSumExp':
          return { ...between(-Infinity, Infinity), growth: bounds.growth };
        case 'normalize':
        case 'newtonSchulz':
        case 'spectralNormalize':
        case 'precondition':
        case 'intoEigenbases':
        case 'outOfEigenbases':
        case 'eigenbasis':
          return anything(node.name, { degree: 0, order: 0 });
        case 'inverseDeviation':
          return { ...between(0, Infinity, true), growth: { degree: 1, order: 0 }, decay: bounds.growth };
      }
    },
  };

  /** Bounds of what a map reads: of numbers, those of their limits. */
  #operand(ref: Ref): Bounds {
    const probe = this.#probed.number(ref);
    const reach = probe === undefined ? undefined : this.#reachOf(probe, this.#step);
    return reach?.bounds ?? this.#known(ref).bounds;
  }

  #isOne(ref: Ref): boolean {
    const { instruction } = nodeOf(this.#probed.program, ref);
    return instruction.op === 'constant' && instruction.values.every((value) => value === 1);
  }

  /** The growth of products with matrices: the other direction's arguments are in it. */
  #applyTo(matrices: readonly string[], growth: Growth): Growth {
    let most = LINEAR;
    for (const symbol of matrices) {
      const before = this.#applied.get(symbol);
      this.#applied.set(symbol, before === undefined ? growth : larger(before, growth));
      if (before !== undefined) most = larger(most, before);
    }
    return most;
  }

  #reduced(node: Node, bounds: Bounds, by: 'sum' | 'mean' | 'max'): Bounds {
    return own(node.name, by === 'sum' ? scattered(bounds) : bounds);
  }

  #mean(growth: Growth, node: Node, found: Set<Singularity>): void {
    if (growth.order === 0) return;
    if (growth.order < GAUSSIAN) {
      const text =
        'averages what grows faster than every power (exp), which the Master Theorem (IVb 2.6.10) does not cover; the limit is computed all the same';
      this.notes.set(`${node.name} ${text}`, { node: node.name, text });
      return;
    }
    found.add(
      this.#found(node.name, 'averages what grows like exp of a square or faster, whose mean need not exist', false),
    );
  }

  #singularity(node: Node, { operation, operand }: Site, reach: Reach | undefined, args: readonly Ref[]): Singularity {
    const what = `${WORDS[operation]} ${printExpr(operand, args)}`;
    if (reach?.zero === 'exactly') return this.#found(node.name, `${what}, which tends to 0: there is no limit`, true);
    if (reach !== undefined) return this.#found(node.name, `${what}, whose limit cannot be told from 0`, false);
    return this.#found(node.name, `${what}, which comes arbitrarily near 0: its mean need not exist`, false);
  }

  #found(node: string, text: string, certain: boolean): Singularity {
    const key = `${node} ${text}`;
    const known = this.singularities.get(key) ?? { node, text, certain };
    this.singularities.set(key, known);
    return known;
  }
}

const WORDS: Readonly<Record<Operation, string>> = {
  division: 'divides by',
  logarithm: 'takes the logarithm of',
  power: 'takes a power of',
};

/** Initial data: matrices and vectors by their laws, numbers that tend to 0. */
function drawn(name: string, law: Law, widths: number): Bounds {
  if (law.kind === 'constant') return between(law.value, law.value);
  if (widths === 0) return between(0, 0);
  if (law.kind === 'gaussian') return anything(name);
  return { ...between(-Math.abs(law.scale), Math.abs(law.scale)), nonzero: law.scale !== 0 };
}

function hull(values: ArrayLike<number>): Bounds {
  const all = Array.from(values);
  const [low, high] = [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)];
  return between(low, high, all.every((value) => value !== 0) && Number.isFinite(low) && Number.isFinite(high));
}

/** Bounds of a value of its own, whose zeros are not those of others. */
function own(name: string, bounds: Bounds): Bounds {
  const self = new Map([[name, 1]]);
  return withOrders(bounds, self, self);
}

/** Sums of several: further from 0 or not, but on the same side. */
function scattered(bounds: Bounds): Bounds {
  const oneSided = bounds.low >= 0 || bounds.high <= 0;
  return {
    ...bounds,
    low: bounds.low < 0 ? -Infinity : bounds.low,
    high: bounds.high > 0 ? Infinity : bounds.high,
    nonzero: oneSided && bounds.nonzero,
  };
}

const orZero = (bounds: Bounds): Bounds => ({
  ...largest(between(0, 0), bounds),
  low: Math.min(0, bounds.low),
  nonzero: false,
});

/** Of entries that have one of these bounds or another. */
const anyOf = (all: readonly Bounds[]): Bounds =>
  all.reduce((a, b) => ({
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    nonzero: a.nonzero && b.nonzero,
    growth: larger(a.growth, b.growth),
    decay: larger(a.decay, b.decay),
  }));
