/** A program from its text, or what is wrong with it and where. */

import { NexortError } from 'nexort/errors';
import { checkFragment, type Note, type Place, type Program, parseWithPlaces, type Violation } from 'nexort/program';
import { type ShownProgram, shownProgram } from './values.ts';

/** Something to say at a place of a text. */
export interface Remark {
  readonly kind: 'error' | 'warning' | 'info';
  readonly text: string;
  /** From 1; absent where it is about the whole. */
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
}

export interface ReadProgram {
  /** Absent where the text is none. */
  readonly program?: Program;
  readonly shown?: ShownProgram;
  readonly inFragment: boolean;
  readonly remarks: readonly Remark[];
}

/** Parses and checks; nothing is thrown, for a text that is being written is wrong most of the time. */
export function readProgram(text: string): ReadProgram {
  try {
    const placed = parseWithPlaces(text);
    const { program, places } = placed;
    const { inFragment, violations, notes } = checkFragment(program);
    const at = ({ node, text }: Violation | Note, kind: Remark['kind']): Remark => ({
      kind,
      text: `${node}: ${text}`,
      ...placeOf(places.get(node)),
    });
    return {
      program,
      shown: shownProgram(placed),
      inFragment,
      remarks: [...violations.map((one) => at(one, 'warning')), ...notes.map((one) => at(one, 'info'))],
    };
  } catch (error) {
    return { inFragment: false, remarks: [remarkOf(error)] };
  }
}

function placeOf(place: Place | undefined): Partial<Remark> {
  return place === undefined ? {} : { line: place.line, column: place.column, length: place.length };
}

/** An error of the parser says where it is, beside its words. */
function remarkOf(error: unknown): Remark {
  if (!(error instanceof NexortError))
    return { kind: 'error', text: error instanceof Error ? error.message : String(error) };
  const { line, column, length, problem, hint } = error.data;
  if (typeof line !== 'number' || typeof column !== 'number' || typeof length !== 'number')
    return { kind: 'error', text: error.message };
  return {
    kind: 'error',
    text: `${String(problem)}${hint === undefined ? '' : `; ${String(hint)}`}`,
    line,
    column,
    length,
  };
}
