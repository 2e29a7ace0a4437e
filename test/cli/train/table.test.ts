import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTable, type TableOptions } from '../../../src/cli/train/table.ts';
import { failureOf } from '../../support/failure.ts';
import { temporaryFolder } from '../../support/folders.ts';

const CLASSES = { label: 'label', real: false };

async function read(text: string, options: TableOptions = CLASSES, name = 'data.csv') {
  return readTable(join(await temporaryFolder({ [name]: text }), name), options);
}

describe('a table', () => {
  it('is numbers row by row, and labels as classes in the order of their names', async () => {
    const table = await read('a,label,"b, too"\r\n1,rose,-2.5e3\r\n0.5,lily,7\r\n3,rose,0\r\n');
    expect(table).toEqual({
      ...{ kind: 'vectors', name: 'data.csv', input: 2, columns: ['a', 'b, too'], classes: ['lily', 'rose'] },
      notes: [],
      inputs: Float64Array.of(1, -2500, 0.5, 7, 3, 0),
      labels: Float64Array.of(1, 0, 1),
    });
  });

  it('has labels that are numbers in their order, and those that are not numbers after them', async () => {
    expect((await read('a,label\n1,10\n2,x\n3,9\n4,2\n5,b\n')).classes).toEqual(['2', '9', '10', 'b', 'x']);
  });

  it('has as many classes as it is told, or none', async () => {
    const given = await read('a,label\n1,2\n2,0\n', { ...CLASSES, classes: 4 });
    expect(given.classes).toEqual(['0', '1', '2', '3']);
    expect(given.labels).toEqual(Float64Array.of(2, 0));
    const real = await read('a,label\n1,2.5\n2,-1\n', { ...CLASSES, real: true });
    expect(real.classes).toBeUndefined();
    expect(real.labels).toEqual(Float64Array.of(2.5, -1));
  });

  it('has decimal numbers in all their forms, up to the largest of 32 bits', async () => {
    const { inputs } = await read('a,label\n+.5,0\n-1.E2,1\n3.4028235e38,0\n');
    expect(inputs).toEqual(Float64Array.of(0.5, -100, 3.4028235e38));
  });

  it('is without the columns that are left out, whatever they hold', async () => {
    const table = await read('id,a,when,label\n7,1,monday,x\n8,2,,y\n', { ...CLASSES, ignore: ['when', 'id'] });
    expect(table).toMatchObject({ input: 1, columns: ['a'], inputs: Float64Array.of(1, 2) });
    const unnamed = await read(',a,label\n0,1,x\n1,2,y\n', { ...CLASSES, ignore: [''] });
    expect(unnamed.columns).toEqual(['a']);
  });

  it.each([
    [['b'], 'cli.no-such-columns', /^--ignore names "b", and '.*' has no such column; its columns are a, label\.$/],
    [['labl'], 'cli.no-such-columns', / Did you mean "label"\?$/],
    [['label'], 'cli.ignored-label', /^--ignore names "label", the column of the labels; expected others\./],
    [['a'], 'cli.no-input-columns', /has no column besides that of the labels/],
  ])('without %j is refused', async (ignore, code, message) => {
    const error = await failureOf(() => read('a,label\n1,x\n2,y\n', { ...CLASSES, ignore }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('has labels in any form of a number where their number is told', async () => {
    const table = await read('a,label\n1,1.0\n2,0\n3,1\n', { ...CLASSES, classes: 2 });
    expect(table.labels).toEqual(Float64Array.of(1, 0, 1));
    expect(table.notes).toEqual([]);
  });

  it('tells labels that may be one', async () => {
    expect((await read('a,label\n1,1\n3,1.0\n2,Yes\n4,yes\n')).notes).toEqual([
      'labels "1" and "1.0" differ only as numbers are written, and are two classes',
      'labels "Yes" and "yes" differ only in letter case, and are two classes',
    ]);
  });

  it.each([
    ['k', [0, 1, 2, 3, 4], true],
    ['k', [7, 8, 9, 10, 11], true],
    ['k', [0, 1, 2, 3, 5], false],
    ['ID', [4, 12, 3, 7, 5], true],
    ['', [4, 12, 3, 7, 5], true],
    ['id', [4, 12, 3, 7, 4], false],
    ['id', [4.5, 12, 3, 7, 5], false],
    ['k', [0, 1, 2, 3], false],
  ])('with a column %j of %j tells that it counts rows: %s', async (name, values, told) => {
    const rows = values.map((value, k) => `${value},${k % 2}`);
    const { notes } = await read([`${name},label`, ...rows].join('\n'));
    const note = `column "${name}" seems to count the rows; if it says nothing else, leave it out with --ignore '${name}'`;
    expect(notes).toEqual(told ? [note] : []);
  });

  it('may be separated by tabs', async () => {
    expect((await read('a\tlabel\n1\tx\n2\ty\n', CLASSES, 'data.tsv')).inputs).toEqual(Float64Array.of(1, 2));
  });

  it.each([
    [
      'a,label\n1,0\nNaN,1\n2,0\n,1\n',
      CLASSES,
      `cannot be trained on: 2 cells are not as expected:
  line 3, column "a" is "NaN", expected a number
  line 5, column "a" is empty, expected a number
Correct or remove these lines.`,
    ],
    ['a,label\n1,0\n2,1,3\n', CLASSES, ': a cell is not as expected:\n  line 3 has 3 fields, expected 2\n'],
    ['a,label\nInfinity,0\n', CLASSES, 'line 2, column "a" is "Infinity", expected a number'],
    ['a,label\n0x10,0\n', CLASSES, 'line 2, column "a" is "0x10", expected a number'],
    ['a,label\n3.5e38,0\n', CLASSES, 'line 2, column "a" is 3.5e38, beyond what 32-bit numbers hold'],
    ['a,label\n1,-1e999\n', { ...CLASSES, real: true }, 'column "label" is -1e999, beyond what 32-bit numbers hold'],
    [
      'label,a,label\n0,1,0\n1,2,1\n',
      CLASSES,
      'has more than one column "label"; expected a name of its own for each. Rename or remove the others.',
    ],
    [
      'label\n0\n1\n',
      CLASSES,
      'has no column besides that of the labels, "label"; expected at least one column of numbers to tell them from.',
    ],
    ['a,label\n1,\n', CLASSES, 'line 2, column "label" is empty, expected a label'],
    [
      'a,label\n1,0\n2,3\n',
      { ...CLASSES, classes: 3 },
      '\n  line 3, column "label" is "3", expected a label from 0 to 2\n',
    ],
    ['a,label\n2,-1\n', { ...CLASSES, classes: 3 }, 'column "label" is "-1", expected a label from 0 to 2'],
    ['a,label\n2,1.5\n', { ...CLASSES, classes: 3 }, 'column "label" is "1.5", expected a label from 0 to 2'],
    ['a,label\n1,x\n2,1\n', { ...CLASSES, real: true }, 'line 2, column "label" is "x", expected a number'],
    [
      'a,labels\n1,0\n2,1\n',
      CLASSES,
      'has no column "label" for the labels; its columns are a, labels. Did you mean "labels"? Name it with --label.',
    ],
    [
      'a;label\n1;0\n',
      CLASSES,
      'its columns are a;label. It seems to be separated by ";": a .csv is separated by commas, a .tsv by tabs.',
    ],
    ['a,label\n1,"x\n2,y\n3,z"\n', CLASSES, 'column "label" holds a line break, expected a label; is a quotation mark'],
    [
      'a,label\n',
      CLASSES,
      'has no rows; expected a header with the names of the columns, and a line for each example below it.',
    ],
    [
      ['a,label', ...Array.from({ length: 30 }, (_, k) => `${k},${k / 7}`)].join('\n'),
      CLASSES,
      'has 30 different labels in 30 rows, too many for classes. If they are numbers to be met, give --loss squared; if they are classes, give their number with --classes.',
    ],
    [
      ['a,label', ...Array.from({ length: 14 }, () => 'x,0')].join('\n'),
      CLASSES,
      'line 11, column "a" is "x", expected a number\n  and 4 more\n',
    ],
  ] as const)('%j with %j is refused', async (text, options, message) => {
    expect((await failureOf(() => read(text, options))).message).toContain(message);
  });
});
