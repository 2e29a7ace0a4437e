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

/** Seconds of work at least, and of the whole, before anything is said of what remains. */
const [LEAST_SECONDS, LEAST_SHARE] = [5, 0.0005];
/** A pace is that of the last half of the time, but of so many seconds at least. */
const [PACE_SHARE, PACE_SECONDS] = [0.5, 30];
const APART_SECONDS = 1;

/**
 * Remaining time, at the pace of late: what a run that goes on finds done, or a first part that is much faster than others, is
 * forgotten. `…` as long as too little is known. Time is in seconds.
 */
export function remainingClock(now: () => number = () => performance.now() / 1000): (share: number) => string {
  const started = now();
  let seen: { readonly at: number; readonly share: number }[] = [];
  return (share) => {
    const at = now();
    const last = seen.at(-1);
    if (last === undefined || at - last.at >= APART_SECONDS) seen.push({ at, share });
    const since = at - Math.max(PACE_SECONDS, PACE_SHARE * (at - started));
    const first = seen.findLast((one) => one.at <= since) ?? seen[0];
    if (first === undefined || at - first.at < LEAST_SECONDS || share - first.share < LEAST_SHARE) return '…';
    seen = seen.filter((one) => one.at >= first.at);
    return duration(((at - first.at) / (share - first.share)) * (1 - share));
  };
}

/** Seconds for people: `7 s`, `2 min 5 s`, `1 h 4 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
