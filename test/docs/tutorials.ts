/** Runs a tutorial as a reader does, from its first block to its last, and compares what is printed with what it shows. */

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../src/cli/doctor/extras.ts';
import { nexortIn } from '../cli/nexort.ts';
import { printedByModule } from '../support/printedByModule.ts';
import { isAlike } from './alike.ts';
import { ROOT } from './commands.ts';
import { drawnAlike, pictureOf, wordsOfPage, wordsOfPicture } from './figures.ts';

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
      rmSync(folder, { recursive: true, force: true });
    });

    const page = readFileSync(file, 'utf8');
    const blocks = blocksOf(page);
    it.each(blocks.map((block, k) => [k, block.text.split('\n')[0], block] as const))(
      'block %i: %s',
      async (_, __, block) => {
        const printed = await printedBy(folder, block);
        const { kind, text, shown } = block;
        if (shown === undefined) return expect(['json', 'nex']).toContain(kind);
        if (!WRITE) return expect(isAlike(shown, printed), printed).toBe(true);
        const behind = (output: string): string => `\`\`\`${kind}\n${text}\`\`\`\n\n\`\`\`text\n${output}\`\`\``;
        // Blocks before this one may have been written.
        const now = readFileSync(file, 'utf8');
        if (!isAlike(shown, printed))
          writeFileSync(
            file,
            now.replace(behind(shown), () => behind(printed)),
          );
      },
    );

    it.each(figuresOf(page))('figure %s', async (name) => {
      const kept = join(ROOT, 'docs/tutorials', name);
      if (WRITE) await writeFigure(folder, name, kept);
      const made = readFileSync(join(folder, sourceOf(name)), 'utf8');
      if (name.endsWith('.svg')) return expect(drawnAlike(readFileSync(kept, 'utf8'), made)).toBe(true);
      const words = wordsOfPage(made);
      return expect(isAlike(wordsOfPicture(readFileSync(kept)), words), words).toBe(true);
    });
  });
}

/** The figures that a page shows. */
export const figuresOf = (page: string): readonly string[] =>
  [...page.matchAll(/!\[[^\]]*\]\(([^)/]+)\)/g)].map(([, name = '']) => name);

/** What a run writes for a figure: the drawing itself, or the page that a picture is of. */
const sourceOf = (name: string): string => name.replace(/\.png$/, '.html');

/** The figure of a run in place of the one beside the page. A picture needs a browser. */
async function writeFigure(folder: string, name: string, kept: string): Promise<void> {
  const made = join(folder, sourceOf(name));
  if (name.endsWith('.svg')) {
    if (!existsSync(kept) || !drawnAlike(readFileSync(kept, 'utf8'), readFileSync(made, 'utf8')))
      copyFileSync(made, kept);
    return;
  }
  const browser = findBrowser();
  if (browser === undefined) throw new Error(`no Chromium on the PATH to take ${name} with`);
  writeFileSync(kept, await pictureOf(readFileSync(made, 'utf8'), browser));
}
