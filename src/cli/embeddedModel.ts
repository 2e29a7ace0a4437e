import { fileURLToPath } from 'node:url';

/** Folder of the model that comes with the package, from the source tree and from the compiled one alike. */
export const EMBEDDED_MODEL = fileURLToPath(new URL('../../models/tiny-mlm', import.meta.url));
