/**
 * A program's limit without sampling, where covariances close: numbers that verify the sampled estimates.
 *
 * It stops where an expectation takes too many jointly Gaussian variables: outputs say so, each by itself.
 */

import {
  type Analysis,
  type Axis,
  analyze,
  argument,
  bind,
  entries,
  entryExponent,
  type Form,
  type Law,
  mul,
  type Node,
  type Program,
  reorder,
  type Sizes,
  spaceOf,
  type Tensor,
  type Tensors,
  unary,
} from '../../program/index.ts';
import { broken, notGiven, outsideFragment } from '../errors.ts';
import { ExactContext } from './context.ts';
import { EntryArithmetic } from './entries.ts';
import { ExactKets, type ExactMatrix } from './exactKets.ts';
import { exactRules } from './exactRules.ts';
import { isNotClosed, type NotClosed } from './notClosed.ts';
import type { ExactOperator, ExactValue } from './values.ts';

type Entry = ExactValue['data'][number];

export interface ExactOptions {
  /** Steps of a step program; default 1. */
  readonly steps?: number;
  readonly data?: Tensors;
  readonly sizes?: Sizes;
  /** How often quadratures may evaluate their integrands, all together: a hundred million take a minute. No bound by default. */
  readonly evaluations?: number;
}

/** An output without a width axis, entries row-major: numbers, or why they have no closed form here. */
export interface ExactOutput {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly entries: readonly (number | NotClosed)[];
}

/**
 * The limits of a program's scalar outputs, step by step. Throws {@link UserError} `kets.outside-fragment`,
 * `kets.not-given`.
 */
export function exactLimit(program: Program, options: ExactOptions = {}): readonly (readonly ExactOutput[])[] {
  const { steps = 1 } = options;
  const limit = new ExactLimit(program, options);
  return Array.from({ length: steps }, () => limit.step());
}

const PLAIN: Form = { kind: 'plain', exponent: 0 };

/** Stands for a width where sizes are bound, whole at every usual ratio; nothing reads it. */
const WIDTH = 64 * 720_720;

class ExactLimit {
  readonly #program: Program;
  readonly #data: Tensors;
  readonly #sizes: Sizes;
  readonly #kets: ExactKets;
  readonly #drawn = new Map<string, ExactValue>();
  #state = new Map<string, { readonly value: ExactValue; readonly form: Form }>();

  constructor(program: Program, { data = {}, sizes = {}, evaluations }: ExactOptions) {
    this.#kets = new ExactKets(evaluations);
    this.#program = program;
    this.#data = data;
    const { widths } = analyze(program);
    // Any width: only sizes of fixed spaces are read.
    const symbol = widths.symbol === undefined ? {} : { [widths.symbol]: WIDTH };
    this.#sizes = bind(program, { ...sizes, ...symbol }, data);
  }

  step(): ExactOutput[] {
    const forms = new Map([...this.#state].map(([name, { form }]) => [name, form]));
    const analysis = analyze(this.#program, forms);
    if (analysis.violations.length > 0) throw outsideFragment(this.#program.name, analysis.violations);
    const values = new Map<string, ExactValue>();
    const context = this.#context(analysis, values);
    for (const node of analysis.program.nodes) values.set(node.name, this.#value(node, context, analysis));
    const next = new Map<string, { value: ExactValue; form: Form }>();
    const outputs: ExactOutput[] = [];
    for (const { name, value: ref, role } of analysis.program.outputs) {
      const value = context.value(ref);
      const form = analysis.forms.get(ref) ?? PLAIN;
      if (role === 'state') next.set(name, { value, form });
      else if (value.kind === 'scalars') {
        const vanishes = form.kind === 'plain' && form.exponent < 0;
        const numbers = value.data.map((entry) => (vanishes && !isNotClosed(entry) ? 0 : entry));
        outputs.push({ name, axes: value.axes, shape: value.shape, entries: numbers });
      }
    }
    this.#state = next;
    return outputs;
  }

  #value(node: Node, context: ExactContext, analysis: Analysis): ExactValue {
    const { instruction } = node;
    if (instruction.op === 'input' || instruction.op === 'parameter')
      return this.#feed(node, instruction.law, context, analysis);
    const rule = exactRules[instruction.op] as (
      i: Node['instruction'],
      node: Node,
      context: ExactContext,
      map: ReturnType<Analysis['maps']['get']>,
    ) => ExactValue; // total map
    return rule(instruction, node, context, analysis.maps.get(node.name));
  }

  #context({ widths, forms }: Analysis, values: ReadonlyMap<string, ExactValue>): ExactContext {
    const size = (space: string): number =>
      widths.ratio(space) === undefined ? (this.#sizes[space] ?? Number.NaN) : Number.POSITIVE_INFINITY;
    return new ExactContext({
      arithmetic: new EntryArithmetic(this.#kets, size),
      value: (ref) => {
        const value = values.get(ref);
        if (value === undefined) throw broken(ref, 'it is read before it is made');
        return value;
      },
      isWidth: widths.isWidth,
      count: (axis) => this.#sizes[spaceOf(axis)] ?? 0,
      ratio: (axis) => widths.ratio(spaceOf(axis)) ?? 1,
      exponent: (ref) => entryExponent(forms.get(ref) ?? PLAIN),
    });
  }

  #feed(node: Node, law: Law | undefined, context: ExactContext, analysis: Analysis): ExactValue {
    const known = this.#state.get(node.name)?.value ?? this.#drawn.get(node.name);
    if (known !== undefined) return known;
    const { axes, shape, widths } = context.fixedAxes(node);
    if (law === undefined) {
      const given: Tensor | undefined = this.#data[node.name];
      if (given === undefined) throw notGiven(this.#program.name, node.name);
      return context.made([...reorder(given, axes).data], axes, shape, []);
    }
    const form = analysis.forms.get(node.name) ?? PLAIN;
    const data = Array.from({ length: entries(shape) }, (): Entry => this.#draw(law, widths, form, context));
    const value = context.made(data, axes, shape, widths);
    this.#drawn.set(node.name, value);
    return value;
  }

  #draw(law: Law, widths: readonly Axis[], form: Form, context: ExactContext): Entry {
    const [rows, columns] = widths;
    if (law.kind === 'constant') {
      if (columns === undefined) return law.value;
      return { matrices: [], pointwise: law.value === 0 ? undefined : () => this.#kets.constant(law.value) };
    }
    // Initial scalars tend to 0.
    if (rows === undefined) return 0;
    // Sizes in units of n: what the power of n leaves of the deviation.
    const deviation = law.powers.reduce((total, { space, exponent }) => {
      const size = context.isWidth(space) ? context.ratio(space) : (this.#sizes[space] ?? Number.NaN);
      return total * size ** exponent;
    }, law.scale);
    if (columns === undefined) {
      if (law.kind === 'gaussian') return this.#kets.initial(deviation);
      // A sign has the law of the sign of a Gaussian variable.
      return this.#kets.map(mul(deviation, unary('sign', argument(0))), [this.#kets.initial()]);
    }
    const ratio = context.ratio(rows) / context.ratio(columns);
    const matrix: ExactMatrix = this.#kets.matrix({ variance: deviation ** 2 * context.ratio(columns), ratio });
    const exponent = form.kind === 'operator' ? (form.matrices[0]?.exponent ?? 0) : 0;
    const operator: ExactOperator = {
      matrices: [{ matrix, rows, columns, coefficient: 1, exponent }],
      pointwise: undefined,
    };
    return operator;
  }
}
