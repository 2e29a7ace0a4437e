/** The interpreter of programs in the limit, without sampling (IVb 2.6.5). */

import { splitAxes, walk } from '../../entries/index.ts';
import { required } from '../../errors/index.ts';
import { isNotClosed, type NotClosed, type Perturbation } from '../../expectations/index.ts';
import {
  type Analysis,
  type Axis,
  analyze,
  argument,
  bind,
  entries,
  entryExponent,
  type Form,
  type Interpreter,
  isHeld,
  type Law,
  mul,
  type Node,
  type Program,
  type Ran,
  raised,
  reorder,
  type Sizes,
  signOf,
  spaceOf,
  type Tensor,
  type Tensors,
  textKey,
  unary,
  ZERO,
} from '../../program/index.ts';
import { broken, foreignState, notExported, notGiven, otherLaw, outsideFragment } from '../errors.ts';
import { ExactContext } from './context.ts';
import { EntryArithmetic } from './entries.ts';
import { ExactKets, type ExactMatrix } from './exactKets.ts';
import { exactReading } from './reading.ts';
import type { ExactEntry, ExactOperator, ExactValue } from './values.ts';

/** An output without a width axis, entries row-major: numbers, or why they have no closed form here. */
export interface ExactOutput {
  readonly name: string;
  readonly axes: readonly Axis[];
  readonly shape: readonly number[];
  readonly entries: readonly (number | NotClosed)[];
}

/** Limits of outputs by name. */
export type ExactOutputs = Readonly<Record<string, ExactOutput>>;

/** A value with the powers of n that it carries. */
interface Held {
  readonly value: ExactValue;
  readonly form: Form;
}

/** Kets by name, expressions in Gaussian variables that one interpreter holds; it never changes. */
export interface ExactState {
  readonly values: ReadonlyMap<string, Held>;
  /** Tensors that were given at the start, for what has no width axis. */
  readonly given: Tensors;
}

/** The interpreter in the limit without sampling: states are expressions in Gaussian variables. */
export interface ExactInterpreter extends Interpreter<ExactState, ExactOutputs> {
  /** Throws {@link UserError} `kets.outside-fragment`, `kets.not-given`, `kets.other-law`, `kets.foreign-state`. */
  run(program: Program, state: ExactState, data?: Tensors): Ran<ExactState, ExactOutputs>;
  /** Throws {@link UnsupportedError} `kets.not-exported` for what has a width axis or no closed form. */
  exported(state: ExactState): Tensors;
}

/** What `exactInterpreter` is told. */
export interface ExactInterpreterOptions {
  /** Sizes of fixed spaces that are symbols and that data leave open. */
  readonly sizes?: Sizes;
  /** How often quadratures may evaluate their integrands, all together; no bound by default. */
  readonly evaluations?: number;
  /** Moves means by their errors, to see what becomes of results. */
  readonly perturb?: Perturbation;
}

/** Exact kets: initial data are the same Gaussian variables for all states, by their names, so branches are exact too. */
export function exactInterpreter(options: ExactInterpreterOptions = {}): ExactInterpreter {
  return new ExactLimits(options);
}

const PLAIN: Form = { kind: 'plain', exponent: ZERO };

/** Stands for a width where sizes are bound, whole at every usual ratio; nothing reads it. */
const WIDTH = 64 * 720_720;

class ExactLimits implements ExactInterpreter {
  readonly #sizes: Sizes;
  readonly #kets: ExactKets;
  /** Random initial values by name, with what tells them from others of their name. */
  readonly #drawn = new Map<string, { readonly key: string; readonly value: ExactValue }>();
  readonly #own = new WeakSet<ExactState>();

  constructor({ sizes = {}, evaluations, perturb }: ExactInterpreterOptions) {
    this.#sizes = sizes;
    this.#kets = new ExactKets(evaluations, perturb);
  }

  start(given: Tensors = {}): ExactState {
    return this.#made({ values: new Map(), given });
  }

