/** What the program page computes of every example. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProgram } from '../../studio/src/program/read.ts';
import { checkWidths, ketTable } from '../../studio/src/work/program.ts';
import { ROOT } from '../structure/publicEntries.ts';

const FOLDER = join(ROOT, 'examples/programs');
const examples = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
/** Its matrices of three axes take seconds. */
const SLOW = 'triples.nex';

describe.each(examples)('%s', (name, text) => {
  const { program = expect.fail('no program'), inFragment } = readProgram(text);

  it('runs at widths that a page has time for', () => {
    expect(Math.max(...checkWidths(program))).toBe(name === SLOW ? 32 : 128);
  });

  it.skipIf(!inFragment || name === SLOW)(
    'has kets where it lies in the language (without its limit, none; triples take seconds)',
    async () => {
      const rows = await ketTable({ text, steps: 1 });
      expect(rows.length).toBeGreaterThan(0);
      for (const { mean, square } of rows) {
        expect(Number.isFinite(mean.value)).toBe(true);
        expect(square.value).toBeGreaterThanOrEqual(mean.value ** 2 - 1e-9);
      }
    },
  );
});
