/** The package as a bundler for browsers takes it: every entry but those of Node, and no larger than it has to be. */

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object }; // our own file
const ENTRIES = Object.keys(exports).map((path) => path.replace('./', ''));

/** Entries that a browser cannot load, and why. */
const NEED_NODE: Readonly<Record<string, string>> = {
  'finite/node': 'onnxruntime-node is a native library',
  'kernels/node': 'threads of Node',
  'kets/node': 'threads of Node',
  'experiments/node': 'finds the package of digits on the disk',
  runs: 'folders, locks and atomic writes',
  'lm/node': 'reads checkpoints and tasks from files, writes run folders',
};

/**
 * The most that an entry may take, whole and minified but not compressed, in kB of 1000 bytes: a tenth above what it
 * took when this was written, and what most of it is. A page that takes less of an entry gets less.
 */
const CEILINGS: Readonly<Record<string, readonly [kilobytes: number, reason: string]>> = {
  errors: [1, 'three classes'],
  program: [
    149,
    'text form, derivatives and checks of the language, 4 kB what its words mean, 6 kB functions of matrices',
  ],
  numeric: [127, '71 kB are ml-matrix, the decompositions'],
  reference: [52, 'the oracle, with what it reads of program'],
  finite: [141, 'lowering and derivatives of program; no runtime'],
  'finite/web': [116, 'as finite, without the stages; the runtime is given'],
  expectations: [40, 'expressions of program, quadrature, poles'],
  kets: [275, '71 kB are ml-matrix; the analysis of program, loops compiled from it'],
  kernels: [
    300,
    '71 kB are ml-matrix; the analysis of program, its differentiation, 25 kB what compiles and runs loops',
  ],
  optimizers: [135, 'formulas are read and differentiated by program, functions of matrices among them'],
  parametrizations: [124, 'optimizers, whose formulas a classification reads'],
  nets: [110, 'the writer of program, 14 kB the layers by name, 20 kB the families of language models'],
  training: [200, 'derivatives of program, optimizers, the classification of parametrizations, 12 kB recipes'],
  experiments: [610, 'kets, kernels, training and nets'],
  'runs/tensors': [18, 'the zip archives of fflate'],
  lm: [
    700,
    '71 kB are ml-matrix, 53 kB chat templates, 40 kB the words of AFINN, 35 kB the tokenizers, the compiled counting of signs, training, models',
  ],
  report: [1019, 'the document that figures are drawn into, linkedom with its parser of style sheets'],
};

/** The bundle of an entry, or what cannot be resolved for a browser. */
async function bundled(entry: string): Promise<{ readonly bytes: number; readonly missing: readonly string[] }> {
  const result = await build({
    ...{ entryPoints: [join(ROOT, `src/${entry}/index.ts`)], bundle: true, minify: true, write: false },
    ...{ platform: 'browser', format: 'esm', target: 'es2023', logLevel: 'silent' },
  }).catch((failure: { readonly errors?: readonly { readonly text: string }[] }) => failure);
  if ('outputFiles' in result) return { bytes: result.outputFiles[0]?.contents.length ?? 0, missing: [] };
  return { bytes: 0, missing: (result.errors ?? []).map(({ text }) => text) };
}

describe('entries of the package', () => {
  it('are all accounted for', () => {
    expect([...Object.keys(CEILINGS), ...Object.keys(NEED_NODE)].sort()).toEqual([...ENTRIES].sort());
  });

  const limits = Object.entries(CEILINGS).map(([entry, [kilobytes, reason]]) => ({ entry, kilobytes, reason }));
  it.for(limits)(
    '$entry loads in a browser, in less than $kilobytes kB: $reason',
    async ({ entry, kilobytes }, { annotate }) => {
      const { bytes, missing } = await bundled(entry);
      await annotate(`${bytes} bytes`, 'size');
      expect(missing).toEqual([]);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes / 1000, `${entry} takes ${bytes} bytes`).toBeLessThan(kilobytes);
    },
  );

  it.each(Object.entries(NEED_NODE))('%s does not: %s', async (entry) => {
    const { missing } = await bundled(entry);
    expect(missing).toContainEqual(expect.stringMatching(/^Could not resolve "node:/));
  });
});
