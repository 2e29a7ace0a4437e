/** Kets with stored matrices mean the same by a program as the oracle, or say why they cannot. */

import { expect, test } from 'vitest';
import { interpret } from '../../src/reference/index.ts';
import { cases, sizes } from './cases.ts';
import { deviation, randomFeeds } from './feeds.ts';
import { byKets, KET_TOLERANCE, REFUSED } from './kets.ts';

test.each(cases.filter(({ name }) => REFUSED[name] === undefined))('kets agree on $name', async ({ program }) => {
  const feeds = randomFeeds(program, sizes, 1);
  const { f } = interpret(program, feeds, sizes);
  const found = await byKets(program, feeds, sizes, f?.axes ?? []);
  expect(found.shape).toEqual(f?.shape);
  expect(deviation(found.data, f?.data ?? []).worst).toBeLessThan(KET_TOLERANCE);
});

test.each(Object.entries(REFUSED))('kets refuse %s', async (name, reason) => {
  const program = cases.find((one) => one.name === name)?.program ?? expect.fail(`no case ${name}`);
  const refused = byKets(program, randomFeeds(program, sizes, 1), sizes, []);
  await expect(refused).rejects.toThrow(reason);
});
