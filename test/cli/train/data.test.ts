import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, readSource } from '../../../src/cli/train/data.ts';
import { interpret } from '../../../src/reference/index.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';

const OPTIONS = { label: 'label', real: false };
const read = (given: string, pixels?: number) =>
  readSource(given, interpret, { ...OPTIONS, ...(pixels === undefined ? {} : { pixels }) });

describe('data to train on', () => {
  it('have columns to leave out where they are a table', async () => {
    const error = await failureOf(() => readSource('teacher', interpret, { ...OPTIONS, ignore: ['a'] }));
    expect(error.code).toBe('cli.ignore-without-table');
    expect(error.message).toBe(
      '--ignore is given with --data teacher, which has no columns; expected a table (.csv, .tsv). Leave it out.',
    );
  });

  it('are a teacher’s classes by name', async () => {
    const source = await read('teacher');
    expect(source).toMatchObject({ kind: 'vectors', name: 'teacher', input: 32 });
    expect(source.kind === 'vectors' && source.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('are a text as its characters, whole ones, by code point', async () => {
    const folder = await temporaryFolder({ 'text.txt': 'ab😀a\n' });
    const source = await read(join(folder, 'text.txt'));
    expect(source).toEqual({
      ...{ kind: 'text', name: 'text.txt', vocabulary: ['\n', 'a', 'b', '😀'] },
      codes: Int32Array.of(1, 2, 3, 1, 0),
    });
    const other = await temporaryFolder({ 'text.txt': 'ab😀b\n' });
    expect(digestOf(source)).not.toBe(digestOf(await read(join(other, 'text.txt'))));
    expect(digestOf(source)).toMatch(/^[\da-f]{64}$/);
  });

  it.each([
    [
      'digit',
      undefined,
      'there are no data "digit" to train on; expected teacher, digits, a table (.csv, .tsv) or a text (.txt). Did you mean "digits"?',
    ],
    [
      'teacher',
      14,
      '--pixels is given with --data teacher, which are no images; expected --data digits. Leave it out.',
    ],
    [
      'none.csv',
      undefined,
      "'none.csv' cannot be read: there is no such file; expected a table (.csv or .tsv) with a header.",
    ],
    ['none.txt', undefined, "'none.txt' cannot be read: there is no such file; expected a text (.txt)."],
  ])('%s is none', async (given, pixels, message) => {
    expect((await failureOf(() => read(given, pixels))).message).toContain(message);
  });
});
