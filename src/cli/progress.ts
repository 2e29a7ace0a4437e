/** Progress of long work, on stderr so that stdout holds results only. */

import { SingleBar } from 'cli-progress';

/** Told about work by whoever does it; one instance follows one piece of work at a time. */
export interface Progress {
  /** Work of `total` units begins; `what` names it. */
  start(total: number, what: string): void;
  /** `by` further units are done; `note` says what is worth knowing just now. */
  advance(by: number, note?: string): void;
  /** The work ended, complete or not. */
  stop(): void;
}

/** Where progress goes: what is used of a stream, so that tests can pass another. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Least time between two lines where stderr is no terminal. */
const LINE_INTERVAL_MS = 2000;

/** A bar with remaining time where stderr is a terminal, a line every two seconds elsewhere. */
export function stderrProgress(): Progress {
  return process.stderr.isTTY ? barProgress(process.stderr) : lineProgress(process.stderr);
}

/** Says nothing. */
export function silentProgress(): Progress {
  return { start() {}, advance() {}, stop() {} };
}

/** A line with percent and remaining time, at most one every two seconds of `now`, in milliseconds. */
export function lineProgress(stream: ProgressStream, now: () => number = () => performance.now()): Progress {
  const meter = createMeter(now);
  let last = 0;
  return {
    start(total, what) {
      meter.start(total, what);
      last = now();
    },
    advance(by, note) {
      meter.advance(by);
      if (now() - last < LINE_INTERVAL_MS) return;
      last = now();
      const rest = note === undefined ? '' : ` (${note})`;
      stream.write(`${meter.what()}: ${meter.percent()}%, ${meter.remaining()}${rest}\n`);
    },
    stop() {},
  };
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const meter = createMeter(() => performance.now());
  let bar: SingleBar | undefined;
  return {
    start(total, what) {
      bar?.stop();
      meter.start(total, what);
      bar = new SingleBar({
        stream,
        // The library's own estimate looks at the last few steps only, which jumps where steps differ in size.
        format: '{what} [{bar}] {percentage}% {remaining} {note}',
        barCompleteChar: '#',
        barIncompleteChar: '-',
        hideCursor: true,
        clearOnComplete: true,
        stopOnComplete: false,
        gracefulExit: true,
      });
      bar.start(total, 0, { what, remaining: '', note: '' });
    },
    advance(by, note) {
      meter.advance(by);
      bar?.increment(by, { remaining: meter.remaining(), note: note ?? '' });
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** Counts units and time of one piece of work. */
interface Meter {
  start(total: number, what: string): void;
  advance(by: number): void;
  what(): string;
  percent(): number;
  /** `12 s left`, by the mean time of a unit so far. */
  remaining(): string;
}

function createMeter(now: () => number): Meter {
  let work = { total: 0, what: '', begin: 0 };
  let done = 0;
  return {
    start(total, what) {
      work = { total, what, begin: now() };
      done = 0;
    },
    advance(by) {
      done = Math.min(done + by, work.total);
    },
    what: () => work.what,
    percent: () => (work.total === 0 ? 100 : Math.floor((100 * done) / work.total)),
    remaining() {
      if (done === 0) return 'remaining time unknown';
      const seconds = (((now() - work.begin) / done) * (work.total - done)) / 1000;
      return `${formatDuration(seconds)} left`;
    },
  };
}

/** Seconds in words of at most two units: `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
