/**
 * Formulas become instructions: each largest part that works entry by entry is one map, everything else an instruction
 * of its own, named by the writer unless the statement names it.
 */

import { type Axis, sameAxes, spaceOf } from '../axes.ts';
import { argument, binaryValue, constant, type Expr, sizePower } from '../expressions.ts';
import type { Instruction, ValueType } from '../instructions.ts';
import { real } from '../typeChecks.ts';
import { unaryFunctions } from '../unary.ts';
import { filled } from '../windowing.ts';
import type { Value, Writer } from '../writer.ts';
import { copyPairs } from './copies.ts';
import * as errors from './errors.ts';
import { matrixProduct } from './matrixProduct.ts';
import type { SourceText, Span } from './place.ts';
import { printType } from './printType.ts';
import type { DeclaredType, Formula, FormulaOf, Word } from './syntax.ts';

/** What a statement wants of the last instruction of its formula. */
export interface Goal {
  readonly name: string;
  readonly type: DeclaredType | undefined;
}

/** What formulas are written into, and where their names come from. */
export interface Surroundings {
  readonly source: SourceText;
  readonly writer: Writer;
  /** The value of a name, or its error. */
  readonly lookUp: (name: string, at: Span) => Value;
  /** Refuses axes and sizes of spaces that are not declared. */
  readonly checkSpaces: (words: readonly Word[]) => void;
  /** A problem with the text of formulas in place of the names that the writer gave them. */
  readonly explain: (problem: string) => string;
  /** Hears of every value written and of the text that it stands for. */
  readonly written: (value: Value, at: Span) => void;
}

const texts = (words: readonly Word[]): readonly string[] => words.map((word) => word.text);

