/** The names that a text defines, each once. */

import { isReserved } from '../reservedNames.ts';
import * as errors from './errors.ts';
import type { SourceText } from './place.ts';
import type { Statement, Word } from './syntax.ts';

/**
 * Values by name. Throws {@link UserError} `program.duplicate-name` for values, spaces and outputs named twice, and
 * `program.reserved-name`.
 */
export function definitionsOf(statements: readonly Statement[], source: SourceText): ReadonlyMap<string, Word> {
  const [values, spaces, outputs] = [new Map<string, Word>(), new Map<string, Word>(), new Map<string, Word>()];
  const define = (table: Map<string, Word>, what: string, word: Word): void => {
    if (isReserved(word.text)) throw errors.reservedWord(source, word, what, word.text);
    const first = table.get(word.text);
    if (first !== undefined) throw errors.definedTwice(source, word, what, word.text, source.place(first).line);
    table.set(word.text, word);
  };
  for (const statement of statements) {
    switch (statement.op) {
      case 'space':
        define(spaces, 'space', statement.name);
        break;
      case 'input':
      case 'parameter':
      case 'equation':
        define(values, 'value', statement.name);
        break;
      case 'output':
        define(outputs, 'output', statement.name);
        break;
      case 'no outputs':
        break;
    }
  }
  // `output f = avg(x)` computes f, unless a line of its own does.
  for (const statement of statements) {
    if (statement.op !== 'output' || statement.role === 'state' || statement.value === undefined) continue;
    if (statement.value.op !== 'name' && !values.has(statement.name.text)) {
      values.set(statement.name.text, statement.name);
    }
  }
  return values;
}
