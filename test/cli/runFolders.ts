import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { nodeFiles } from '../../src/runs/files.ts';
import { type Manifest, readManifest, writeManifest } from '../../src/runs/manifest.ts';

/** What a run folder says of its run and of how to solve it; our own file. */
interface Record {
  readonly result: Readonly<globalThis.Record<string, unknown>>;
  readonly fits: unknown;
}

export async function manifestOf(folder: string): Promise<Manifest> {
  const manifest = await readManifest(nodeFiles, folder);
  if (manifest === undefined) throw new Error(`${folder} has no run.json`);
  return manifest;
}

/** Changes `run.json`, with a checksum that fits. */
export async function editManifest(folder: string, edit: (manifest: Manifest) => Partial<Manifest>): Promise<void> {
  const manifest = await manifestOf(folder);
  await writeManifest(nodeFiles, folder, { ...manifest, ...edit(manifest) });
}

/** Takes a run's end back, as if it had been killed just before it. */
export async function reopen(folder: string): Promise<void> {
  await editManifest(folder, () => ({ status: 'started', finished: null, result: null }));
}

/** What two runs of the same have in common: the bytes of the kernels, scores, solvers and predictors. */
export async function outcome(folder: string) {
  const { status, result } = await manifestOf(folder);
  const record = result as unknown as Record; // our own file, of a finished run
  const { seconds, peakBytes, forecastBytes, out, stored, ...found } = record.result;
  return {
    status,
    npz: sha256(await readFile(join(folder, 'kernels.npz'))),
    safetensors: sha256(await readFile(join(folder, 'kernels.safetensors'))),
    found,
    fits: record.fits,
  };
}

/** What two runs of a training have in common: what was found, and the bytes of blocks and of saved models. */
export async function trainingOutcome(folder: string) {
  const { status, result } = await manifestOf(folder);
  // Our own file, of a finished run.
  const { seconds, peakBytes, forecastBytes, out, stored, ...found } = result as unknown as globalThis.Record<
    string,
    unknown
  >;
  const kept = (await filesOf(folder)).filter(
    (path) => !/^(run\.json|report\.html|lock)|(^|\/)report\.html$/.test(path),
  );
  const digests = kept.map(async (path) => [path, sha256(await readFile(join(folder, path)))] as const);
  return { status, found, files: Object.fromEntries(await Promise.all(digests)) };
}

/** Paths of a folder's blocks, in order. */
export async function blocksOf(folder: string): Promise<readonly string[]> {
  const paths = await filesOf(folder);
  return paths.filter((path) => path.endsWith('.block'));
}

/** Every file of a folder by path: its content and when it was last written. */
export async function treeOf(folder: string): Promise<Readonly<globalThis.Record<string, string>>> {
  const entries = (await filesOf(folder)).map(async (path): Promise<[string, string]> => {
    const { mtimeMs } = await stat(join(folder, path));
    return [path, `${mtimeMs} ${sha256(await readFile(join(folder, path)))}`];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Paths of all files relative to a folder, in order; none where there is no folder. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
