#!/usr/bin/env node
// The published package carries compiled code; a clone runs its TypeScript source, so that the command works right after
// `npm ci`, without a build.
import { existsSync } from 'node:fs';

const source = new URL('../src/cli/main.ts', import.meta.url);

if (existsSync(source)) {
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import(source.href);
  await main(process.argv);
} else {
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv);
}
