import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A new folder with these files, which may lie in folders of it, removed when the running test ends; objects are written
 * as JSON.
 */
export async function temporaryFolder(files: Readonly<Record<string, string | Uint8Array | object>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nexort-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const raw = typeof content === 'string' || content instanceof Uint8Array;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), raw ? content : JSON.stringify(content));
  }
  return folder;
}
