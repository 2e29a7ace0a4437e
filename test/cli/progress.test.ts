import { afterEach, describe, expect, it, vi } from 'vitest';
import { duration, progress, remainingClock } from '../../src/cli/progress.ts';

describe('duration', () => {
  it.each([
    [0.4, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
  ])('%d seconds: %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('remaining time', () => {
  /** What the clock says at these times, in seconds, and shares. */
  function said(...told: readonly (readonly [seconds: number, share: number])[]): string[] {
    let now = 0;
    const clock = remainingClock(() => now);
    return told.map(([seconds, share]) => {
      now = seconds;
      return clock(share);
    });
  }
  const evenly = (from: number, to: number, share: (seconds: number) => number) =>
    Array.from({ length: to - from }, (_, k) => [from + k, share(from + k)] as const);

  it('is that of an even pace', () => {
    expect(said(...evenly(0, 101, (seconds) => seconds / 1000)).at(-1)).toBe('15 min 0 s');
  });

  it('is not told from the first moments, nor from next to nothing', () => {
    expect(said([0, 0], [1, 0.001], [4, 0.003])).toEqual(['…', '…', '…']);
    expect(said(...evenly(0, 60, (seconds) => seconds * 1e-6)).at(-1)).toBe('…');
  });

  it('of a run that goes on counts what is computed now', () => {
    expect(said(...evenly(0, 101, (seconds) => 0.5 + seconds / 1000)).at(-1)).toBe('6 min 40 s');
  });

  it('forgets a first part that was much faster', () => {
    const fastFirst = (seconds: number): number => (seconds < 20 ? seconds / 50 : 0.4 + (seconds - 20) / 10_000);
    expect(said(...evenly(0, 201, fastFirst)).at(-1)).toBe('1 h 37 min');
  });
});

describe('the bar on a terminal', () => {
  const isTerminal = process.stderr.isTTY;
  const [HIDE_CURSOR, SHOW_CURSOR] = ['\u001b[?25l', '\u001b[?25h'];
  const [NO_WRAP, WRAP] = ['\u001b[?7l', '\u001b[?7h'];

  afterEach(() => {
    process.stderr.isTTY = isTerminal;
    vi.restoreAllMocks();
  });

  /** What is written to a terminal meanwhile. */
  function written(act: () => void): string {
    process.stderr.isTTY = true;
    let text = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
      text += String(part);
      return true;
    });
    act();
    return text;
  }

  it('gives the cursor back when the process exits, once', () => {
    const known = process.listeners('exit');
    const text = written(() => {
      const shown = progress('work');
      for (const listener of process.listeners('exit')) if (!known.includes(listener)) listener(130);
      shown.stop();
    });
    expect(text.split(HIDE_CURSOR)).toHaveLength(2);
    expect(text.split(SHOW_CURSOR)).toHaveLength(2);
    expect(text.indexOf(SHOW_CURSOR)).toBeGreaterThan(text.indexOf(HIDE_CURSOR));
    expect(text.lastIndexOf(WRAP)).toBeGreaterThan(text.lastIndexOf(NO_WRAP));
    expect(process.listeners('exit')).toEqual(known);
  });

  it('says things on lines of their own, wrapped, and goes on below', () => {
    const text = written(() => {
      const shown = progress('work');
      shown.say('a block was damaged');
      shown.stop();
    });
    expect(text).toContain(`\r\u001b[K${WRAP}a block was damaged\n${NO_WRAP}\u001b7`);
  });
});
