/**
 * One step of an optimizer for one parameter, as instructions of a program.
 *
 * Hyperparameters with fixed values are folded into the formulas first; then only what the new weight and kept states
 * depend on is written: numbers without axes (the step, products of β, rates by a schedule) as values of their own, so
 * that entrywise formulas read them ready, and one entrywise map for each formula.
 */

import { type Axis, argument, argumentsOf, constant, type Expr, type ExprLike, mul, neg, add, sizePower, spaceOf, sub, substitute, type Value, without, type Writer } from '../program/index.ts';
import { broken } from './errors.ts';
import { type Limit, writeLimit } from './limits.ts';
import { type Extent, type Formula, nextName, type Optimizer } from './optimizer.ts';
import { initialValue, resolveSettings, type Settings } from './settings.ts';

/** How a parameter is updated. */
export interface UpdateOptions {
  readonly settings?: Settings;
  /** n^(−c) of IVb 2.2: what the learning rate is multiplied by. */
  readonly rateScale?: ExprLike;
  /** n^d of IVb 2.2: what the gradient is multiplied by before Q sees it. */
  readonly gradientScale?: ExprLike;
  /** How the size of the update is limited. */
  readonly limit?: Limit;
}

/** A parameter inside the program that is written. */
export interface Target {
  /** In front of the names of its states and of what is computed for it: `W.`, or nothing. */
  readonly prefix: string;
  readonly weight: Value;
  readonly gradient: Value;
  /** How error messages name it. */
  readonly where?: string;
}

/**
 * Writes the next weight, w_t = (1 − λ)(1 − ηλ′) w_{t−1} − η n^(−c) Q, and the optimizer's own states as inputs and
 * outputs of the program; the weight is left to the caller.
 * Throws {@link UserError} `optimizers.settings`.
 */
export function writeUpdate(writer: Writer, optimizer: Optimizer, target: Target, options: UpdateOptions = {}): Value {
  return new UpdateWriter(writer, optimizer, target, options).write();
}

const NEXT_WEIGHT = nextName('weight');

class UpdateWriter {
  readonly #writer: Writer;
  readonly #optimizer: Optimizer;
  readonly #target: Target;
  readonly #options: UpdateOptions;
  readonly #settings: ReadonlyMap<string, Expr>;
  readonly #formulas: ReadonlyMap<string, Formula>;
  /** What has been written so far, by the name of the argument that it is. */
  readonly #written = new Map<string, Value>();

  constructor(writer: Writer, optimizer: Optimizer, target: Target, options: UpdateOptions) {
    this.#writer = writer;
    this.#optimizer = optimizer;
    this.#target = target;
    this.#options = options;
    this.#settings = resolveSettings(optimizer, options.settings, target.where);
    this.#formulas = new Map(
      Object.entries({ rate: this.#plain('learningRate'), ...optimizer.formulas }).map(([name, formula]) => [
        name,
        { ...formula, expr: this.#folded(formula.expr) },
      ]),
    );
  }

