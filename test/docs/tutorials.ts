/** Runs a tutorial as a reader does, from its first block to its last, and compares what is printed with what it shows. */

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nexortIn } from '../cli/nexort.ts';
import { printedByModule } from '../support/printedByModule.ts';
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

/** An empty folder with the files of a clone that tutorials read. */
export function folderOfReader(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-tutorial-'));
  for (const name of ['examples', 'models']) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

/** Set to write pages and figures anew where what is printed has changed on purpose; an output with a line `…` stays. */
const WRITE = process.env.NEXORT_WRITE_TUTORIALS !== undefined;

/** Tests that a tutorial prints what it shows. */
export function testTutorial(name: string): void {
  const file = join(ROOT, `docs/tutorials/${name}.md`);
  describe(`docs/tutorials/${name}.md`, () => {
    let folder = '';
    beforeAll(() => {
      folder = folderOfReader();
    });
    afterAll(() => {
      if (WRITE) writeFigures(folder);
      rmSync(folder, { recursive: true, force: true });
    });

    const blocks = blocksOf(readFileSync(file, 'utf8'));
    it.each(blocks.map((block, k) => [k, block.text.split('\n')[0], block] as const))(
      'block %i: %s',
      async (_, __, block) => {
        const printed = await printedBy(folder, block);
        const { kind, text, shown } = block;
        if (shown === undefined) return expect(['json', 'nex']).toContain(kind);
        if (!WRITE) return expect(isAlike(shown, printed), printed).toBe(true);
        const behind = (output: string): string => `\`\`\`${kind}\n${text}\`\`\`\n\n\`\`\`text\n${output}\`\`\``;
        const page = readFileSync(file, 'utf8');
        if (!isAlike(shown, printed))
          writeFileSync(
            file,
            page.replace(behind(shown), () => behind(printed)),
          );
      },
    );
  });
}

/** Figures of a run in place of those beside the page. */
function writeFigures(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.svg')))
    copyFileSync(join(folder, name), join(ROOT, 'docs/tutorials', name));
}
