import { expect, test } from 'vitest';
import { required } from '../../src/errors/index.ts';
import { failureOf } from '../support/failure.ts';

test('what is there is given back, also where it is 0 or empty', () => {
  expect([required(0, 'number'), required('', 'text')]).toEqual([0, '']);
});

test('what is missing is our bug, and named', async () => {
  const failure = await failureOf(() => required(undefined, 'stage 3'));
  expect(failure).toMatchObject({ kind: 'invariant', code: 'errors.missing' });
  expect(failure.message).toBe('There is no stage 3. This is a bug in nexort, not in your input; please report it.');
});
