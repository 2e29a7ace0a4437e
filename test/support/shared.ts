import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'vitest';

/** The folder beside the repository that holds data and reference values too large or too restricted to ship. */
const SHARED = resolve(import.meta.dirname, '../../../shared');

/** The absolute path of a file or folder of the shared folder, or undefined where it is absent. */
export function sharedPath(path: string): string | undefined {
  const absolute = resolve(SHARED, path);
  return existsSync(absolute) ? absolute : undefined;
}

/** A `describe` whose body gets the absolute path of something shared; skipped, with the reason in its title, without. */
export function describeWithShared(title: string, path: string, body: (absolute: string) => void): void {
  describeWith(title, sharedPath(path), `no ../shared/${path} beside the repository`, body);
}

/** A `describe` whose body gets the folder that an environment variable names; skipped, with the reason, without it. */
export function describeWithFolder(
  title: string,
  variable: string,
  made: string,
  body: (folder: string) => void,
): void {
  describeWith(title, process.env[variable], `${variable} does not name a folder made by ${made}`, body);
}

/** The body of a skipped suite never runs: it may read its path at once. */
function describeWith(title: string, path: string | undefined, reason: string, body: (path: string) => void): void {
  if (path !== undefined) describe(title, () => body(path));
  else describe.skip(`${title} (skipped: ${reason})`, () => it('is not run', () => {}));
}
