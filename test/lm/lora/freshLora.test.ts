/** LoRA at its start: the law of A, what it is put beside, and that the model is still itself. */

import { expect, test } from 'vitest';
import { drawA, freshLora, LORA_TARGETS } from '../../../src/lm/lora/freshLora.ts';
import { factorNames } from '../../../src/nets/index.ts';
import { smallEncoder } from '../../nets/smallEncoder.ts';
import { failureOf } from '../../support/failure.ts';

const layer = { name: 'a layer', columns: 300 };
const request = { rank: 2, alpha: 6, targets: ['query', 'value'], seed: 0 };

test('A is uniform below 1/√columns, of variance 1/(3 columns)', () => {
  const values = drawA(5, layer, 100);
  const most = 1 / Math.sqrt(300);
  expect(values).toHaveLength(30_000);
  expect(values.every((value) => Math.abs(value) < most)).toBe(true);
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + (value / most) ** power, 0) / values.length;
  // Four deviations of the mean of 30 000 powers of a uniform number.
  expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / 3 / 30_000));
  expect(Math.abs(moment(2) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / 30_000));
});

test('another seed, rank or layer has other draws; the same has the same', () => {
  const first = [...drawA(5, layer, 4)];
  expect([...drawA(5, layer, 4)]).toEqual(first);
  const others = [drawA(6, layer, 4), drawA(5, layer, 5), drawA(5, { ...layer, name: 'another' }, 4)];
  for (const other of others) expect(other[0]).not.toBe(first[0]);
});

test('targets name layers of every block; scale is alpha/rank; B is 0', async () => {
  const adapter = await freshLora(request)(smallEncoder, 'words');
  const names = [0, 1].flatMap((block) =>
    ['query', 'value'].map((one) => `bert.encoder.layer.${block}.attention.self.${one}`),
  );
  expect(adapter.layers).toEqual(Object.fromEntries(names.map((name) => [name, { rank: 2, scale: 3 }])));
  const { a, b } = factorNames(names[0] ?? '');
  expect([...(await adapter.read(b))]).toEqual(Array(16).fill(0));
  expect([...(await adapter.read(a))]).toEqual([...drawA(0, { name: names[0] ?? '', columns: 8 }, 2)]);
  const all = await freshLora({ ...request, targets: LORA_TARGETS })(smallEncoder, 'words');
  // Six dense layers in each of two blocks; those of the head are no target.
  expect(Object.keys(all.layers)).toHaveLength(12);
  const wide = await all.read(factorNames('bert.encoder.layer.1.output.dense').a);
  expect(wide).toHaveLength(2 * smallEncoder.feedForward);
});

test('an unknown target is told with those that there are', async () => {
  const error = await failureOf(() => freshLora({ ...request, targets: ['query', 'pooler'] })(smallEncoder, 'words'));
  expect(error).toMatchObject({ code: 'lm.unknown-lora-target' });
  expect(error.message).toBe(
    "--lora-targets has 'pooler'; expected some of query, key, value, output, feed-forward, dense, separated by commas, such as query,value.",
  );
});
