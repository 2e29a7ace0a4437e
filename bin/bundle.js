/** Compiles the command line of the package that is published. */

import { fileURLToPath } from 'node:url';
import { bundle } from './compiled.js';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
await bundle(path('src/cli/main.ts'), path('dist/nexort'), false);
