/**
 * One step of an optimizer for one parameter, as instructions of a program.
 *
 * Hyperparameters with fixed values are folded into the formulas first; then only what the new weight and kept states
 * depend on is written: numbers without axes (the step, products of β, rates by a schedule) as values of their own, so
 * that entrywise formulas read them ready, and one entrywise map for each formula.
 *
 * The update is that of IVb 2.1, with the powers of n of IVb 2.2.
 */

import { required } from '../errors/index.ts';
import {
  type Axis,
  add,
  argument,
  argumentsOf,
  type Expr,
  type ExprLike,
  freshCopy,
  mul,
  neg,
  sub,
  substitute,
  type Value,
  type Writer,
  without,
} from '../program/index.ts';
import { liesIn } from './domains.ts';
import { badSettings, changing, noMatrix, outOfDomain, readsWeight } from './errors.ts';
import { type Limit, writeLimit } from './limits.ts';
import { type Extent, type Formula, type MatrixFormula, nextName, type Optimizer } from './optimizer.ts';
import { LIMITED, NEXT_WEIGHT, OWN, own, Plan, SHRUNK } from './plan.ts';
import { initialValue, resolveSettings, type Settings } from './settings.ts';
import { sidesOf } from './sides.ts';

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
  readonly axes: readonly Axis[];
  /** The weight before the step; absent where only its change is wanted, which rules that read the weight do not have. */
  readonly weight?: Value;
  /** What decay has left of the weight so far, where the caller reads this state already. */
  readonly shrunk?: Value;
  /** Its ordinary derivative, without n^d; absent where that is 0 by structure: Q then sees 0, and decay acts as ever. */
  readonly gradient?: Value;
  /** The name that n^d times the gradient, what Q sees of it, is to have; else it has none that one may ask for. */
  readonly seen?: string;
  /** How error messages name it. */
  readonly where?: string;
}

/**
 * Writes the next weight, w_t = (1 − λ)(1 − ηλ′) w_{t−1} − η n^(−c) Q, and the optimizer's own states as inputs and
 * outputs of the program; the weight is left to the caller. Of a target without a weight it writes the change,
 * −η n^(−c) Q. Throws {@link UserError} `optimizers.settings`, `optimizers.reads-weight`.
 */
export function writeUpdate(writer: Writer, optimizer: Optimizer, target: Target, options: UpdateOptions = {}): Value {
  return new UpdateWriter(writer, optimizer, target, options).write();
}

function checkOptions({ rateScale = 1, gradientScale = 1, limit }: UpdateOptions, where: string): void {
  const problems = Object.entries({ rateScale, gradientScale }).flatMap(([name, scale]) => {
    if (typeof scale === 'number') return liesIn(scale, POSITIVE) ? [] : [outOfDomain(name, scale, 'a number above 0')];
    return argumentsOf(scale).size === 0 ? [] : [outOfDomain(name, 'an expression with operands', 'powers of sizes')];
  });
  const size = limit === undefined ? 1 : sizeOf(limit);
  if (!liesIn(size, POSITIVE)) problems.push(outOfDomain(`limit "${limit?.kind}"`, size, 'a number above 0'));
  if (problems.length > 0) throw badSettings(where, problems);
}

const POSITIVE = { above: 0 };

/** The number that a limit is told. */
function sizeOf(limit: Limit): number {
  if (limit.kind === 'normalizeByInitialWeight') return limit.law.scale;
  return 'threshold' in limit ? limit.threshold.value : 1;
}

/** Whether an update multiplies the weight by less than 1 besides moving it. Throws {@link UserError} `optimizers.settings`. */
export function decays(optimizer: Optimizer, target: Pick<Target, 'axes' | 'where'>, options: UpdateOptions): boolean {
  return decaysWeight(planOf(optimizer, target, options));
}

function decaysWeight({ kept }: Plan): boolean {
  return kept.op !== 'constant' || kept.value !== 1;
}

function planOf(
  optimizer: Optimizer,
  { axes, where }: Pick<Target, 'axes' | 'where'>,
  { settings, rateScale = 1 }: UpdateOptions,
  widths: readonly Axis[] = [],
): Plan {
  const resolved = resolveSettings(optimizer, settings, where);
  const byHead = resolved.get(BY_HEAD);
  const sides = sidesOf(axes, widths, byHead?.op === 'constant' && byHead.value === 1);
  return new Plan(optimizer, resolved, { axes, sides, rateScale });
}

/** The hyperparameter by which each head of attention is a matrix of its own. */
const BY_HEAD = 'byHead';

const whereOf = (optimizer: Optimizer, { where }: Pick<Target, 'where'>): string =>
  where ?? `optimizer "${optimizer.name}"`;

class UpdateWriter {
  readonly #writer: Writer;
  readonly #target: Target;
  readonly #options: UpdateOptions;
  readonly #plan: Plan;
  /** What has been written so far, by the name of the argument that it is. */
  readonly #written = new Map<string, Value>();

