/** What a verdict must be. */

import { expect } from 'vitest';
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
