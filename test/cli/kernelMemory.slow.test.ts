/** `nexort kernel` within its memory, with all parameters or three classes, and the embedded model. */

import { join } from 'node:path';
import { beforeAll, describe, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort } from './builtNexort.ts';
import { expectLeastSuffices, expectNearForecast, ownTask } from './memoryRuns.ts';

let built: BuiltNexort;
beforeAll(async () => {
  built = await BuiltNexort.build();
});

const newPath = async (): Promise<string> => join(await temporaryFolder({}), 'run');

describe('the peak of a run stays near its forecast', () => {
  test('all parameters', async () => {
    const size = ['--limit', '100', '--seeds', '13', '--k', '4'];
    await expectNearForecast(built, 'kernel', ...size, '--out', await newPath());
  });

  test('several classes', async () => {
    await expectNearForecast(built, ...ownTask(await newPath()));
  });
});

describe('--memory', () => {
  test('too small is refused with the minimum, which suffices: three classes', async () => {
    const folder = await newPath();
    await expectLeastSuffices(built, folder, ownTask(folder));
  });
});