  constructor(writer: Writer, optimizer: Optimizer, target: Target, options: UpdateOptions) {
    this.#writer = writer;
    this.#target = target;
    this.#options = options;
    this.#plan = planOf(optimizer, target, options, writer.widthAxes(target.axes));
    checkOptions(options, whereOf(optimizer, target));
    if (target.weight !== undefined) this.#written.set('weight', target.weight);
    else if (decaysWeight(this.#plan)) throw readsWeight(whereOf(optimizer, target), 'decay of the weight');
  }

  write(): Value {
    this.#written.set(SCALED, this.#scaledGradient());
    const live = this.#plan.live();
    const states = Object.entries(this.#plan.optimizer.state).filter(([name]) => live.has(name));
    if (live.has('step')) this.#written.set(STEPS_DONE, this.#state('step', 'scalar', 0));
    const { shrunk = this.#remembersDecay() ? this.#state(SHRUNK, 'scalar', 1) : undefined } = this.#target;
    if (shrunk !== undefined) this.#written.set(SHRUNK, shrunk);
    for (const [name, { extent, initial }] of states)
      this.#written.set(name, this.#state(name, extent, initialValue(initial, this.#plan.settings)));
    const next = this.#value(NEXT_WEIGHT);
    if (live.has('step')) this.#writer.output(this.#label('step'), this.#value('step'), 'state');
    for (const [name] of states) this.#writer.output(this.#label(name), this.#value(nextName(name)), 'state');
    return next;
  }

  #label(name: string): string {
    return `${this.#target.prefix}${name}`;
  }

  /** A name for a value that nobody asks for by name. */
  #free(label: string): string {
    return this.#writer.free(this.#label(label));
  }

  #axes(extent: Extent): readonly Axis[] {
    const { axes } = this.#target;
    switch (extent) {
      case 'entries':
        return axes;
      case 'rows':
        return without(axes, axes.slice(-1));
      case 'columns':
        return axes.length < 2 ? axes : without(axes, axes.slice(-2, -1));
      case 'scalar':
        return [];
      case 'rowPairs':
        return this.#pairsOf(this.#plan.sides.rows);
      case 'columnPairs':
        return this.#pairsOf(this.#plan.sides.columns);
    }
  }

  /** A side of the matrix that the parameter is, and copies of it; along the axes apart there are such for each place. */
  #pairsOf(side: readonly Axis[]): readonly Axis[] {
    return [...this.#plan.sides.apart, ...side, ...this.#copiesOf(side).map(([, copy]) => copy)];
  }

  #copiesOf(side: readonly Axis[]): (readonly [Axis, Axis])[] {
    const taken = [...this.#target.axes];
    return side.map((axis) => {
      const copy = freshCopy(axis, taken);
      taken.push(copy);
      return [axis, copy] as const;
    });
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
    if (name === 'weight') throw readsWeight(whereOf(this.#plan.optimizer, this.#target), 'its formulas');
    if (name === 'gradient') return this.#gradient();
    if (name === 'step') return this.#map(add(argument(0), 1), [STEPS_DONE], 'step.next');
    const setting = this.#plan.settings.get(name);
    if (setting !== undefined) return this.#map(setting, [STEPS_DONE], name);
    return this.#formulaValue(name.slice(nextName('').length));
  }

  #formulaValue(name: string): Value {
    const { expr, mean, matrix, gram } = this.#plan.formula(name);
    const field = this.#plan.optimizer.state[name];
    const label = field === undefined ? name : `${name}.next`;
    const whole = mean === undefined && matrix === undefined && gram === undefined;
    const value = this.#map(expr, this.#plan.optimizer.arguments, whole ? label : undefined);
    const averaged = this.#gram(
      mean === undefined ? this.#matrix(value, matrix, label) : this.#mean(value, mean, label),
      gram,
      label,
    );
    if (field !== undefined) return this.#fill(averaged, this.#axes(field.extent));
    return name === 'update' ? this.#fill(averaged, this.#axes('entries')) : averaged;
  }

  #mean(value: Value, mean: NonNullable<Formula['mean']>, label: string): Value {
    const all = this.#axes('entries');
    const over = mean === 'entries' ? all : without(all, this.#axes(mean === 'columns' ? 'rows' : 'columns'));
    const present = over.filter((axis) => value.type.axes.includes(axis));
    return this.#writer.reduce('mean', value, present, this.#free(label));
  }

  /** The inner products of rows or columns of the matrix that a value's entries make; the value itself where none are asked for. */
  #gram(value: Value, gram: Formula['gram'], label: string): Value {
    if (gram === undefined) return value;
    const { rows, columns } = this.#plan.sides;
    if (columns.length === 0) throw noMatrix(whereOf(this.#plan.optimizer, this.#target), this.#target.axes);
    const [side, other] = gram === 'rows' ? [rows, columns] : [columns, rows];
    const copied = this.#writer.rename(value, this.#copiesOf(side));
    return this.#writer.contract(value, copied, other, this.#free(label));
  }

  /** A function of the matrix that a value's entries make; the value itself where there is none. */
  #matrix(value: Value, matrix: MatrixFormula | undefined, label: string): Value {
    if (matrix === undefined) return value;
    const { rows, columns } = this.#plan.sides;
    const where = whereOf(this.#plan.optimizer, this.#target);
    if (columns.length === 0) throw noMatrix(where, this.#target.axes);
    const attributes = Object.entries(this.#plan.attributes(matrix)).map(([name, told]): [string, number] => {
      if (told === undefined) throw badSettings(where, [changing(name)]);
      return [name, told];
    });
    const call = { ...Object.fromEntries(attributes), ...(rows.length === 1 ? {} : { rows: rows.length }) };
    const statistics = (matrix.statistics ?? []).map((one) => this.#map(one, this.#plan.optimizer.arguments));
    return this.#writer.call(matrix.name, [value, ...statistics], [...rows, ...columns], call, this.#free(label));
  }

  #fill(value: Value, axes: readonly Axis[]): Value {
    return this.#writer.broadcast(value, without(axes, value.type.axes));
  }

  #map(expr: Expr, names: readonly string[], label?: string): Value {
    return this.#writeMap(expr, names, label === undefined ? undefined : this.#free(label));
  }

  /** An expression over named arguments. A bare argument is its value; what reads none is a number of the program. */
  #writeMap(expr: Expr, names: readonly string[], label: string | undefined): Value {
    const read = [...argumentsOf(expr)].sort((a, b) => a - b);
    const values = read.map((index) => this.#value(required(names[index], 'argument of an expression')));
    const local = substitute(expr, (leaf) => (leaf.op === 'argument' ? argument(read.indexOf(leaf.index)) : leaf));
    const [only] = values;
    if (local.op === 'argument' && only !== undefined) return only;
    return this.#writer.map(local, values.length === 0 ? [this.#number(1)] : values, label);
  }

  #number(value: number): Value {
    return this.#writer.write({ op: 'constant', type: { kind: 'real', axes: [] }, values: [value] });
  }

