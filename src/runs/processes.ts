/** Which process holds something, told apart from a later process of the same id. */

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process as others can recognize it. Nulls are what the system does not tell. */
export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** One start of the machine: ids and start times count anew after the next. */
  readonly boot: string | null;
  /** The space in which process ids count: containers of one machine have their own. */
  readonly space: string | null;
  /** When the process started, in the system's ticks. */
  readonly started: string | null;
}

/** The mark of the running process. */
export function ownMark(): ProcessMark {
  return {
    pid: process.pid,
    host: hostname(),
    boot: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: orNull(() => readlinkSync('/proc/self/ns/pid')),
    started: statOf(process.pid)?.started ?? null,
  };
}

/** Whether a process can be looked at from here: it is of this machine and of this space of process ids. */
export function isVisible(mark: ProcessMark, own: ProcessMark): boolean {
  return mark.host === own.host && mark.space === own.space;
}

/**
 * Whether a process has certainly ended. False where it cannot be known: on another machine or in another container.
 * Where the system does not tell start times (no `/proc`), a process that has got the same id counts as the same one.
 */
export function isGone(mark: ProcessMark, own: ProcessMark): boolean {
  if (mark.host !== own.host) return false;
  if (mark.boot !== own.boot) return true;
  if (mark.space !== own.space) return false;
  if (!exists(mark.pid)) return true;
  const stat = statOf(mark.pid);
  if (stat === undefined || mark.started === null) return false;
  // A zombie has ended; only its parent has not asked yet.
  return stat.started !== mark.started || stat.state === 'Z' || stat.state === 'X';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM is a process of another user.
    return !(cause instanceof Error && 'code' in cause && cause.code === 'ESRCH');
  }
}

/** State (field 3) and start time (field 22) of proc_pid_stat(5). */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const text = orNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // Field 2 is the name of the program in brackets and may hold spaces and brackets itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  return state === undefined || started === undefined ? undefined : { state, started };
}

function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
