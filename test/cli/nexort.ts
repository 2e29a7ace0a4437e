import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../../bin/nexort.js');

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `nexort` with these arguments from another folder than the repository. */
export function nexort(...args: readonly string[]): Promise<Ended> {
  return new Promise((done, fail) => {
    const { NEXORT_DEBUG: _, ...env } = process.env;
    const child = spawn(process.execPath, [BIN, ...args], { cwd: tmpdir(), env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
