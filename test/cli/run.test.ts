import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/cli/run.ts';
import { InvariantError, UnsupportedError, UserError } from '../../src/errors/index.ts';

describe('runCommand', () => {
  const before = process.exitCode;
  afterEach(() => {
    process.exitCode = before;
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** The exit code and what was written to stderr after an action that throws. */
  async function endOf(thrown: unknown): Promise<{ readonly code: unknown; readonly text: string }> {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await runCommand(() => Promise.reject(thrown));
    return { code: process.exitCode, text: write.mock.calls.map(([text]) => String(text)).join('') };
  }

  it('leaves the exit code alone when the action ends', async () => {
    await runCommand(async () => {});
    expect(process.exitCode).toBe(before);
  });

  it.each([
    ['wrong input', 2, new UserError('test.user', 'No such file.')],
    ['an unsupported request', 2, new UnsupportedError('test.unsupported', 'Not here.')],
    ['our own bug', 1, new InvariantError('test.invariant', 'Sizes differ.')],
  ])('ends after %s with code %i and one message', async (_, code, error) => {
    vi.stubEnv('NEXORT_DEBUG', undefined);
    expect(await endOf(error)).toEqual({ code, text: `error: ${error.message}\n` });
  });

  it.each([
    ['an unknown error', new TypeError('x is null'), 'error: x is null\n'],
    ['something else', 'text', 'error: text\n'],
  ])('ends after %s with code 1', async (_, thrown, start) => {
    const { code, text } = await endOf(thrown);
    expect(code).toBe(1);
    expect(text.startsWith(start), text).toBe(true);
  });

  it('shows the stack trace of any error where NEXORT_DEBUG is set', async () => {
    vi.stubEnv('NEXORT_DEBUG', '1');
    const { text } = await endOf(new UserError('test.user', 'No such file.'));
    expect(text).toMatch(/^error: No such file\.\nUserError: .*\n +at /);
  });
});
