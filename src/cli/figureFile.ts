/** The figure of a check as a file, there as a whole or not at all. */

import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CheckResult } from '../experiments/index.ts';
import { nodeFiles, writeAtomically } from '../runs/index.ts';
import * as errors from './errors.ts';

/** Writes the figure of a result; says what came of it. */
export type FigureWriter = (result: CheckResult) => Promise<string>;

/** Writes an SVG file; says what came of it. */
export type SvgWriter = (svg: string) => Promise<string>;

/**
 * A writer of figures to the file that `--plot` gives, beside the program where it gives none. What would fail after
 * the work fails before it: {@link UserError} `cli.not-svg`, `cli.unwritable-figure`.
 */
export async function figureWriter(given: string | true, program: string): Promise<FigureWriter> {
  const path = given === true ? `${program.replace(/(?<=[^\\/])\.\w+$/, '')}.svg` : given;
  if (!/\.svg$/i.test(path)) throw errors.notSvg(path);
  if (resolve(path) === resolve(program)) throw errors.figureOverProgram(path);
  const write = await svgWriter(path);
  return async (result) => {
    // Its libraries are loaded here, not at every start.
    const { checkFigure } = await import('../report/index.ts');
    const svg = checkFigure(result);
    return svg === undefined ? `No figure was written: ${reason(result)}.` : write(svg);
  };
}

/**
 * A writer of an SVG file; says what came of it. What would fail after the work fails before it: {@link UserError}
 * `cli.not-svg`, `cli.unwritable-figure`.
 */
export async function svgWriter(path: string): Promise<SvgWriter> {
  if (!/\.svg$/i.test(path)) throw errors.notSvg(path);
  await checkWritable(path).catch((cause: unknown) => {
    throw errors.unwritableFigure(path, cause);
  });
  return async (svg) => {
    try {
      await writeAtomically(nodeFiles, path, [new TextEncoder().encode(svg)]);
    } catch (cause) {
      throw errors.unwritableFigure(path, cause);
    }
    return `figure: ${path}`;
  };
}

function reason({ inFragment }: CheckResult): string {
  return inFragment
    ? 'every output equals its limit at every width'
    : 'the program has no limit to draw distances from';
}

/**
 * Fails as writing would: for a folder or a pipe of this name, and where the folder takes no files, which is tried; what
 * is made for that is removed.
 */
export async function checkWritable(path: string): Promise<void> {
  const there = await found(path);
  if (there === 'folder') throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (there === 'other') throw Object.assign(new Error('it is a pipe or a device'), { code: 'ENXIO' });
  const folder = dirname(resolve(path));
  const made: string[] = [];
  let nearest = folder;
  for (; (await found(nearest)) === undefined; nearest = dirname(nearest)) made.push(nearest);
  if ((await found(nearest)) !== 'folder') throw Object.assign(new Error('it is a file'), { code: 'ENOTDIR' });
  try {
    await nodeFiles.makeFolder(folder);
    const trial = join(folder, `.nexort-${randomUUID()}`);
    await (await nodeFiles.create(trial)).close();
    await nodeFiles.removeFile(trial);
  } finally {
    // The innermost first; one that was not made, or into which somebody has put something, is left alone.
    for (const one of made) await nodeFiles.removeFolder(one).catch(() => {});
  }
}

async function found(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  try {
    const there = await stat(path);
    if (there.isDirectory()) return 'folder';
    return there.isFile() ? 'file' : 'other';
  } catch (cause) {
    // Whatever else, such as a link that leads back to itself, stays so.
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}