  run(program: Program, state: ExactState, data: Tensors = {}): Ran<ExactState, ExactOutputs> {
    this.#check(state);
    const forms = new Map([...state.values].map(([name, { form }]) => [name, form]));
    const analysis = analyze(program, forms);
    if (analysis.violations.length > 0) throw outsideFragment(program.name, analysis.violations);
    const { symbol } = analysis.widths;
    // Any width: only sizes of fixed spaces are read.
    const bound = { ...this.#sizes, ...(symbol === undefined ? {} : { [symbol]: WIDTH }) };
    const sizes = bind(program, bound, { ...data, ...state.given });
    const next = new Map(state.values);
    const values = new Map<string, ExactValue>();
    const context = this.#context(analysis, sizes, values);
    const setting = { program, analysis, sizes, state, data, context, next };
    const reading = exactReading(context, analysis.maps, (feed, node) => this.#feed(node, feed, setting));
    for (const node of analysis.program.nodes) values.set(node.name, walk(node, reading));
    const outputs: Record<string, ExactOutput> = {};
    for (const { name, value: ref, role } of analysis.program.outputs) {
      const value = context.value(ref);
      const form = required(analysis.forms.get(ref), `form of "${ref}"`);
      if (role === 'state') next.set(name, { value, form });
      else if (value.kind === 'scalars') {
        const vanishes = form.kind === 'plain' && signOf(form.exponent) < 0;
        const numbers = value.data.map((entry) => (vanishes && !isNotClosed(entry) ? 0 : entry));
        outputs[name] = { name, axes: value.axes, shape: value.shape, entries: numbers };
      }
    }
    return { outputs, state: this.#made({ values: next, given: state.given }) };
  }

  /** Nothing is learned of a state that a run could change. */
  fork(state: ExactState): ExactState {
    return state;
  }

  exported({ values, given }: ExactState): Tensors {
    const open = [...values].filter(([, { value }]) => value.kind !== 'scalars' || value.data.some(isNotClosed));
    if (open.length > 0) throw notExported(open.map(([name]) => name));
    const numbers = [...values].map(([name, { value, form }]): [string, Tensor] => {
      const vanishes = form.kind === 'plain' && signOf(form.exponent) < 0;
      const { axes, shape } = value;
      const data = Float64Array.from(value.data as readonly number[], (entry) => (vanishes ? 0 : entry)); // closed numbers
      return [name, { axes, shape, data }];
    });
    return Object.fromEntries([...Object.entries(given), ...numbers]);
  }

  release(): void {}

  #made(state: ExactState): ExactState {
    this.#own.add(state);
    return state;
  }

  #check(state: ExactState): void {
    if (!this.#own.has(state)) throw foreignState();
  }

  #context({ widths, forms }: Analysis, sizes: Sizes, values: ReadonlyMap<string, ExactValue>): ExactContext {
    const size = (space: string): number =>
      widths.ratio(space) === undefined ? sizeOf(sizes, space) : Number.POSITIVE_INFINITY;
    return new ExactContext({
      arithmetic: new EntryArithmetic(this.#kets, size),
      value: (ref) => {
        const value = values.get(ref);
        if (value === undefined) throw broken(ref, 'it is read before it is made');
        return value;
      },
      isWidth: widths.isWidth,
      count: (axis) => sizeOf(sizes, spaceOf(axis)),
      ratio: (axis) => widths.ratio(spaceOf(axis)) ?? 1,
      exponent: (ref) => entryExponent(required(forms.get(ref), `form of "${ref}"`)),
    });
  }

  /** States and parameters are the state's; initial data is what data say, else the state's; all else is drawn. */
  #feed(node: Node, instruction: Feed, { program, analysis, sizes, state, data, context, next }: Setting): ExactValue {
    const { name, type } = node;
    const { law } = instruction;
    const held = isHeld(name, instruction, data);
    const own = held ? state.values.get(name)?.value : undefined;
    if (own !== undefined) return own;
    const { axes, shape, widths } = splitAxes(node, context);
    const given = (held ? state.given[name] : undefined) ?? data[name];
    if (given !== undefined && widths.length === 0) {
      const value = context.made([...reorder(given, axes).data], { axes, shape }, []);
      if (law !== undefined && held) next.set(name, { value, form: PLAIN });
      return value;
    }
    if (law === undefined) throw notGiven(program.name, name);
    const form = required(analysis.forms.get(name), `form of "${name}"`);
    const value = this.#random(name, textKey([law, type.axes, shape]), law, () => {
      const drawn = Array.from({ length: entries(shape) }, () => this.#draw(law, widths, form, context, sizes));
      return context.made(drawn, { axes, shape }, widths);
    });
    next.set(name, { value, form });
    return value;
  }

  /** The same variables for a name whenever it is asked for. */
  #random(name: string, key: string, law: Law, make: () => ExactValue): ExactValue {
    if (law.kind === 'constant') return make();
    const known = this.#drawn.get(name);
    if (known !== undefined && known.key !== key) throw otherLaw(name, known.key, key);
    const value = known?.value ?? make();
    this.#drawn.set(name, { key, value });
    return value;
  }

  #draw(law: Law, widths: readonly Axis[], form: Form, context: ExactContext, sizes: Sizes): ExactEntry {
    const [rows, columns] = widths;
    if (law.kind === 'constant') {
      if (columns === undefined) return law.value;
      return { matrices: [], pointwise: law.value === 0 ? undefined : () => this.#kets.constant(law.value) };
    }
    // Initial scalars tend to 0.
    if (rows === undefined) return 0;
    // Sizes in units of n: what the power of n leaves of the deviation.
    const deviation = law.powers.reduce((total, { space, exponent }) => {
      const size = context.isWidth(space) ? context.ratio(space) : sizeOf(sizes, space);
      return total * raised(size, exponent);
    }, law.scale);
    if (columns === undefined) {
      if (law.kind === 'gaussian') return this.#kets.initial(deviation);
      // A sign has the law of the sign of a Gaussian variable.
      return this.#kets.map(mul(deviation, unary('sign', argument(0))), [this.#kets.initial()]);
    }
    const ratio = context.ratio(rows) / context.ratio(columns);
    const matrix: ExactMatrix = this.#kets.matrix({ variance: deviation ** 2 * context.ratio(columns), ratio });
    const exponent = form.kind === 'operator' ? (form.matrices[0]?.exponent ?? ZERO) : ZERO;
    const operator: ExactOperator = {
      matrices: [{ matrix, rows, columns, coefficient: 1, exponent }],
      pointwise: undefined,
    };
    return operator;
  }
}

type Feed = Extract<Node['instruction'], { op: 'input' | 'parameter' }>;

/** One run. */
interface Setting {
  readonly program: Program;
  readonly analysis: Analysis;
  readonly sizes: Sizes;
  readonly state: ExactState;
  readonly data: Tensors;
  readonly context: ExactContext;
  /** The state after it, as far as it is known. */
  readonly next: Map<string, Held>;
}

const sizeOf = (sizes: Sizes, space: string): number => required(sizes[space], `size of space "${space}"`);
