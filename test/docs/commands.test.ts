/** Commands on pages and in help name files that are there, and run. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFile, isPlaceholder, namedCommands, OUTPUTS, pathOf, ROOT } from './commands.ts';
import { runs } from './runs.ts';

const commands = namedCommands();

/** Folders that commands of the pages make, in which later ones go on. */
const made = commands.flatMap(({ words }) => words.filter((_, k) => words[k - 1] === '--out'));
const isMade = (word: string): boolean =>
  /^runs\/my-run$|^runs\/rte-run$/.test(word) ||
  made.some((folder) => word === folder || word.startsWith(`${folder}/`));

describe('commands that the documentation names', () => {
  it('are many', () => {
    expect(commands.length).toBeGreaterThan(30);
  });

  it('read files that are shipped, or that an earlier command makes', () => {
    const missing = commands.flatMap(({ page, text, words }) =>
      words
        .filter((word, k) => isFile(word) && !OUTPUTS.has(words[k - 1] ?? '') && !isPlaceholder(word) && !isMade(word))
        .filter((word) => !existsSync(join(ROOT, pathOf(word))))
        .map((word) => `${page}: ${word} of nexort ${text}`),
    );
    expect(missing).toEqual([]);
  });
});

runs(['tasks', 'completion', 'classify', 'ntk', 'coord', 'limit', 'train']);
