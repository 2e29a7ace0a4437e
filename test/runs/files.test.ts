/** The file system as runs use it. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/runs/files.ts';
import { temporaryFolder } from '../support/folders.ts';

test('several makers of one folder, with those above it, all succeed', async () => {
  const root = await temporaryFolder({});
  for (let turn = 0; turn < 50; turn++) {
    const folder = join(root, `${turn}`, 'a', 'b');
    await Promise.all([folder, join(folder, 'c'), folder].map((path) => nodeFiles.makeFolder(path)));
    expect((await stat(join(folder, 'c'))).isDirectory()).toBe(true);
  }
});
