/** The studio stands on the public package, and what it has stored is what it would compute. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STORED } from '../../studio/src/limit/stored.ts';
import { keyOf } from '../../studio/src/limit/wanted.ts';
import { DEFAULTS } from '../../studio/src/problem/fields.ts';
import { readFields } from '../../studio/src/problem/read.ts';
import { trainNetwork } from '../../studio/src/work/train.ts';
import stored from '../../studio/stored/limit.json' with { type: 'json' };
import { publicEntries, ROOT } from '../structure/publicEntries.ts';

const SOURCES = join(ROOT, 'studio/src');
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(SOURCES, path), 'utf8') }));
/** What is bundled besides; each is in docs/dependencies.md, but formulas, which the build makes. */
const PACKAGES =
  /^(preact(\/hooks)?|@preact\/signals|@observablehq\/plot|@codemirror\/\w+|@lezer\/highlight|@dagrejs\/dagre|virtual:formulas|onnxruntime-web\/wasm|onnxruntime-web\/ort-wasm-simd-threaded\.wasm\?url)$/;
const MOST_LINES = 400;

describe('sources of the studio', () => {
  it('import public entries, listed packages, and each other', () => {
    const entries = publicEntries().map(({ specifier }) => specifier);
    const others = files.flatMap(({ path, text }) =>
      [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)]
        .map(([, from = '']) => from)
        .filter((from) => !entries.includes(from) && !PACKAGES.test(from) && !/^\.{1,2}\/(?!.*src\/)/.test(from))
        .map((from) => `${path}: ${from}`),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(others).toEqual([]);
  });

  it('have at most 400 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > MOST_LINES).map(({ path }) => path)).toEqual([]);
  });

  it('ask nothing of other addresses', () => {
    const addresses = files.flatMap(({ path, text }) =>
      [...text.matchAll(/https?:\/\/[^\s'"]+/g)].map(([found]) => `${path}: ${found}`),
    );
    expect(addresses.filter((found) => !found.endsWith('http://www.w3.org/2000/svg'))).toEqual([]);
  });
});

describe('what is stored', () => {
  const { spec } = readFields(DEFAULTS);
  const sides = spec?.sides ?? expect.fail('no spec');

  it('is of the settings that the page starts with: npm run studio:stored', () => {
    expect(stored.sides).toEqual(sides);
    for (const side of sides) {
      expect(STORED.has(keyOf(side))).toBe(true);
      for (const width of spec?.beside ?? []) expect(STORED.has(keyOf(side, { width, seed: 0 }))).toBe(true);
    }
  });

  it.each([0, 1] as const)('is what is computed, side %i', async (place) => {
    const side = sides[place];
    const width = 16;
    const found = STORED.get(keyOf(side, { width, seed: 1 }));
    const { losses } = await trainNetwork({ spec: side, width, seed: 1 });
    expect(found?.kind === 'network' && found.view.losses).toEqual(losses.map((loss) => Number(loss.toPrecision(4))));
  });
});
