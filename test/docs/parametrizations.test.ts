/** What docs/parametrizations.md shows is what the command and the package print. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { mlpLayers, named, PARAMETRIZATION_NAMES, parseParametrization } from '../../src/parametrizations/index.ts';
import { nexort } from '../cli/nexort.ts';
import { printedByModule } from '../support/printedByModule.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/parametrizations.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({ kind, text }));
const ofKind = (kind: string): { text: string; next: string }[] =>
  blocks.flatMap((block, k) => (block.kind === kind ? [{ text: block.text, next: blocks[k + 1]?.text ?? '' }] : []));

describe('docs/parametrizations.md', () => {
  it.each(ofKind('sh'))('the command prints what is shown: $text', async ({ text, next }) => {
    const { code, stdout } = await nexort(...text.trim().split(' ').slice(1));
    expect({ code, stdout }).toEqual({ code: 0, stdout: next });
  });

  it.each(ofKind('json'))('reads as a parametrization: $text', ({ text }) => {
    expect(mlpLayers(parseParametrization(JSON.parse(text), 'shown'), 3)).toHaveLength(4);
  });

  it.each(ofKind('ts'))('the program prints what is shown', async ({ text, next }) => {
    expect(await printedByModule(text)).toBe(next);
  });

  test('shows one of each, and every name', () => {
    for (const kind of ['sh', 'json', 'ts']) expect(ofKind(kind).length, kind).toBeGreaterThan(0);
    const table = /^\| name +\|.*\n.*\n((?:\|.*\n)*)/m.exec(page)?.[1] ?? '';
    const names = [...table.matchAll(/^\| `(\S+)`/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([...PARAMETRIZATION_NAMES].sort());
    for (const [, name = ''] of page.matchAll(/`((?:mup|up|ntp|sp)[-:][\w.-]+)`/g)) {
      if (name !== 'up:s') expect(() => named(name)).not.toThrow();
    }
  });
});
