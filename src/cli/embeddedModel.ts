import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from './packageRoot.ts';

/** Folder of the model that comes with the package. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('models/tiny-mlm', PACKAGE_ROOT));
