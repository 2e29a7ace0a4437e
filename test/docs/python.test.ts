/** The Python page of docs/runs.md fits what nexort fits. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonWith } from '../../bench/harness/python.ts';
import { nexort } from '../cli/nexort.ts';
import { writeTinyModel } from '../cli/tinyModel.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LIMIT_MS = 60_000;

const [page = '', safetensors = ''] = [
  ...readFileSync(join(ROOT, 'docs/runs.md'), 'utf8').matchAll(/```python\n([\s\S]*?)```/g),
].map(([, code = '']) => code);

const numpy = pythonWith('import numpy');
const library = pythonWith('import numpy, safetensors');

const SMALL = ['--k', '4', '--threads', '1'];
const OWN_TASK = join(ROOT, 'examples/own-task/task.json');

/** Runs of two classes and of three, with a solver that is given and with one that is chosen. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  'two classes': ['kernel', ...SMALL, '--seeds', '13,21', '--limit', '60', '--solver', 'ridge'],
  'two classes, a solver for each draw': ['kernel', ...SMALL, '--seeds', '13,21,42,87', '--limit', '60'],
  'three classes': ['kernel', OWN_TASK, ...SMALL, '--seeds', '13,21', '--solver', 'pinv'],
};

describe.skipIf('missing' in numpy).each(Object.entries(RUNS))(
  'the kernel in Python (skipped without numpy), %s',
  (_, command) => {
    let folder = '';
    let draws: ReturnType<typeof drawsOf>;
    beforeAll(async () => {
      const above = mkdtempSync(join(tmpdir(), 'nexort-python-'));
      folder = join(above, 'run');
      await writeTinyModel(join(above, 'model'), 1);
      expect(await nexort(...command, '--model', join(above, 'model'), '--out', folder)).toMatchObject({ code: 0 });
      draws = drawsOf(folder);
    });

    afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }));

    /** Runs what is printed for this folder. */
    function python(code: string, given: typeof numpy): readonly string[] {
      if (!('python' in given)) throw new Error(given.missing);
      expect(code).toContain('runs/…');
      const script = code.replace('runs/…', folder);
      return execFileSync(given.python, ['-c', script], { encoding: 'utf8', timeout: LIMIT_MS }).trim().split('\n');
    }

    it("gives nexort's accuracies", () => {
      const lines = python(page, numpy).filter((line) => !line.startsWith('  missed:'));
      const fitted = draws.filter(({ predictor }) => predictor.method === 'least-squares');
      expect(fitted.length).toBeGreaterThan(0);
      const found = lines.map((line) => line.split(' ').slice(0, 2).map(Number));
      expect(found).toEqual(fitted.map(({ seed, test }) => [seed, expect.closeTo(test.accuracy, 12)]));
    });

    it('has labels and texts that are those of the draws', () => {
      const [first] = draws;
      const code = `import json, numpy as np
run = np.load("runs/…/kernels.npz")
print(json.dumps([{"label": str(run["classes"][run["labels"][k]]), "text": str(run["texts"][k])} for k in run["train.${first?.seed}"]]))`;
      expect(JSON.parse(python(code, numpy)[0] ?? '')).toEqual(first?.train);
    });

    it.skipIf('missing' in library)("reads safetensors (skipped without Python's safetensors)", () => {
      const code = `folder = "runs/…"\nimport json\n${safetensors}\nprint(len(classes) == logits.shape[1])`;
      expect(python(code, library)).toEqual(['True']);
    });
  },
);

function drawsOf(folder: string) {
  const { result } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    readonly result: {
      readonly fits: readonly {
        readonly seed: number;
        readonly test: { readonly accuracy: number };
        readonly train: readonly { readonly label: string; readonly text: string }[];
        readonly predictor: { readonly method: string };
      }[];
    };
  }; // our own file
  return result.fits;
}