  /** n^d g. */
  #scaledGradient(): Value {
    const { gradient = this.#fill(this.#number(0), this.#axes('entries')), seen } = this.#target;
    return this.#writer.map(mul(this.#options.gradientScale ?? 1, argument(0)), [gradient], seen);
  }

  /** What Q sees: ±n^d g, and λw where decay is coupled. */
  #gradient(): Value {
    const down = this.#plan.flag('maximize') ? neg(argument(0)) : argument(0);
    const names = [SCALED, 'weight', 'coupledDecay'];
    return this.#map(add(down, mul(this.#plan.known('coupledDecay') ?? argument(2), argument(1))), names, 'descent');
  }

  #nextWeight(): Value {
    const pace = this.#scalar(this.#plan.pace, 'pace');
    const kept = this.#scalar(this.#plan.kept, 'kept');
    const update = this.#value(nextName('update'));
    this.#keepShrunk(kept);
    this.#written.set(LIMITED, this.#limited(update));
    const { weight } = this.#target;
    const moved = mul(pace, own(LIMITED));
    if (weight === undefined) return this.#writeMap(neg(moved), OWN, this.#free('change'));
    return this.#writeMap(sub(mul(kept, own('weight')), moved), OWN, this.#writer.free(`${weight.name}.next`));
  }

  /** (1 − λ)^t, where anybody reads it. */
  #keepShrunk(kept: Expr): void {
    if (!this.#written.has(SHRUNK)) return;
    this.#writer.output(this.#label(SHRUNK), this.#map(mul(kept, own(SHRUNK)), OWN, `${SHRUNK}.next`), 'state');
  }

  #limited(update: Value): Value {
    const { limit } = this.#options;
    if (limit === undefined) return update;
    const { weight, prefix } = this.#target;
    if (limit.kind === 'normalizeByWeight' && weight === undefined)
      throw readsWeight(whereOf(this.#plan.optimizer, this.#target), 'the limit "normalizeByWeight"');
    const shrunk = this.#written.get(SHRUNK);
    const limited = {
      update,
      prefix,
      ...(weight === undefined ? {} : { weight }),
      ...(shrunk === undefined ? {} : { shrunk }),
    };
    return writeLimit(this.#writer, limit, limited);
  }

  /** Whether the limit needs the product of what decay has left of the weight so far. */
  #remembersDecay(): boolean {
    return decaysWeight(this.#plan) && this.#options.limit?.kind === 'normalizeByInitialWeight';
  }

  /** A number without axes over the plan's arguments: itself where no step changes it, else a value of its own. */
  #scalar(expr: Expr, name: string): Expr {
    if (argumentsOf(expr).size === 0) return expr;
    this.#written.set(name, this.#map(expr, OWN, name));
    return own(name);
  }
}

const STEPS_DONE = 'steps done';
const SCALED = 'scaled gradient';
