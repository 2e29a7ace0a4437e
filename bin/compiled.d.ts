/** Types of compiled.js, for tests. */

export function compiled(root: URL): Promise<URL>;
export function bundle(main: string, folder: string, sourcemap: boolean): Promise<void>;
