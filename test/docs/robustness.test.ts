/** Each promise of docs/robustness.md names tests, and those are there. */

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const ROW = /^\|(.*)\|(.*)\|$/;

test('every promise names a test that exists', () => {
  const lines = readFileSync(join(ROOT, 'docs/robustness.md'), 'utf8').split('\n');
  const rows = lines.flatMap((line) => {
    const [, promise = '', tests = ''] = ROW.exec(line) ?? [];
    return promise === '' || /^ (promise|---) $/.test(promise) ? [] : [{ promise, tests }];
  });
  expect(rows.length).toBeGreaterThan(30);
  const named = rows.map(({ promise, tests }) => ({
    promise,
    missing: [...tests.matchAll(/`(test\/[^`]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !['.test.ts', '.slow.test.ts', ''].some((end) => existsSync(join(ROOT, path + end)))),
    some: tests.includes('`test/'),
  }));
  expect(named.filter(({ missing, some }) => missing.length > 0 || !some)).toEqual([]);
});
