/**
 * Formulas compiled to a SIMD loop over many sets of arrays: a record in memory says where the arrays of one set are.
 *
 * The function `(records, end, base, bytes)` goes through the records between two addresses. A record holds one i32 for
 * each argument and each result, the address of its array after `base`; arrays are `bytes` long, a multiple of
 * {@link LOOP_BYTES}. All results of an entry are computed before any is stored.
 */

import { required } from '../../../errors/index.ts';
import {
  type AssembledFunction,
  addWhole,
  advance,
  type Code,
  constantVector,
  get,
  loadAt,
  loadWhole,
  powerOfTwo,
  repeatWhileBelow,
  set,
  storeAt,
  vector,
  whole,
} from '../assembler.ts';
import type { Formula } from './formula.ts';

/** Results of the same arguments. */
export interface LoopFormulas {
  readonly args: number;
  readonly results: readonly Formula[];
}

const VECTOR = 16;
const ADDRESS = 4;
/** Vectors of one turn of the loop. */
const TURN = 2;

/** What lengths of arrays are multiples of, in bytes. */
export const LOOP_BYTES = VECTOR * TURN;

/** Bytes of a record. */
export function recordBytes({ args, results }: LoopFormulas): number {
  return (args + results.length) * ADDRESS;
}

const [RECORDS, END, BASE, BYTES] = [0, 1, 2, 3];
const PARAMETERS = ['i32', 'i32', 'i32', 'i32'] as const;

/** The function that runs formulas. */
export function formulaLoop(name: string, formulas: LoopFormulas): AssembledFunction {
  const writer = new Writer(formulas);
  return { name, parameters: PARAMETERS, ...writer.write() };
}

/** A part of a formula, each once. */
interface Part {
  readonly of: Formula;
  readonly operands: readonly Part[];
  uses: number;
  local: number | undefined;
}

class Writer {
  readonly #formulas: LoopFormulas;
  readonly #parts = new Map<string, Part>();
  readonly #known = new Map<Formula, Part>();
  readonly #order: Part[] = [];
  readonly #names = new Map<Part, number>();

  constructor(formulas: LoopFormulas) {
    this.#formulas = formulas;
  }

  write(): Pick<AssembledFunction, 'vectors' | 'addresses' | 'body'> {
    const { args, results } = this.#formulas;
    const wanted = results.map((result) => this.#part(result));
    for (const part of wanted) part.uses++;
    // Constants, arguments and what is used several times or is a result stand in locals.
    const held = this.#order.filter((part) => part.operands.length === 0 || part.uses > 1 || wanted.includes(part));
    held.forEach((part, k) => {
      part.local = PARAMETERS.length + k;
    });
    const [constants, computed] = [held.filter(isConstant), held.filter((part) => !isConstant(part))];
    const pointer = (k: number): number => PARAMETERS.length + held.length + k;
    const position = pointer(args + results.length);
    const places = Array.from({ length: args + results.length }, (_, k) => k);
    const turn = Array.from({ length: TURN }, (_, k): Code => {
      const at = (array: number): Code => [...get(pointer(array)), ...get(position), ...addWhole];
      return [
        ...computed.flatMap((part) => {
          const { of } = part;
          const code = of.op === 'argument' ? [...at(of.index), ...loadAt(k * VECTOR)] : this.#operation(part);
          return [...code, ...set(required(part.local, 'local of a part'))];
        }),
        ...wanted.flatMap((part, result) => [...at(args + result), ...this.#push(part), ...storeAt(k * VECTOR)]),
      ];
    });
    const body = [
      ...constants.flatMap((part) => [
        ...(part.of.op === 'constant' ? constantVector(part.of.value, 'f64') : []),
        ...set(required(part.local, 'local of a constant')),
      ]),
      ...repeatWhileBelow(RECORDS, END, [
        ...places.flatMap((k) => [...loadWhole(RECORDS, k * ADDRESS), ...get(BASE), ...addWhole, ...set(pointer(k))]),
        ...[...whole(0), ...set(position)],
        ...repeatWhileBelow(position, BYTES, [...turn.flat(), ...advance(position, LOOP_BYTES)]),
        ...advance(RECORDS, recordBytes(this.#formulas)),
      ]),
    ];
    return { vectors: held.length, addresses: places.length + 1, body };
  }

  /** Equal parts are one. */
  #part(of: Formula): Part {
    const found = this.#known.get(of);
    if (found !== undefined) return found;
    const operands = operandsOf(of).map((operand) => this.#part(operand));
    const key = `${nameOf(of)}(${operands.map((part) => required(this.#names.get(part), 'name of a part')).join()})`;
    let part = this.#parts.get(key);
    if (part === undefined) {
      part = { of, operands, uses: 0, local: undefined };
      for (const operand of operands) operand.uses++;
      this.#parts.set(key, part);
      this.#names.set(part, this.#order.push(part));
    }
    this.#known.set(of, part);
    return part;
  }

  #push(part: Part): Code {
    return part.local === undefined ? this.#operation(part) : get(part.local);
  }

  /** Pushes what a part computes. */
  #operation(part: Part): Code {
    const { of } = part;
    const operands = part.operands.map((operand) => this.#push(operand));
    switch (of.op) {
      case 'constant':
      case 'argument':
        return [];
      case 'one':
        return [...operands.flat(), ...(of.name === 'powerOfTwo' ? powerOfTwo : vector(of.name, 'f64'))];
      case 'two':
        return [...operands.flat(), ...vector(of.name, 'f64')];
      case 'where': {
        const [test, yes, no] = operands;
        // Tests are all ones or all zeros, and zeros are 0.
        if (isZero(of.no)) return [...(yes ?? []), ...(test ?? []), ...vector('and', 'f64')];
        return [...(yes ?? []), ...(no ?? []), ...(test ?? []), ...vector('select', 'f64')];
      }
    }
  }
}

function isZero(of: Formula): boolean {
  return of.op === 'constant' && Object.is(of.value, 0);
}

function isConstant({ of }: Part): boolean {
  return of.op === 'constant';
}

function operandsOf(of: Formula): readonly Formula[] {
  switch (of.op) {
    case 'constant':
    case 'argument':
      return [];
    case 'one':
      return [of.of];
    case 'two':
      return [of.left, of.right];
    case 'where':
      return [of.test, of.yes, of.no];
  }
}

/** What tells a part from others of the same operands. */
function nameOf(of: Formula): string {
  switch (of.op) {
    case 'constant':
      return Object.is(of.value, -0) ? '-0' : String(of.value);
    case 'argument':
      return `#${of.index}`;
    case 'where':
      return of.op;
    default:
      return of.name;
  }
}
