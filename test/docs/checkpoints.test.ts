/** The tables of docs/checkpoints.md hold what the code does. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { HIDDEN_ACTS, readEntries } from '../../src/lm/model/config.ts';
import { IDLE_ENTRIES } from '../../src/lm/model/configEntries.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/checkpoints.md'), 'utf8');

test.each(Object.entries(IDLE_ENTRIES))('entries without effect: %s', (reason, entries) => {
  expect(page).toContain(`| ${entries.map((entry) => `\`${entry}\``).join(', ')} | ${reason} |\n`);
});

test('every entry that is read, and every activation', () => {
  for (const name of [...readEntries(), ...HIDDEN_ACTS.keys()]) expect(page).toContain(`\`${name}\``);
});
