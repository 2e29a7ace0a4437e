/** Features of the first token against the f64 oracle's logits of a functional that reads each coordinate. */

import { afterAll, expect, test } from 'vitest';
import { nodeEngine } from '../../../src/finite/node/index.ts';
import { frozenFeatures } from '../../../src/lm/kernel/frozenFeatures.ts';
import { everyClass } from '../../../src/lm/kernel/outputs.ts';
import { byDefinition, examples, modelOf, roberta } from './byDefinition.ts';

/** Deviation of a feature of order 1: f32 rounding, 6e-8, through some hundred operations, added up at random. */
const TOLERANCE = 1e-5;

const engine = nodeEngine({ threads: 1 });
afterAll(() => engine.release());

test('features of examples of several lengths, in their order', async () => {
  const { width } = roberta;
  const model = modelOf(roberta, { kind: 'functional', classes: width });
  const functional = Float32Array.from({ length: width * width }, (_, k) => (k % (width + 1) === 0 ? 1 : 0));
  const head = {
    functional: { axes: ['class', 'n'], shape: [width, width], data: functional },
    offset: { axes: ['class'], shape: [width], data: new Float32Array(width) },
  };
  const { outputs, weights } = everyClass(width);
  // Logits alone are looked at: one output is enough.
  const one = { outputs: 1, weights: weights.filter((_, k) => k % outputs === 0) };
  const { logits } = byDefinition(model, head, one);
  const found = await frozenFeatures({ engine, model, examples });
  expect([found.rows, found.columns]).toEqual([examples.length, width]);
  const deviations = [...found.data].map((value, k) => Math.abs(value - (logits[k] ?? Number.NaN)));
  expect(logits).toHaveLength(deviations.length);
  expect(Math.max(...deviations)).toBeLessThan(TOLERANCE);
});
