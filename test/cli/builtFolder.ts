/** Where the tests of one run share a compiled `nexort`: the first that needs one makes it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly builtFolder: string;
  }
}

let folder = '';

export function setup(project: TestProject): void {
  folder = mkdtempSync(join(tmpdir(), 'nexort-built-'));
  project.provide('builtFolder', folder);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
