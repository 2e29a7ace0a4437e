/** States read and written in a text pair up by name and axes. */

import { sameType } from '../infer.ts';
import { nodeOf, type Program } from '../program.ts';
import * as errors from './errors.ts';
import type { SourceText } from './place.ts';
import { printType } from './printType.ts';
import type { Statement, Word } from './syntax.ts';

/** Throws {@link UserError} `program.state` for a state that is only read or only written, or changes its axes. */
export function checkStates(statements: readonly Statement[], program: Program, source: SourceText): void {
  const read = wordsOf(statements, 'input');
  const written = wordsOf(statements, 'output');
  // Without a state that is read, the program makes the state that another starts from.
  if (read.size === 0) return;
  for (const [name, word] of written)
    if (!read.has(name)) throw errors.stateNotRead(source, word, name, [...read.keys()]);
  for (const [name, word] of read) if (!written.has(name)) throw errors.stateNotWritten(source, word, name);
  for (const { name, value, role } of program.outputs) {
    const word = written.get(name);
    if (role !== 'state' || word === undefined) continue;
    const [before, after] = [nodeOf(program, name).type, nodeOf(program, value).type];
    if (!sameType(before, after)) throw errors.stateChanged(source, word, name, printType(before), printType(after));
  }
}

function wordsOf(statements: readonly Statement[], op: 'input' | 'output'): ReadonlyMap<string, Word> {
  const found = new Map<string, Word>();
  for (const statement of statements) {
    if (statement.op === op && statement.role === 'state') found.set(statement.name.text, statement.name);
  }
  return found;
}
