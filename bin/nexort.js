#!/usr/bin/env node
// The published package carries compiled code. A clone compiles its TypeScript sources once, into its own node_modules, so
// that the command works right after `npm ci`, without a build, and starts at once from then on.
import { existsSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const main = existsSync(new URL('src/cli/main.ts', root))
  ? await (await import('./compiled.js')).compiled(root)
  : new URL('dist/nexort/main.js', root);

await (await import(main.href)).main(process.argv);
