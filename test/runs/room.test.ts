import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectRoom } from '../../src/runs/index.ts';
import { failureOf } from '../support/failure.ts';
import { temporaryFolder } from '../support/folders.ts';

describe('room for a run', () => {
  it('is looked for on the disk of a folder that is not there yet', async () => {
    const folder = join(await temporaryFolder({}), 'not/there/yet');
    await expectRoom(folder, 1);
    expect(await failureOf(() => expectRoom(folder, 2 ** 60))).toMatchObject({
      code: 'runs.no-room',
      message: expect.stringMatching(
        /^the run needs at least 1\.1e\+9 GB in '.*\/not\/there\/yet', and [\d.]+ GB are free there\. Free some space, or give another folder \(--out\)\.$/,
      ),
    });
  });
});
