/**
 * Analyses of programs, each made once however often and from wherever it is asked for: programs never change. What
 * they tell is the fragment of IVb 2.6.1.
 */

import { expand } from '../expand.ts';
import { textKey } from '../instructions.ts';
import { withoutConcat } from '../joined.ts';
import { feedsOf, type Program } from '../program.ts';
import { type Analysis, Analyzer } from './analyze.ts';
import type { Form } from './forms.ts';
import { isWideMatrix } from './matrixFunctions.ts';
import { withoutMaximum } from './withoutMaximum.ts';

/** What is known of a program. */
interface Remembered {
  /** With named functions but those of wide matrices and concatenations written out, and softmax over a width without its maximum. */
  readonly primitives: Program;
  /** By the forms of the state that it starts from. */
  readonly analyses: Map<string, Analysis>;
}

const known = new WeakMap<Program, Remembered>();

/**
 * Reads a program at one step. `state` holds the forms of its state at the start of the step, and may hold others; of a
 * state that is not there, what its law gives: the first step.
 */
export function analyze(program: Program, state: ReadonlyMap<string, Form> = new Map()): Analysis {
  const own = new Map(
    feedsOf(program).flatMap(({ name }) => {
      const form = state.get(name);
      return form === undefined ? [] : [[name, form] as const];
    }),
  );
  const remembered = known.get(program) ?? {
    primitives: withoutConcat(writtenOut(program)),
    analyses: new Map<string, Analysis>(),
  };
  known.set(program, remembered);
  const key = textKey([...own]);
  const analysis = remembered.analyses.get(key) ?? new Analyzer(remembered.primitives, own).run();
  remembered.analyses.set(key, analysis);
  return analysis;
}

function writtenOut(program: Program): Program {
  const kept = isWideMatrix(program);
  return expand(withoutMaximum(program), (call) => !kept(call));
}
