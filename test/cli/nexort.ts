import type { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MockInstance, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was said on stderr, without lines of progress and forecasts of time: on a busy machine they come in any test. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^(.*: \d+%, .* left|forecast: about .*)\n/gm, '');
}

/** What a command listens to, in a process of its own until that ends. */
const EVENTS: readonly (readonly [EventEmitter, string])[] = [
  ...['exit', 'SIGINT', 'SIGTERM', 'SIGHUP'].map((event) => [process, event] as const),
  [process.stdout, 'error'],
  [process.stderr, 'error'],
  [process.stderr, 'error'],
];

let running = false;

/**
 * Runs `nexort` with these arguments within this process, from an empty folder, which goes afterwards with the runs in
 * it: a start of its own would cost more than most commands. What signals, limits of the system, memory, or an
 * installation are about is tested with `BuiltNexort`.
 */
export async function nexort(...args: readonly string[]): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'nexort-cli-'));
  try {
    return await nexortIn(folder, ...args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same from a folder of the caller's, which stays. */
export async function nexortIn(folder: string, ...args: readonly string[]): Promise<Ended> {
  if (running) throw new Error('commands within one process run one after another');
  running = true;
  const { argv, exitCode } = process;
  const cwd = process.cwd();
  const before = EVENTS.map(([source, event]) => new Set(source.rawListeners(event)));
  const stdout = captured(process.stdout);
  const stderr = captured(process.stderr);
  vi.stubEnv('NEXORT_DEBUG', undefined);
  process.argv = [argv[0] ?? '', 'nexort', ...args];
  process.exitCode = undefined;
  process.chdir(folder);
  try {
    await main(process.argv);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: withoutProgress(stderr.text()) };
  } finally {
    for (const { spy } of [stdout, stderr]) spy.mockRestore();
    vi.unstubAllEnvs();
    for (const [k, [source, event]] of EVENTS.entries()) {
      for (const listener of source.rawListeners(event)) {
        if (!before[k]?.has(listener)) source.off(event, listener as () => void); // of any event
      }
    }
    process.argv = argv;
    process.exitCode = exitCode;
    process.chdir(cwd);
    running = false;
  }
}

/** Keeps what is written to a stream. */
function captured(stream: NodeJS.WriteStream): { readonly spy: MockInstance; text(): string } {
  let text = '';
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  });
  return { spy, text: () => text };
}
