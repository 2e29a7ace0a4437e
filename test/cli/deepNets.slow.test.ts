/** Commands on nets of many layers answer SIGTERM within seconds, wherever they are. */

import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { BuiltNexort } from './builtNexort.ts';

/** From the signal to the end. */
const MOST_SECONDS = 5;
/** When signals come. */
const SECONDS = [1, 4, 8, 16];

let built: BuiltNexort;
beforeAll(async () => {
  built = await BuiltNexort.build();
});

describe('SIGTERM', () => {
  it.each([
    ['coord', '--depth', '200', '--widths', '8,16,32', '--seeds', '1', '--steps', '1'],
    ['transfer', '--depth', '200', '--widths', '8,16', '--seeds', '1', '--steps', '5'],
    ['train', '--depth', '200', '--width', '8', '--steps', '100000'],
  ])(
    'ends nexort %s %s %s',
    async (...args) => {
      for (const seconds of SECONDS) {
        const running = built.start(...args);
        await sleep(1000 * seconds);
        const sent = performance.now();
        running.kill('SIGTERM');
        const { code, signal, stderr } = await running.ended;
        // It may have come before the command listens, which then has nothing to say, or after its end.
        expect([0, 1, 143, null]).toContain(code);
        if (code === null) expect(signal).toBe('SIGTERM');
        if (code === 143) expect(stderr).toContain('Interrupted.');
        expect((performance.now() - sent) / 1000, `a signal after ${seconds} s`).toBeLessThan(MOST_SECONDS);
      }
    },
    120_000,
  );
});
