import { readFileSync } from 'node:fs';

/** The version of this package, from the source tree and from the compiled one alike. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own package.json
}
