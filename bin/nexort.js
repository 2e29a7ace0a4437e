#!/usr/bin/env node
// The command line: compiled code in the published package, the TypeScript sources in a clone.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const inClone = existsSync(new URL('../src', import.meta.url));
if (inClone) {
  const { register } = await import('tsx/esm/api');
  // Named, for the configuration is otherwise looked up from the working folder, which may hold another project's.
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
}
const { main } = await import(inClone ? '../src/cli/main.ts' : '../dist/cli/main.js');
await main(process.argv);
