/** What the rules of one reading share. */

import { required } from '../../errors/index.ts';
import { type Axis, type Node, operands, type Ref, spaceOf } from '../../program/index.ts';
import { Means } from '../dual/means.ts';
import { refused } from '../errors.ts';
import type { Shared } from './covariances.ts';
import { DrawnRows } from './drawn.ts';
import { type Entry, type MatrixSymbol, numbersOf, type Variable } from './entry.ts';
import { Maps } from './maps.ts';
import { times } from './numbers.ts';
import { OwnInputs } from './ownInputs.ts';
import { type DrawnMatrix, isOperator, type KernelValue } from './values.ts';
import { World } from './world.ts';

export interface SettingParts {
  readonly program: string;
  readonly size: (space: string) => number;
  readonly isWidth: (axis: Axis) => boolean;
  /** The number of inputs. */
  readonly inputs: number;
  /** The axis that counts them. */
  readonly examples: Axis;
}

export class Setting {
  readonly program: string;
  readonly size: (space: string) => number;
  readonly isWidth: (axis: Axis) => boolean;
  readonly inputs: number;
  readonly examples: Axis;
  readonly world = new World();
  readonly maps = new Maps(this.world);
  readonly shared: Shared;
  /** Every input with itself. */
  readonly own: OwnInputs;
  readonly values = new Map<Ref, KernelValue>();
  /** Contractions with a vector of random entries: sums over a width that are central limits of their own. */
  readonly readouts = new Set<Ref>();
  /** Values that are made of drawn data and numbers alone. */
  readonly drawn = new Set<Ref>();
  readonly #rows = new Map<Variable, MatrixSymbol>();

  constructor({ program, size, isWidth, inputs, examples }: SettingParts) {
    this.program = program;
    this.size = size;
    this.isWidth = isWidth;
    this.inputs = inputs;
    this.examples = examples;
    this.shared = { maps: this.maps, means: new Means(), rows: new DrawnRows() };
    this.own = new OwnInputs(this.shared);
  }

  /** Entries of a fixed axis; all inputs stand in one. */
  readonly count = (axis: Axis): number => (axis === this.examples ? 1 : this.size(spaceOf(axis)));

  readonly value = (ref: Ref): KernelValue => required(this.values.get(ref), `value of "${ref}"`);

  /** Takes note of a value. */
  keep({ name, instruction }: Node, value: KernelValue): void {
    this.values.set(name, value);
    const isFeed = instruction.op === 'parameter' || instruction.op === 'input';
    const read = operands(instruction).filter((ref) => !isConstant(this.value(ref)));
    if (isFeed ? !isConstant(value) : read.length === 1 && read.every((ref) => this.drawn.has(ref)))
      this.drawn.add(name);
  }

  /** factor · E x y for each input, as a number. */
  meanOf(x: Entry, y: Entry, factor: number): Entry {
    return this.world.constant(times(factor, this.own.mean(x, y)));
  }

  /** A vector summed with values over the width: a matrix of one row. */
  row(variable: Variable, columns: number): MatrixSymbol | undefined {
    const { origin } = variable;
    if (origin.kind !== 'initial' || origin.perExample) return undefined;
    let symbol = this.#rows.get(variable);
    if (symbol === undefined) {
      const { name, variance, trained } = origin;
      symbol = this.world.matrix({ name, variance: variance * columns, trained: trained * columns });
      this.#rows.set(variable, symbol);
    }
    return symbol;
  }

  /** The vectors that are rows, by the group of their products. */
  rowsByGroup(): ReadonlyMap<number, Variable> {
    return new Map([...this.#rows].map(([variable, { group }]) => [group, variable]));
  }

  /** The symbol of a matrix for products in one direction. */
  symbol(matrix: DrawnMatrix, direction: 'forward' | 'transposed', columns: number, { name }: Node): MatrixSymbol {
    if (matrix.used === undefined) {
      const symbol = this.world.matrix({
        name: matrix.name,
        variance: matrix.variance * columns,
        trained: matrix.rate * columns,
      });
      matrix.used = { direction, symbol };
    } else if (matrix.used.direction !== direction) {
      throw this.refused(
        name,
        'a matrix and its transpose',
        `multiplies with "${matrix.name}" and elsewhere with its transpose`,
      );
    }
    return matrix.used.symbol;
  }

  refused(node: Ref, rule: string, text: string): Error {
    return refused(this.program, node, rule, text);
  }
}

/** Whether a value is the same numbers for all inputs. */
function isConstant({ data }: KernelValue): boolean {
  return data.every((entry) => !isOperator(entry) && typeof numbersOf(entry) === 'number');
}