/** Writes formulas. */
export class FormulaWriter {
  readonly #around: Surroundings;
  readonly #writer: Writer;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#writer = around.writer;
  }

  /** The value of a formula; with a goal, a new value of that name and type. */
  value(formula: Formula, goal?: Goal): Value {
    switch (formula.op) {
      case 'number':
      case 'size':
      case 'unary':
      case 'binary':
        return this.#entrywise(formula, goal);
      case 'numbers':
        return this.#numbers(formula, goal);
      case 'name':
        return this.#name(formula, goal);
      case 'map':
        return this.#explicitMap(formula, goal);
      case 'contract': {
        this.#around.checkSpaces(formula.over);
        const [left, right] = [this.value(formula.left), this.value(formula.right)];
        const args = [left.name, right.name] as const;
        return this.write({ op: 'contract', args, over: texts(formula.over) }, formula, goal);
      }
      case 'product':
        return this.#product(formula, goal);
      case 'reduce': {
        this.#around.checkSpaces(formula.over);
        const arg = this.#usable(formula.arg);
        return this.write({ op: 'reduce', by: formula.by, arg: arg.name, over: texts(formula.over) }, formula, goal);
      }
      case 'avg': {
        const arg = this.#usable(formula.arg);
        const over = this.#writer.widthAxes(arg.type.axes);
        if (over.length === 0) throw errors.avgWithoutWidth(this.#around.source, formula, arg.type.axes);
        return this.write({ op: 'reduce', by: 'mean', arg: arg.name, over }, formula, goal);
      }
      case 'broadcast': {
        this.#around.checkSpaces(formula.along);
        const arg = this.#usable(formula.arg);
        return this.write({ op: 'broadcast', arg: arg.name, along: texts(formula.along) }, formula, goal);
      }
      case 'gather': {
        this.#around.checkSpaces([formula.axis]);
        const table = this.value(formula.table);
        const index = this.#index(formula.index, formula.axis.text);
        return this.write(
          { op: 'gather', table: table.name, index: index.name, axis: formula.axis.text },
          formula,
          goal,
        );
      }
      case 'scatter': {
        this.#around.checkSpaces([formula.into, ...formula.over]);
        const index = this.#index(formula.index, formula.into.text);
        const values = this.#usable(formula.values);
        const [into, over] = [formula.into.text, texts(formula.over)];
        return this.write({ op: 'scatter', values: values.name, index: index.name, into, over }, formula, goal);
      }
      case 'window':
      case 'overlap': {
        const { op, axis, position, offset, steps } = formula;
        this.#around.checkSpaces(op === 'window' ? [axis, position, offset] : [position, offset, axis]);
        const windowing = filled({ axis: axis.text, position: position.text, offset: offset.text, ...steps });
        return this.write({ op, arg: this.#usable(formula.arg).name, ...windowing }, formula, goal);
      }
      case 'split': {
        const { axis, into } = formula;
        this.#around.checkSpaces([axis, ...into]);
        const arg = this.#usable(formula.arg).name;
        return this.write({ op: 'split', arg, axis: axis.text, into: texts(into) }, formula, goal);
      }
      case 'merge': {
        const { axes, into } = formula;
        this.#around.checkSpaces([...axes, into]);
        const arg = this.#usable(formula.arg).name;
        return this.write({ op: 'merge', arg, axes: texts(axes), into: into.text }, formula, goal);
      }
      case 'concat':
        return this.#concat(formula, goal);
      case 'select':
      case 'pad': {
        const { op, axis, into, entries, spaces } = formula;
        this.#around.checkSpaces([axis, into, ...spaces]);
        const after = { entries, spaces: texts(spaces) };
        const arg = this.#usable(formula.arg).name;
        return this.write({ op, arg, axis: axis.text, into: into.text, after }, formula, goal);
      }
      case 'rename': {
        this.#around.checkSpaces(formula.axes.flat());
        const axes = formula.axes.map(([from, to]) => [from.text, to.text] as const);
        return this.write({ op: 'rename', arg: this.#usable(formula.arg).name, axes }, formula, goal);
      }
      case 'copy': {
        this.#around.checkSpaces(formula.axes);
        const arg = this.#usable(formula.arg);
        const axes = copyPairs(this.#around.source, formula, texts(formula.axes), arg.type.axes);
        return this.#renamed(arg, axes, formula, goal);
      }
      case 'call': {
        this.#around.checkSpaces(formula.over);
        const { name, attributes } = formula;
        const args = formula.args.map((arg) => this.#usable(arg).name);
        return this.write({ op: 'call', name, args, over: texts(formula.over), attributes }, formula, goal);
      }
      case 'position':
        throw errors.positionOutside(this.#around.source, formula, 0);
      case 'transpose':
        throw errors.strayTranspose(this.#around.source, formula);
    }
  }

  /** The largest part of a formula that works entry by entry, as one map; as a constant where it reads nothing. */
  #entrywise(formula: Formula, goal: Goal | undefined): Value {
    const args: Value[] = [];
    const places = new Map<string, number>();
    const expr = this.#expression(formula, (part) => {
      const value = this.#usable(part);
      if (value.type.kind === 'index')
        throw errors.indexInFormula(this.#around.source, part, value.name, value.type.of);
      const place = places.get(value.name) ?? args.push(value) - 1;
      places.set(value.name, place);
      return argument(place);
    });
    if (args.length === 0) {
      const number = numberOf(expr);
      if (number !== undefined) return this.#constant([number], formula, goal);
      args.push(this.#constant([1], formula));
    }
    const aligned = this.#writer.align(args);
    for (const value of aligned) this.#around.written(value, formula);
    return this.write({ op: 'map', expr, args: aligned.map((value) => value.name) }, formula, goal);
  }

  /** The tree of scalar operations at the top of a formula, as it is written; `leaf` takes what is none. */
  #expression(formula: Formula, leaf: (part: Formula) => Expr): Expr {
    switch (formula.op) {
      case 'number':
        return constant(formula.value);
      case 'size':
        this.#around.checkSpaces([formula.space]);
        return sizePower(formula.space.text, formula.exponent);
      case 'unary':
        return { op: 'unary', name: formula.name, arg: this.#expression(formula.arg, leaf) };
      case 'binary': {
        const left = this.#expression(formula.left, leaf);
        return { op: 'binary', name: formula.name, left, right: this.#expression(formula.right, leaf) };
      }
      default:
        return leaf(formula);
    }
  }

  #explicitMap({ operands, body, start, end }: FormulaOf<'map'>, goal: Goal | undefined): Value {
    const names = operands.map((word) => this.#around.lookUp(word.text, word).name);
    const places = new Map([...names.entries()].reverse().map(([k, name]) => [name, k] as const));
    const expr = this.#expression(body, (part) => {
      if (part.op === 'position') {
        if (part.index >= names.length) throw errors.positionOutside(this.#around.source, part, names.length);
        return argument(part.index);
      }
      const place = part.op === 'name' ? places.get(part.name) : undefined;
      if (place === undefined) throw errors.notAnOperand(this.#around.source, part, names);
      return argument(place);
    });
    return this.write({ op: 'map', expr, args: names }, { start, end }, goal);
  }

  #numbers(formula: FormulaOf<'numbers'>, goal: Goal | undefined): Value {
    if (goal === undefined) throw errors.numbersInside(this.#around.source, formula);
    if (goal.type === undefined) throw errors.numbersWithoutAxes(this.#around.source, formula);
    return this.#constant(formula.values, formula, goal);
  }

  #constant(values: readonly number[], at: Span, goal?: Goal): Value {
    const axes = texts(goal?.type?.axes ?? []);
    const of = goal?.type?.of?.text;
    const type: ValueType = of === undefined ? real(axes) : { kind: 'index', of, axes };
    return this.write({ op: 'constant', type, values }, at, goal);
  }

  /** A value itself, or another of the same entries under the goal's name. */
  #name(formula: FormulaOf<'name'>, goal: Goal | undefined): Value {
    const value = this.#around.lookUp(formula.name, formula);
    if (goal === undefined) return value;
    if (this.#isParameter(value)) return this.#plain(value, formula, goal);
    if (value.type.kind === 'index') return this.write({ op: 'rename', arg: value.name, axes: [] }, formula, goal);
    return this.write({ op: 'map', expr: argument(0), args: [value.name] }, formula, goal);
  }

  #product(formula: FormulaOf<'product'>, goal: Goal | undefined): Value {
    const { matrix, vector } = formula;
    const transposed = matrix.op === 'transpose';
    const left = this.value(transposed ? matrix.arg : matrix);
    let right = this.value(vector);
    const plan = matrixProduct(this.#around.source, this.#writer, formula, left.type.axes, right.type.axes, transposed);
    if (plan.before.length > 0) right = this.#renamed(this.#plainIfParameter(right, vector), plan.before, vector);
    const args = [left.name, right.name] as const;
    const last = plan.after.length === 0 ? goal : undefined;
    const product = this.write({ op: 'contract', args, over: [plan.over] }, formula, last);
    return plan.after.length === 0 ? product : this.#renamed(product, plan.after, formula, goal);
  }

  /** Operands are repeated along axes that they lack. */
  #concat(formula: FormulaOf<'concat'>, goal: Goal | undefined): Value {
    this.#around.checkSpaces([...formula.axes, formula.into]);
    const values = formula.args.map((arg) => this.#usable(arg));
    const axes = texts(formula.axes);
    const isReal = values.every(({ type }) => type.kind === 'real');
    const aligned = isReal ? this.#writer.alignConcat(values, axes) : values;
    aligned.forEach((value, k) => {
      this.#around.written(value, formula.args[k] ?? formula);
    });
    const args = aligned.map((value) => value.name);
    return this.write({ op: 'concat', args, axes, into: formula.into.text }, formula, goal);
  }

  #renamed(value: Value, axes: readonly (readonly [Axis, Axis])[], at: Span, goal?: Goal): Value {
    if (axes.length === 0 && goal === undefined) return value;
    return this.write({ op: 'rename', arg: value.name, axes }, at, goal);
  }

  /** An index, or a number as a constant one. */
  #index(formula: Formula, axis: Axis): Value {
    if (formula.op !== 'number') return this.value(formula);
    const type: ValueType = { kind: 'index', of: spaceOf(axis), axes: [] };
    return this.write({ op: 'constant', type, values: [formula.value] }, formula);
  }

  /** A value that any instruction may read: a parameter becomes its contraction with a constant 1. */
  #usable(formula: Formula): Value {
    return this.#plainIfParameter(this.value(formula), formula);
  }

  #plainIfParameter(value: Value, at: Span): Value {
    return this.#isParameter(value) ? this.#plain(value, at) : value;
  }

  #plain(parameter: Value, at: Span, goal?: Goal): Value {
    const one = this.#constant([1], at);
    return this.write({ op: 'contract', args: [one.name, parameter.name], over: [] }, at, goal);
  }

  /** Appends one instruction, checked against what the statement declares. */
  write(instruction: Instruction, at: Span, goal?: Goal): Value {
    const { source, explain } = this.#around;
    const { type, problems } = this.#writer.infer(instruction);
    if (problems.length > 0) throw errors.misfit(source, at, problems.map(explain));
    const declared = goal?.type;
    if (declared !== undefined && !fits(declared, type)) {
      throw errors.declaredOtherwise(source, declared, goal?.name ?? '', printDeclared(declared), printType(type));
    }
    const axes = declared === undefined ? undefined : texts(declared.axes);
    const value = this.#writer.write(instruction, goal?.name, axes);
    this.#around.written(value, at);
    return value;
  }

  #isParameter(value: Value): boolean {
    return this.#writer.instruction(value).op === 'parameter';
  }
}

const fits = ({ axes, of }: DeclaredType, type: ValueType): boolean =>
  sameAxes(texts(axes), type.axes) && of?.text === (type.kind === 'index' ? type.of : undefined);

const printDeclared = ({ axes, of }: DeclaredType): string =>
  `[${texts(axes).join(', ')}]${of === undefined ? '' : ` of ${of.text}`}`;

/** The value of an expression that reads nothing. */
function numberOf(expr: Expr): number | undefined {
  switch (expr.op) {
    case 'constant':
      return expr.value;
    case 'argument':
    case 'size':
      return undefined;
    case 'unary': {
      const arg = numberOf(expr.arg);
      return arg === undefined ? undefined : unaryFunctions[expr.name].value(arg);
    }
    case 'binary': {
      const [left, right] = [numberOf(expr.left), numberOf(expr.right)];
      return left === undefined || right === undefined ? undefined : binaryValue(expr.name, left, right);
    }
  }
}
