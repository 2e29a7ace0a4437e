/** The numbers of the studio are those of the command for the same seed. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFile, limitArguments } from '../../studio/src/problem/command.ts';
import type { LimitSpec } from '../../studio/src/problem/spec.ts';
import { trainLimit, trainNetwork } from '../../studio/src/work/train.ts';
import { nexortIn } from '../cli/nexort.ts';
import { deviation } from '../conformance/feeds.ts';

/** The engine's f32 beside gradients in f64 from f32 weights, over three updates. */
const F32 = 1e-4;
const WIDTH = 16;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexort-studio-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec: LimitSpec = {
  ...{ parametrization: 'mup', depth: 1, activation: 'x * sigmoid(x)', optimizer: 'adam', rate: 0.1, steps: 3 },
  ...{
    seed: 5,
    samples: 64,
    scramblings: 2,
    points: [
      { x: -1, y: 0.5 },
      { x: 0.7, y: -0.3 },
      { x: 0.1, y: 1 / 3 },
    ],
  },
};

/** Two classes in a plane. */
const plane: Partial<LimitSpec> = {
  ...{ optimizer: 'sgd', steps: 2 },
  points: [
    { x: -1, y: 0.5, class: 1 },
    { x: 0.7, y: -0.3, class: -1 },
    { x: 0.1, y: 1 / 3, class: 1 },
  ],
};

describe.each<Partial<LimitSpec>>([
  {},
  { parametrization: 'ntp' },
  { optimizer: 'tanh(4 * gradient)', depth: 2 },
  plane,
])('the training of %o', (change) => {
  it('is that of nexort limit: the limit to the bit, networks within f32', async () => {
    const own = { ...spec, ...change };
    writeFileSync(join(folder, 'points.csv'), dataFile(own));
    const { stdout, stderr } = await nexortIn(
      folder,
      'limit',
      ...limitArguments(own, [WIDTH], 1, 'points.csv'),
      '--json',
    );
    expect(stderr).toBe('');
    const report = JSON.parse(stdout);
    const { path, scramblings } = await trainLimit(own);
    expect(scramblings).toBe(2);
    expect(path.kind).toBe(report.kind);
    expect(path.outputs.map((step) => step.map(({ value }) => value))).toEqual(report.outputs);
    expect(path.outputs.map((step) => step.map(({ standardError }) => standardError))).toEqual(report.standardErrors);
    expect(path.losses).toEqual(report.losses);
    const network = await trainNetwork({ spec: own, width: WIDTH, seed: own.seed });
    const [beside] = report.finite;
    expect(network.outputs).toHaveLength(own.steps + 1);
    expect(deviation(network.outputs.flat(), beside.outputs.flat()).worst).toBeLessThan(F32);
    expect(deviation(network.losses, beside.losses).worst).toBeLessThan(F32);
  });
});
