/** Types of compiled.js, for tests. */

import type { BuildOptions } from 'esbuild';

export function compiled(root: URL): Promise<URL>;
export function commandEntries(root: URL): Readonly<Record<string, string>>;
export function bundle(entryPoints: BuildOptions['entryPoints'], folder: string, sourcemap: boolean): Promise<void>;
