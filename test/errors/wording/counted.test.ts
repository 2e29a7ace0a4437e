import { expect, test } from 'vitest';
import { counted } from '../../../src/errors/wording/index.ts';

test('counts', () => {
  expect([counted(1, 'text'), counted(2, 'text')]).toEqual(['1 text', '2 texts']);
});