  write(): Value {
    const { weight } = this.#target;
    this.#written.set('weight', weight);
    const live = this.#liveNames();
    const states = Object.entries(this.#optimizer.state).filter(([name]) => live.has(name));
    if (live.has('step')) this.#written.set(STEPS_DONE, this.#state('step', 'scalar', 0));
    for (const [name, { extent, initial }] of states)
      this.#written.set(name, this.#state(name, extent, initialValue(initial, this.#settings)));
    const next = this.#value(NEXT_WEIGHT);
    if (live.has('step')) this.#writer.output(this.#label('step'), this.#value('step'), 'state');
    for (const [name] of states) this.#writer.output(this.#label(name), this.#value(nextName(name)), 'state');
    return next;
  }

  /** The formula that is a hyperparameter. */
  #plain(name: string): Formula {
    return { expr: argument(this.#optimizer.arguments.indexOf(name)) };
  }

  /** A formula with everything known put in. */
  #folded(expr: Expr): Expr {
    return substitute(expr, (leaf) => (leaf.op === 'argument' ? (this.#known(this.#name(leaf.index)) ?? leaf) : leaf));
  }

  #name(index: number): string {
    const name = this.#optimizer.arguments[index];
    if (name === undefined) throw broken(`optimizer "${this.#optimizer.name}"`, `argument ${index} passed the check`);
    return name;
  }

  /** The value of an argument that no step changes. */
  #known(name: string): Expr | undefined {
    if (name === 'entries') {
      const axes = this.#target.weight.type.axes;
      return axes.reduce<Expr>((total, axis) => mul(total, sizePower(spaceOf(axis), 1)), constant(1));
    }
    const setting = this.#settings.get(name);
    return setting !== undefined && argumentsOf(setting).size === 0 ? setting : undefined;
  }

  /** Arguments that the new weight and what is kept depend on, the past of live states included. */
  #liveNames(): ReadonlySet<string> {
    const live = new Set<string>();
    const visit = (name: string): void => {
      if (live.has(name)) return;
      live.add(name);
      for (const other of this.#reads(name)) visit(other);
    };
    visit(NEXT_WEIGHT);
    for (const [name, { kept }] of Object.entries(this.#optimizer.state)) if (kept) visit(name);
    return live;
  }

  #reads(name: string): string[] {
    if (name === NEXT_WEIGHT) return ['weight', nextName('update'), nextName('rate'), ...this.#scheduled(DECAYS)];
    if (name === 'gradient') return this.#scheduled(['coupledDecay']);
    if (this.#settings.has(name)) return ['step'];
    if (this.#optimizer.state[name] !== undefined) return [nextName(name)];
    const formula = this.#formulas.get(name.slice(nextName('').length));
    return formula === undefined ? [] : [...argumentsOf(formula.expr)].map((index) => this.#name(index));
  }

  #scheduled(names: readonly string[]): string[] {
    return names.filter((name) => this.#known(name) === undefined);
  }

  #label(name: string): string {
    return `${this.#target.prefix}${name}`;
  }

  #axes(extent: Extent): readonly Axis[] {
    const { axes } = this.#target.weight.type;
    switch (extent) {
      case 'entries':
        return axes;
      case 'rows':
        return without(axes, axes.slice(-1));
      case 'columns':
        return axes.length < 2 ? axes : without(axes, axes.slice(-2, -1));
      case 'scalar':
        return [];
    }
  }

  #state(name: string, extent: Extent, initial: number): Value {
    const type = { kind: 'real', axes: this.#axes(extent) } as const;
    const law = { kind: 'constant', value: initial } as const;
    return this.#writer.write({ op: 'input', role: 'state', type, law }, this.#label(name));
  }

  /** The value of an argument, written when it is first asked for. */
  #value(name: string): Value {
    const written = this.#written.get(name);
    if (written !== undefined) return written;
    const value = this.#make(name);
    this.#written.set(name, value);
    return value;
  }

  #make(name: string): Value {
    if (name === NEXT_WEIGHT) return this.#nextWeight();
    if (name === 'gradient') return this.#gradient();
    if (name === 'step') return this.#map(add(argument(0), 1), [STEPS_DONE], 'step.next');
    const setting = this.#settings.get(name);
    if (setting !== undefined) return this.#map(setting, [STEPS_DONE], name);
    return this.#formulaValue(name.slice(nextName('').length));
  }

  #formulaValue(name: string): Value {
    const formula = this.#formulas.get(name);
    if (formula === undefined) throw broken(`optimizer "${this.#optimizer.name}"`, `"${name}" has no formula`);
    const field = this.#optimizer.state[name];
    const label = field === undefined ? name : `${name}.next`;
    const { mean } = formula;
    const value = this.#map(formula.expr, this.#optimizer.arguments, mean === undefined ? label : undefined);
    const averaged = mean === undefined ? value : this.#mean(value, mean, label);
    if (field !== undefined) return this.#fill(averaged, this.#axes(field.extent));
    if (name !== 'update') return averaged;
    const update = this.#fill(averaged, this.#axes('entries'));
    const { limit } = this.#options;
    return limit === undefined ? update : writeLimit(this.#writer, limit, { update, weight: this.#target.weight, prefix: this.#target.prefix });
  }

  #mean(value: Value, mean: NonNullable<Formula['mean']>, label: string): Value {
    const all = this.#axes('entries');
    const over = mean === 'entries' ? all : without(all, this.#axes(mean === 'columns' ? 'rows' : 'columns'));
    const present = over.filter((axis) => value.type.axes.includes(axis));
    return this.#writer.reduce('mean', value, present, this.#label(label));
  }

  #fill(value: Value, axes: readonly Axis[]): Value {
    return this.#writer.broadcast(value, without(axes, value.type.axes));
  }

  /**
   * An expression over named arguments. A bare argument is its value; what reads none is a number of the program.
   */
  #map(expr: Expr, names: readonly string[], label?: string): Value {
    const read = [...argumentsOf(expr)].sort((a, b) => a - b);
    const values = read.map((index) => this.#value(names[index] ?? ''));
    const own = substitute(expr, (leaf) => (leaf.op === 'argument' ? argument(read.indexOf(leaf.index)) : leaf));
    const [only] = values;
    if (own.op === 'argument' && only !== undefined) return only;
    const one = { op: 'constant', type: { kind: 'real', axes: [] }, values: [1] } as const;
    const operands = values.length === 0 ? [this.#writer.write(one)] : values;
    return this.#writer.map(own, operands, label === undefined ? undefined : this.#label(label));
  }

  /** What Q sees: ±n^d g, and λw where decay is coupled. */
  #gradient(): Value {
    const { gradient, weight } = this.#target;
    const scaled = mul(this.#options.gradientScale ?? 1, argument(0));
    const down = this.#flag('maximize') ? neg(scaled) : scaled;
    const names = [RAW, 'weight', 'coupledDecay'];
    this.#written.set(RAW, gradient);
    this.#written.set('weight', weight);
    return this.#map(add(down, mul(this.#known('coupledDecay') ?? argument(2), argument(1))), names, 'descent');
  }

  #flag(name: string): boolean {
    const setting = this.#settings.get(name);
    return setting?.op === 'constant' && setting.value === 1;
  }

  #nextWeight(): Value {
    const names = ['weight', nextName('update'), nextName('rate'), 'learningRate', ...DECAYS, PACE, KEPT];
    const at = (name: string): Expr => this.#known(name) ?? argument(names.indexOf(name));
    const scale = this.#options.rateScale ?? 1;
    const rate = this.#formulas.get('rate')?.expr;
    const known = rate !== undefined && argumentsOf(rate).size === 0 ? rate : at(nextName('rate'));
    const pace = this.#scalar(mul(scale, known), names, PACE);
    const decay = mul(mul(scale, at('learningRate')), at('decoupledDecay'));
    const kept = this.#scalar(mul(sub(1, at('independentDecay')), sub(1, decay)), names, KEPT);
    return this.#map(sub(mul(kept, argument(0)), mul(pace, argument(1))), names, 'weight.next');
  }

  /** A number without axes: itself where no step changes it, else a value of its own. */
  #scalar(expr: Expr, names: readonly string[], label: string): Expr {
    if (argumentsOf(expr).size === 0) return expr;
    this.#written.set(label, this.#map(expr, names, label));
    return argument(names.indexOf(label));
  }
}

/** Arguments of this file alone. */
const STEPS_DONE = 'steps done';
const RAW = 'raw gradient';
const PACE = 'pace';
const KEPT = 'kept';
const DECAYS = ['decoupledDecay', 'independentDecay'];
