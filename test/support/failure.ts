import { expect } from 'vitest';
import { NexortError } from '../../src/errors/index.ts';

/** The nexort error that a call throws or a promise rejects with; the test fails when it succeeds. */
export async function failureOf(action: () => unknown): Promise<NexortError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof NexortError) return error;
    throw error;
  }
  return expect.fail('expected an error, but the call succeeded');
}
