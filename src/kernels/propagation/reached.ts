/** The variables behind entries. */

import { type Entry, formsOf, type Variable } from './entry.ts';

/** Those that entries read, those that these are made of, and so on. */
export function reachedVariables(entries: readonly Entry[]): ReadonlySet<Variable> {
  const reached = new Set<Variable>();
  const queue = [...entries];
  const seen = new Set<Entry>(queue);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const form of formsOf(next)) {
      for (const { variable } of form.parts) {
        if (reached.has(variable)) continue;
        reached.add(variable);
        const { origin } = variable;
        if (origin.kind !== 'product' || seen.has(origin.input)) continue;
        seen.add(origin.input);
        queue.push(origin.input);
      }
    }
  }
  return reached;
}
