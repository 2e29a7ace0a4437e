import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../../bin/nexort.js');

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `nexort` with these arguments from an empty folder, which goes afterwards with the runs in it. */
export function nexort(...args: readonly string[]): Promise<Ended> {
  return new Promise((done, fail) => {
    const { NEXORT_DEBUG: _, ...env } = process.env;
    const folder = mkdtempSync(join(tmpdir(), 'nexort-cli-'));
    const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      rmSync(folder, { recursive: true, force: true });
      done({ code, stdout, stderr });
    });
  });
}
