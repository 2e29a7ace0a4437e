/** What axe finds on a page that keeps people from reading it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What is looked at, by selectors; all of a page by default. */
export interface Looked {
  readonly include?: readonly (readonly string[])[];
  readonly exclude?: readonly string[];
}

/** Serious and critical findings: the rule, and the beginning of what axe says of the first place. */
export async function seriousFindings(page: Page, looked?: Looked): Promise<readonly (readonly [string, string])[]> {
  await page.evaluate(AXE);
  const context = looked === undefined ? 'document' : JSON.stringify(looked);
  const { violations } = (await page.evaluate(`axe.run(${context}, { resultTypes: ['violations'] })`)) as {
    readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: unknown[] }[];
  }; // axe's own result
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, JSON.stringify(nodes[0]).slice(0, 300)] as const);
}
