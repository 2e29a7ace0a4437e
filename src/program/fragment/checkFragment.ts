/** Whether a program lies in NE⊗OR⊤ (IVb 2.6.1), step after step, and what is beyond the proofs. */

import type { Expr } from '../expressions.ts';
import type { Node, Program } from '../program.ts';
import type { UnaryName } from '../unary.ts';
import type { Analysis } from './analyze.ts';
import type { Form, Note, Violation } from './forms.ts';
import { analyze } from './remembered.ts';

/** The verdict on a program. */
export interface FragmentReport {
  readonly inFragment: boolean;
  /** The rules broken, instruction by instruction; such a program still runs at finite width. */
  readonly violations: readonly Violation[];
  /** What the proofs do not cover; the limit is computed all the same. */
  readonly notes: readonly Note[];
}

/** Steps after which a state whose forms still change is taken to grow for ever. */
const MOST_STEPS = 8;

/**
 * Checks a program, powers of n combined (IVb 3.1.1). A step program is followed until the powers of its state repeat,
 * which most do at the second step.
 */
export function checkFragment(program: Program): FragmentReport {
  const violations = new Map<string, Violation>();
  let state: ReadonlyMap<string, Form> = new Map();
  let analysis: Analysis | undefined;
  for (let count = 1; ; count++) {
    analysis = analyze(program, state);
    for (const violation of analysis.violations) violations.set(`${violation.node} ${violation.rule}`, violation);
    if (state.size > 0 && same(state, analysis.state)) break;
    if (analysis.state.size === 0 || violations.size > 0) break;
    if (count === MOST_STEPS) {
      for (const violation of growing(analysis.state, state)) violations.set(violation.node, violation);
      break;
    }
    state = analysis.state;
  }
  return {
    inFragment: violations.size === 0,
    violations: [...violations.values()],
    notes: analysis.program.nodes.flatMap(notesOn(analysis.program)),
  };
}

const formText = (form: Form | undefined): string => JSON.stringify(form);

function same(before: ReadonlyMap<string, Form>, after: ReadonlyMap<string, Form>): boolean {
  return [...after].every(([name, form]) => formText(form) === formText(before.get(name)));
}

function growing(after: ReadonlyMap<string, Form>, before: ReadonlyMap<string, Form>): Violation[] {
  return [...after]
    .filter(([name, form]) => formText(form) !== formText(before.get(name)))
    .map(([name]) => ({ node: name, rule: 'growth', text: `state "${name}" takes a higher power of n at every step` }));
}

/** Functions that are not pseudo-Lipschitz. */
const JUMPS: ReadonlySet<UnaryName> = new Set(['sign', 'step']);
/** Functions that are not smooth, as laws other than the Gaussian need them. */
const KINKS: ReadonlySet<UnaryName> = new Set(['abs', 'relu', ...JUMPS]);

function notesOn(program: Program): (node: Node) => Note[] {
  const drawsSigns = program.nodes.some(
    ({ instruction, type }) =>
      (instruction.op === 'parameter' || instruction.op === 'input') &&
      instruction.law?.kind === 'rademacher' &&
      type.axes.length > 1,
  );
  return ({ name, instruction }) => {
    if (instruction.op !== 'map') return [];
    const used = functionsOf(instruction.expr);
    const notes: Note[] = [];
    for (const jump of [...used].filter((f): f is UnaryName => JUMPS.has(f as UnaryName))) {
      notes.push({
        node: name,
        text: `${jump} jumps, which the Master Theorem (IVb 2.6.10) does not cover; the limit is computed all the same`,
      });
    }
    for (const kink of [...used].filter((f): f is UnaryName => drawsSigns && KINKS.has(f as UnaryName))) {
      notes.push({
        node: name,
        text: `${kink} is not smooth, which the proof for other laws than the Gaussian (IVb 2.6.4) asks for`,
      });
    }
    return notes;
  };
}

function functionsOf(expr: Expr): Set<string> {
  switch (expr.op) {
    case 'unary':
      return new Set([expr.name, ...functionsOf(expr.arg)]);
    case 'binary':
      return new Set([expr.name, ...functionsOf(expr.left), ...functionsOf(expr.right)]);
    default:
      return new Set();
  }
}
