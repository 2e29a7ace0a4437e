/**
 * No number or name is made up where something is missing that our own code must have made: `required` throws there. A
 * literal behind `??` stands in for what is read by its place or name only where this list says why.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './publicEntries.ts';

/** How often, and why. Sums by key start at 0, and so do counts. */
const ALLOWED: Readonly<Record<string, readonly [times: number, reason: string]>> = {
  'bench/harness/machine.ts': [1, 'words for a processor without a name'],
  'bench/harness/python.ts': [1, 'words for a peer that failed without a message'],
  'src/cli/doctor/engine.ts': [1, 'NaN is within no tolerance: a missing result is reported as a wrong one'],
  'src/cli/doctor/machine.ts': [2, 'versions may have fewer parts than others'],
  'src/cli/doctor/model.ts': [1, 'NaN is within no tolerance: a missing result is reported as a wrong one'],
  'src/expectations/terms.ts': [2, 'sums by key'],
  'src/expectations/variates.ts': [1, 'sums by key'],
  'src/experiments/coord/knobs.ts': [2, 'shifts hold what is shifted alone'],
  'src/experiments/coord/mistakes.ts': [1, 'sums by key'],
  'src/finite/lower.ts': [1, 'maps that take nothing over'],
  'src/kernels/propagation/world.ts': [2, 'sums by key'],
  'src/kets/exact/exactKets.ts': [1, 'sums by key'],
  'src/kets/initialValues.ts': [1, 'what starts without a matrix starts at zero, of every power'],
  'src/kets/exact/interpreter.ts': [1, 'what starts without a matrix starts at zero, of every power'],
  'src/kets/gaussian/columns.ts': [1, 'the length of no columns'],
  'src/lm/kernel/kernelCosts.ts': [1, 'computed where it is not known yet'],
  'src/lm/solve/predictorFile.ts': [1, 'the default of a key that files may lack'],
  'src/lm/wording.ts': [1, 'words for an empty list'],
  'src/parametrizations/parametrized.ts': [1, 'kinds that the standard parametrization leaves alone'],
  'src/parametrizations/parse.ts': [2, 'what is missing is a problem already, and nothing is made of it'],
  'src/program/exponent.ts': [1, 'digits behind a point that is not there'],
  'src/program/expressions.ts': [1, 'sums by key'],
  'src/program/fragment/widths.ts': [1, 'no space is a width'],
  'src/program/program.ts': [1, 'counts by key'],
  'src/program/simplify.ts': [2, 'counts by key'],
  'src/program/stages.ts': [1, 'the name that values have unless a stage names them'],
  'src/report/checkFigure.ts': [1, 'counts by key'],
  'src/report/standalone.ts': [2, 'colors of a theme are found by any text, a label too'],
  'src/report/textLayout.ts': [1, 'nothing lies before the first'],
};

/** `a[k] ?? 0`, `a.at(-1)?.length ?? 1`, `m.get(key)?.x ?? NONE`. */
const STANDS_IN =
  /(?:\]|\.(?:at|get|pop|shift|codePointAt)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))\)?(?:\??\.\w+)*\s*\?\?\s*(?:-?\d|['"`]|Number\.|Infinity\b|true\b|false\b|[A-Z][A-Z_]+\b)/g;
/** `const [first = 0] = …`. */
const FILLED = /(?:const|let) \[[^\]=]*\b\w+ = (?:-?\d|Number\.|[A-Z][A-Z_]+\b)[^\]]*\] =/g;

function standIns(text: string): string[] {
  return [...text.matchAll(STANDS_IN), ...text.matchAll(FILLED)].map(([found]) => found);
}

const files = ['src', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`),
);

test('literals that stand in for what is missing have a reason', () => {
  const found = files.flatMap((path) => {
    const places = standIns(readFileSync(join(ROOT, path), 'utf8'));
    return places.length === (ALLOWED[path]?.[0] ?? 0) ? [] : [[path, places]];
  });
  expect(found).toEqual([]);
  expect(Object.keys(ALLOWED).filter((path) => !files.includes(path))).toEqual([]);
});

test.each([
  ['a[k] ?? 0', 1],
  ['(rows[k]?.at(-1)?.length ?? 1)', 1],
  ['counts.get(keyOf(one, two(three))) ?? 0', 1],
  ["names.at(-1) ??\n  'nothing'", 1],
  ['powers[k]?.exponent ?? ZERO', 1],
  ['const [first = 0, last = 1] = ends;', 1],
  ["required(a[k], 'entry') + (groups.get(key) ?? []).length + (options.seed ?? 0)", 0],
  ['function of({ depth = 2 }: Options) { let [sum, count] = [0, 0]; }', 0],
])('what is looked for is found in %s', (text, times) => {
  expect(standIns(text)).toHaveLength(times);
});
