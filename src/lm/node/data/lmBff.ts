import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { required } from '../../../errors/index.ts';
import * as errors from '../../data/dataErrors.ts';
import type { ReadyDraw, ReadyDraws } from '../../data/draws.ts';
import { checkExample, type Located } from '../../data/example.ts';
import type { Fingerprint } from '../../data/fingerprint.ts';
import { unknownLabel } from '../../data/labelErrors.ts';
import type { Task } from '../../data/tasks.ts';
import { parseCsv, tabbedLines } from './csv.ts';
import { readDataFile } from './dataFile.ts';
import { DRAW_FOLDER, isFile } from './findData.ts';
import { LAYOUTS, type Layout } from './lmBffLayouts.ts';

/**
 * Reads draws from a task's folder in LM-BFF's layout, `<k>-<seed>/{train,dev,test}.tsv` (or csv, or test_matched), as
 * they stand: texts are not trimmed, for a template may drop a text's last character, and some are empty. Test examples
 * are optional, but the same wherever they are.
 * @throws UserError with file and line; `lm.missing-draw`, `lm.wrong-shots`, `lm.different-tests`; UnsupportedError
 *   `lm.unknown-layout`.
 */
export async function readLmBff(folder: string, task: Task, k: number, seeds: readonly number[]): Promise<ReadyDraws> {
  const layout = layoutOf(folder, task);
  const drawn = await drawsIn(folder);
  const ofSize = drawn.filter((draw) => draw.k === k).map(({ seed }) => seed);
  if (ofSize.length === 0) throw errors.missingShots(folder, k, [...new Set(drawn.map((draw) => draw.k))]);
  const files: Fingerprint[] = [];
  const read = async (path: string) => {
    const { examples, fingerprint } = await readFile(path, layout, task);
    files.push(fingerprint);
    return examples;
  };
  const { dev, test } = layout.files ?? { dev: 'dev', test: 'test' };
  const draws: ReadyDraw[] = [];
  const tests: { readonly path: string; readonly sha256: string; readonly examples: readonly Located[] }[] = [];
  for (const seed of seeds) {
    if (!ofSize.includes(seed)) throw errors.missingDraw(folder, k, seed, ofSize);
    const own = join(folder, `${k}-${seed}`);
    const there = await readdir(own).catch(() => []); // what cannot be listed cannot be read, and is told so
    const file = (name: string) => join(own, inAnyCase(`${name}.${layout.extension}`, there));
    draws.push({
      seed,
      where: own,
      train: await read(file('train')),
      dev: await read(file(dev)),
    });
    if (await exists(file(test))) {
      const examples = await read(file(test));
      tests.push({ path: file(test), sha256: required(files.at(-1), 'file that was read').sha256, examples });
    }
  }
  const [first] = tests;
  const other = tests.find(({ sha256 }) => sha256 !== first?.sha256);
  if (first !== undefined && other !== undefined) throw errors.differentTests(first.path, other.path);
  return { draws, files, description: `LM-BFF draws of ${layout.name}`, ...(first ? { test: first.examples } : {}) };
}

function layoutOf(folder: string, task: Task): Layout {
  const layout = Object.hasOwn(LAYOUTS, task.name) ? LAYOUTS[task.name] : undefined;
  const fits = layout !== undefined && task.labels.every(({ name }) => Object.hasOwn(layout.labels, name));
  if (!fits || layout.texts.length !== (task.pair ? 2 : 1)) {
    throw errors.unknownLayout(folder, task.name, Object.keys(LAYOUTS));
  }
  return layout;
}

async function drawsIn(folder: string): Promise<readonly { readonly k: number; readonly seed: number }[]> {
  const found = (await readdir(folder)).sort();
  const draws = found
    .flatMap((name) => {
      const [, k, seed] = DRAW_FOLDER.exec(name) ?? [];
      return k === undefined ? [] : [{ k: Number(k), seed: Number(seed) }];
    })
    .sort((a, b) => a.k - b.k || a.seed - b.seed);
  if (draws.length === 0) throw errors.noDraws(folder, found);
  return draws;
}

/** The name as it stands in the folder, whatever its letter case; as it is expected where there is none. */
function inAnyCase(name: string, there: readonly string[]): string {
  return there.includes(name) ? name : (there.find((found) => found.toLowerCase() === name) ?? name);
}

async function exists(path: string): Promise<boolean> {
  return isFile(path, 'test examples').catch(() => false);
}

async function readFile(path: string, layout: Layout, task: Task) {
  const { text, fingerprint } = await readDataFile(path, `the examples of an LM-BFF draw of task '${task.name}'`);
  // GLUE's files know no quoting, and some of their texts look quoted.
  const records = layout.extension === 'csv' ? parseCsv(text, ',', path) : tabbedLines(text, path);
  const [first] = records;
  if (layout.header && first !== undefined && labelOf(first.fields, layout) !== undefined) {
    throw errors.missingHeader(`${path} line ${first.line}`, layout.name);
  }
  const examples = (layout.header ? records.slice(1) : records).map(({ fields, line }): Located => {
    const where = `${path} line ${line}`;
    return { example: toExample(fields, layout, task, where), where };
  });
  if (examples.length === 0) throw errors.emptyData(path);
  return { examples, fingerprint };
}

function toExample(fields: readonly string[], layout: Layout, task: Task, where: string) {
  const [first, second] = layout.texts;
  // A label at the end follows the texts.
  const needed = 1 + Math.max(...layout.texts, layout.label === 'last' ? Math.max(...layout.texts) + 1 : layout.label);
  if (fields.length < needed) throw errors.shortRow(where, fields.length, needed, layout.name);
  const label = labelOf(fields, layout);
  if (label === undefined) {
    const known = Object.entries(layout.labels).map(([name, cell]) => (name === cell ? name : `${cell} (${name})`));
    throw unknownLabel(where, required(labelCell(fields, layout), 'cell of a label'), known);
  }
  const text2 = second === undefined ? undefined : fields[second];
  return checkExample({ label, text: required(fields[first], 'cell of a text'), text2 }, task, where, true);
}

function labelOf(fields: readonly string[], layout: Layout): string | undefined {
  const cell = labelCell(fields, layout);
  return Object.keys(layout.labels).find((name) => layout.labels[name] === cell);
}

function labelCell(fields: readonly string[], { label }: Layout): string | undefined {
  return label === 'last' ? fields.at(-1) : fields[label];
}
