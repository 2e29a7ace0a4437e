/** What a verdict must be. */

import { expect } from 'vitest';
import { type Program, printProgram } from '../../src/program/index.ts';
import type { InterpreterName, Verdict } from './interpreters.ts';
import { REFUSALS } from './refusals.ts';

/** It agrees, or refuses as the table of refusals says. */
export function expectVerdict(verdict: Verdict, interpreter: InterpreterName, name: string): void {
  const refusal = REFUSALS[interpreter][name];
  if (refusal === undefined) {
    if (!('share' in verdict)) expect.fail(`refused, and not in the table: ${verdict.code}, ${verdict.message}`);
    expect(verdict.share, 'the share of what is allowed').toBeLessThan(1);
  } else {
    if ('share' in verdict) expect.fail(`in the table (${refusal.why}), but it no longer refuses`);
    expect(verdict.code).toBe(refusal.code);
    expect(verdict.message).toContain(refusal.says);
  }
}

/** Random programs may leave NE⊗OR⊤, or hand out n² numbers; kets refuse them for that alone. */
export function expectRandomVerdict(verdict: Verdict, interpreter: InterpreterName, program: Program): void {
  if ('share' in verdict) expect(verdict.share, printProgram(program)).toBeLessThan(1);
  else {
    expect(['stored kets', 'lazy kets'], interpreter).toContain(interpreter);
    expect(verdict.code, printProgram(program)).toMatch(/^kets\.(outside-fragment|unsupported)$/);
  }
}
