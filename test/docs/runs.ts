/** Runs the commands of the documentation, made small. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nexort } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';
import { isFile, isPlaceholder, namedCommands, OUTPUTS, pathOf, ROOT } from './commands.ts';

/** What makes a command small; the last of two equal options counts. */
const SMALL: Readonly<Record<string, readonly string[]>> = {
  tasks: [],
  classify: [],
  ntk: ['--threads', '1'],
  completion: [],
  check: ['--widths', '8,16,32', '--seeds', '2', '--samples', '64', '--scramblings', '2'],
  coord: ['--widths', '8,16,32', '--seeds', '1', '--steps', '1'],
  transfer: ['--widths', '8,16', '--seeds', '1', '--steps', '1'],
  limit: [
    '--widths',
    '8,16',
    '--seeds',
    '2',
    '--steps',
    '2',
    '--samples',
    '64',
    '--subsample',
    '32',
    '--scramblings',
    '2',
  ],
  'limit --pretrain': [
    '--widths',
    '8,16',
    '--seeds',
    '2',
    '--steps',
    '1',
    '--finetune-steps',
    '1',
    '--exponents',
    '0,0.2',
  ],
  train: ['--width', '8', '--steps', '2'],
  kernel: ['--k', '2', '--seeds', '13', '--limit', '4', '--threads', '1'],
};

/** The digits are a package of their own, of 42 MB, that one installs for them. */
const WITHOUT_DIGITS = /the handwritten digits are in the package "mnist"/;

/** Commands that do not run without saying on what. */
const WITH_ARGUMENTS: ReadonlySet<string> = new Set(['check', 'ntk', 'completion', 'tasks run']);

/** Tests that run every complete one of these commands. */
export function runs(names: readonly string[]): void {
  const complete = namedCommands().filter(
    ({ words: [command = '', ...words] }) =>
      names.includes(command) &&
      // The name alone, in a sentence.
      !WITH_ARGUMENTS.has([command, ...words].join(' ')) &&
      !words.some((word) => isPlaceholder(word)) &&
      // It goes on from what another command has made with other sizes.
      !words.includes('--from'),
  );
  const different = [...new Map(complete.map((one) => [one.text, one])).values()];

  describe('commands that the documentation names run', () => {
    let folder = '';
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'nexort-commands-'));
      await writeTinyModel(join(folder, 'model'), 1, 1);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(different.map(({ text, words }) => [text, words] as const))('nexort %s', async (_, words) => {
      const [command = ''] = words;
      const placed = words.map((word, k) => {
        if (OUTPUTS.has(words[k - 1] ?? '')) return join(folder, word.replaceAll('/', '-'));
        return isFile(word) && existsSync(join(ROOT, pathOf(word))) ? join(ROOT, word) : word;
      });
      // A figure without a name stands beside the program.
      const plot = placed.at(-1) === '--plot' ? [join(folder, 'figure.svg')] : [];
      const model = command === 'kernel' ? ['--model', join(folder, 'model')] : [];
      // A junction has networks and no samples.
      const sized = words.includes('--pretrain') ? `${command} --pretrain` : command;
      const small = SMALL[sized] ?? expect.fail('a command that is not made small');
      const { code, stderr } = await nexort(...placed, ...plot, ...small, ...model);
      if (words.includes('digits') && WITHOUT_DIGITS.test(stderr)) return;
      // A verdict may be one of failure.
      expect(code, stderr).toBeLessThan(2);
    });
  });
}
