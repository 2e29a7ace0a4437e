/** What the studio may import of the package: its public entries, taken from their sources. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Alias {
  readonly find: RegExp;
  readonly replacement: string;
}

/** An alias for each entry of package.json, for Vite and Vitest; other rooms have none, and do not resolve. */
export function publicEntries(root: string): Alias[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object }; // our own file
  return Object.keys(exports).map((path) => ({
    find: new RegExp(`^nexort/${path.slice(2)}$`),
    replacement: join(root, 'src', path, 'index.ts'),
  }));
}
