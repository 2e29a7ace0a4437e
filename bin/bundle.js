/** Compiles the command line of the package that is published. */

import { fileURLToPath } from 'node:url';
import { bundle, commandEntries } from './compiled.js';

const root = new URL('../', import.meta.url);
await bundle(commandEntries(root), fileURLToPath(new URL('dist/nexort', root)), false);
