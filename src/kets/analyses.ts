/** What is known of a program at a step, read once for each set of powers that its state carries. */

import { type Analysis, analyze, type Form, feedsOf, type Program, textKey } from '../program/index.ts';

const known = new WeakMap<Program, Map<string, Analysis>>();

/** The analysis of a program whose states carry these forms; of states that are not there, what their laws give. */
export function analysisOf(program: Program, forms: ReadonlyMap<string, Form>): Analysis {
  const own = new Map(
    feedsOf(program).flatMap(({ name }) => {
      const form = forms.get(name);
      return form === undefined ? [] : [[name, form] as const];
    }),
  );
  const byForms = known.get(program) ?? new Map<string, Analysis>();
  known.set(program, byForms);
  const key = textKey([...own]);
  const analysis = byForms.get(key) ?? analyze(program, own);
  byForms.set(key, analysis);
  return analysis;
}
