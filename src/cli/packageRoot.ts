import { existsSync } from 'node:fs';

/** The package's own folder, from the source tree and from compiled files alike: the nearest above with a package.json. */
export const PACKAGE_ROOT: URL = nearestPackage(new URL('.', import.meta.url));

function nearestPackage(folder: URL): URL {
  const above = new URL('..', folder);
  return existsSync(new URL('package.json', folder)) || above.href === folder.href ? folder : nearestPackage(above);
}
