/** Runs a tutorial as a reader does, from its first block to its last, and compares what is printed with what it shows. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nexortIn } from '../cli/nexort.ts';
import { ROOT } from './commands.ts';

export interface Block {
  readonly kind: string;
  readonly text: string;
  /** The name that the line above says to save it as. */
  readonly file?: string;
  /** The block of kind `text` behind it. */
  readonly shown?: string;
}

/** Fenced blocks of a page, in order. */
export function blocksOf(page: string): Block[] {
  const found = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return found.flatMap(({ index, 1: kind = '', 2: text = '' }, k): Block[] => {
    if (kind === 'text') return [];
    const paragraph = page.slice(0, index).trimEnd().split('\n\n').at(-1) ?? '';
    const [, file] = /Save as `([^`]+)`[^`]*(?:`npx tsx [^`]+`)?:$/.exec(paragraph) ?? [];
    const block = { kind, text, ...(file === undefined ? {} : { file }) };
    const next = found[k + 1];
    return [next?.[1] === 'text' ? { ...block, shown: next[2] ?? '' } : block];
  });
}

/** A number as it is printed, with its unit in the last place. */
const NUMBER = /[-−]?\d+(?:,\d{3})*(?:\.\d+)?/g;
/** Runs in f32 may round another way on another machine. */
const UNITS = 2;

/** Whether two texts are alike but for the last digits of numbers; a line `…` stands for any lines. */
export function isAlike(shown: string, printed: string): boolean {
  const words = (text: string): string => text.replace(NUMBER, '#').replace(/[ \t]+/g, ' ');
  const escaped = shown.split('\n').map((line) => (line === '…' ? '(?:.*\n)*?' : `${pattern(line)}\n`));
  const match = new RegExp(`^${escaped.join('').replace(/\n$/, '')}$`).exec(printed.replace(/[ \t]+/g, ' '));
  if (match === null) return false;
  const wanted = shown
    .split('\n')
    .flatMap((line) => (line === '…' ? [] : [...line.matchAll(NUMBER)].map(([one]) => one)));
  return wanted.every((one, k) => {
    const [mine, theirs] = [one, match[k + 1] ?? ''].map((text) => Number(text.replace('−', '-').replaceAll(',', '')));
    const decimals = /\.(\d+)$/.exec(one)?.[1]?.length ?? 0;
    return (
      Math.abs((mine ?? Number.NaN) - (theirs ?? Number.NaN)) <= (decimals === 0 ? 0 : UNITS * 10 ** -decimals + 1e-12)
    );
  });

  function pattern(line: string): string {
    return words(line)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('#', `(${NUMBER.source})`);
  }
}

/** A command line's words, without quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');

/** What a block prints, in a folder that looks like a clone's root. */
export async function printedBy(folder: string, { kind, text, file }: Block): Promise<string> {
  if (file !== undefined) writeFileSync(join(folder, file), text);
  if (kind === 'sh') {
    const [npx, command, ...words] = wordsOf(text.trim());
    if (npx !== 'npx' || command !== 'nexort') throw new Error(`tutorials run nexort: ${text}`);
    const { stdout, stderr, code } = await nexortIn(folder, ...words);
    return code === 2 ? stderr : stdout;
  }
  return kind === 'ts' ? printedByModule(text) : '';
}

async function printedByModule(text: string): Promise<string> {
  // Within the tests, so that packages are found.
  const within = mkdtempSync(join(import.meta.dirname, 'tutorial-'));
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((...values) => void lines.push(format(...values)));
  try {
    const module = join(within, 'module.ts');
    writeFileSync(
      module,
      text.replace(/'nexort\/([\w/]+)'/g, (_, room) => `'${ROOT}/src/${room}/index.ts'`),
    );
    await import(module);
    return `${lines.join('\n')}\n`;
  } finally {
    print.mockRestore();
    rmSync(within, { recursive: true });
  }
}

/** An empty folder with the files of a clone that tutorials read. */
export function folderOfReader(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-tutorial-'));
  for (const name of ['examples', 'models']) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

/** Tests that a tutorial prints what it shows. */
export function testTutorial(name: string): void {
  const page = readFileSync(join(ROOT, `docs/tutorials/${name}.md`), 'utf8');
  describe(`docs/tutorials/${name}.md`, () => {
    let folder = '';
    beforeAll(() => {
      folder = folderOfReader();
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it.each(blocksOf(page).map((block, k) => [k, block.text.split('\n')[0], block] as const))(
      'block %i: %s',
      async (_, __, block) => {
        const printed = await printedBy(folder, block);
        if (block.shown !== undefined) expect(isAlike(block.shown, printed), printed).toBe(true);
        else expect(['json', 'nex', 'python']).toContain(block.kind);
      },
    );
  });
}
