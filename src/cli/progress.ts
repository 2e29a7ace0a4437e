/** Progress of long work on stderr, with the time that remains. */

import cliProgress from 'cli-progress';
import { harmless, printMessage } from './terminal.ts';

export interface Progress {
  /** The share done, from 0 to 1. */
  update(share: number): void;
  /** Tells something on a line of its own. */
  say(text: string): void;
  /** Takes the bar away; stopping again is fine. */
  stop(): void;
}

/** Control sequences of terminals (ECMA-48, and DEC's for wrapping and the place to which a bar that stops returns). */
const CLEAR_LINE = '\r\u001b[K';
const WRAP = '\u001b[?7h';
const NO_WRAP = '\u001b[?7l';
const SAVE_CURSOR = '\u001b7';

/** Between plain lines, where stderr is no terminal. */
const LINE_SECONDS = 5;

/** A bar on a terminal, a line now and then elsewhere. */
export function progress(what: string): Progress {
  return process.stderr.isTTY ? bar(harmless(what)) : lines(what);
}

function bar(what: string): Progress {
  const shown = new cliProgress.SingleBar({
    format: `${what} {bar} {percentage}% · {remaining} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
    gracefulExit: false,
  });
  const clock = remainingClock();
  shown.start(1000, 0, { remaining: '…' });
  const stop = (): void => {
    process.off('exit', stop);
    shown.stop();
  };
  // An interruption ends the process at once; the terminal would be left without its cursor.
  process.on('exit', stop);
  return {
    update: (share) => shown.update(Math.round(1000 * share), { remaining: clock(share) }),
    say: (text) => {
      process.stderr.write(`${CLEAR_LINE}${WRAP}${harmless(text)}\n${NO_WRAP}${SAVE_CURSOR}`);
    },
    stop,
  };
}

function lines(what: string): Progress {
  const clock = remainingClock();
  let last = performance.now();
  return {
    update: (share) => {
      if (performance.now() - last < LINE_SECONDS * 1000) return;
      last = performance.now();
      printMessage(`${what}: ${Math.floor(100 * share)}%, ${clock(share)} left`);
    },
    say: printMessage,
    stop: () => {},
  };
}

/** Remaining time from the share done so far, at an even pace. */
function remainingClock(): (share: number) => string {
  const started = performance.now();
  return (share) => (share > 0 ? duration(((performance.now() - started) / 1000) * (1 / share - 1)) : '…');
}

/** Seconds for people: `7 s`, `2 min 5 s`, `1 h 4 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
