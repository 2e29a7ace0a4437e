/** What `nexort check` reads besides its options: the program, inputs and sizes, and where the figure goes. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { figureWriter } from '../../src/cli/figureFile.ts';
import { powerOfTwo, sizes, widths } from '../../src/cli/options.ts';
import { located, placed, readProgramFile } from '../../src/cli/programFile.ts';
import { type ProgramInputs, programInputs } from '../../src/cli/programInputs.ts';
import { UserError } from '../../src/errors/index.ts';
import type { Sizes } from '../../src/program/index.ts';
import { temporaryFolder } from '../support/folders.ts';

const OPEN = `program open
  fixed batch, input = 2, class = 3, time = 2 batch
  width n, m = 0.5 n
  data x[batch, input]
  data label[batch] of class
  initial w[n, input] ~ normal(1)
  initial z[time, m] ~ normal(1)
  initial u[class, n] ~ normal(1)
  output f = avg(tanh(x @[input] w) * u[class = label])
  output g = avg(z)
`;

/** Inputs of a program of this text. */
async function inputs(text: string, given: Sizes, data?: object | string): Promise<ProgramInputs> {
  const folder = await temporaryFolder({ 'p.nex': text, ...(data === undefined ? {} : { 'data.json': data }) });
  const file = await readProgramFile(join(folder, 'p.nex'));
  return programInputs(file, given, data === undefined ? undefined : join(folder, 'data.json'));
}

/** The message of what is thrown, folders left out. */
async function message(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error instanceof Error ? error.message.replaceAll(/\/[\w./-]*\//g, '') : '';
}

describe('the program', () => {
  it('knows where its values stand', async () => {
    const folder = await temporaryFolder({ 'p.nex': '\ufeffwidth n\ninitial x[n] ~ normal(1)\noutput f = avg(x^2)\n' });
    const file = await readProgramFile(join(folder, 'p.nex'));
    expect(file.program.name).toBe('p');
    expect(placed({ ...file, path: 'p.nex' }, 'x', 'is odd', 'make it even')).toBe(
      'p.nex:2:9: is odd\n   2 | initial x[n] ~ normal(1)\n     |         ^\nmake it even',
    );
    expect(placed({ ...file, path: 'p.nex' }, 'nowhere', 'is odd')).toBe('p.nex: is odd');
    const error = located(new UserError('room.code', 'a sum overflows', { node: 'x' }), { ...file, path: 'p.nex' });
    expect(error).toMatchObject({ kind: 'user', code: 'room.code', data: { node: 'x' } });
    expect(String(error)).toMatch(/p\.nex:2:9: a sum overflows\n/);
    const other = new UserError('room.code', 'no node', {});
    expect(located(other, file)).toBe(other);
  });

  it('is refused where it cannot be read', async () => {
    const folder = await temporaryFolder({ 'features.nex': '', 'latin.nex': Uint8Array.from([0x23, 0xe9]) });
    expect(await message(readProgramFile(join(folder, 'feature.nex')))).toBe(
      "'feature.nex' cannot be read: there is no such file; expected a program (.nex). Beside it is features.nex.",
    );
    expect(await message(readProgramFile(folder))).toMatch(
      /cannot be read: it is a folder; expected a program \(\.nex\)/,
    );
    expect(await message(readProgramFile(join(folder, 'latin.nex')))).toBe(
      "'latin.nex' is not UTF-8 text; expected a program (.nex). Save it with the encoding UTF-8.",
    );
  });

  const text = 'program p\n  width n\n  initial v[n] ~ normal(1)\n  c = avg(v)\n  output c\n';
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
  const wide = Buffer.concat(
    [...`\uFEFF${text}`].map((one) => Buffer.from([one.charCodeAt(0) % 256, one.charCodeAt(0) >> 8, 0, 0])),
  );
  it.each([
    ['UTF-16', little, 'UTF-16, as its byte order mark says', ', or convert it (iconv -f UTF-16 -t UTF-8)'],
    [
      'UTF-16 of big ends',
      swapped(little),
      'UTF-16, as its byte order mark says',
      ', or convert it (iconv -f UTF-16 -t UTF-8)',
    ],
    ['UTF-32', wide, 'UTF-32, as its byte order mark says', ', or convert it (iconv -f UTF-32 -t UTF-8)'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'what seems to be UTF-16', ''],
  ])('is told to be in %s, and how to convert it', async (_, bytes, words, command) => {
    const folder = await temporaryFolder({ 'wide.nex': Uint8Array.from(bytes) });
    expect(await message(readProgramFile(join(folder, 'wide.nex')))).toBe(
      `'wide.nex' is not UTF-8 text but ${words}; expected a program (.nex). Save it with the encoding UTF-8${command}.`,
    );
  });
});

describe('inputs and sizes', () => {
  it('come from a file, and sizes from the arrays in it', async () => {
    const x = [
      [1, 2.5],
      [-1, 0],
      [3, 1e-3],
    ];
    const { data, sizes: found } = await inputs(OPEN, {}, { x, label: [2, 0, 1] });
    expect(found).toEqual({ batch: 3 });
    expect(data.x).toEqual({ axes: ['batch', 'input'], shape: [3, 2], data: Float64Array.from(x.flat()) });
    expect(data.label).toEqual({ axes: ['batch'], shape: [3], data: Int32Array.from([2, 0, 1]) });
  });

  it('are asked for where they are missing, each at its place', async () => {
    expect(await message(inputs(OPEN, { batch: 2 }))).toBe(
      [
        'p.nex:4:8: "x" has neither numbers nor a law',
        '   4 |   data x[batch, input]',
        '     |        ^',
        'write its numbers down, as in "x[batch, input] = (…)"; or give them with --data FILE.json',
        'p.nex:5:8: "label" has neither numbers nor a law',
        '   5 |   data label[batch] of class',
        '     |        ^^^^^',
        'give them with --data FILE.json',
      ].join('\n'),
    );
    const wide = 'width n\nstate x[n]\nnext state x = x\noutput f = avg(x)';
    expect(await message(inputs(wide, {}))).toMatch(
      /^p\.nex:2:7: "x" has a width axis, so its numbers would be others at every width\n.*\n.*\nstate a law, as in "state x\[n\] ~ 0"$/,
    );
    const drawn = OPEN.replace(/ {2}data.*\n/g, '')
      .replace('x @[input] w', 'w @[input] w')
      .replace('u[class = label]', 'mean[class](u)');
    expect(await message(inputs(drawn, {}))).toBe(
      'program "open" leaves the size of batch open; expected numbers. Give them with --size batch=4, or write them into the program.',
    );
    expect((await inputs(drawn, { batch: 5 })).sizes).toEqual({ batch: 5 });
  });

  it('are refused where they do not fit, all at once', async () => {
    const bad = { x: [[1, 2], [3, 'four'], [5]], label: [0, 1.5, -1], w: [[1, 2]], z: 1 };
    expect(await message(inputs(OPEN, {}, bad))).toBe(
      [
        "the data in 'data.json' do not fit the program:",
        '  - x[1][1] is "four"; expected a number',
        '  - x[2] is an array of 1; expected an array of 2 along input',
        '  - label[1] is 1.5; expected a place from 0 on',
        '  - label[2] is -1; expected a place from 0 on',
        '  - "w" is no input on fixed axes; the program has x, label',
        '  - "z" is no input on fixed axes; the program has x, label',
      ].join('\n'),
    );
    expect(await message(inputs(OPEN, {}, { x: [1, 2], label: 0 }))).toBe(
      [
        "the data in 'data.json' do not fit the program:",
        '  - x is nested 1 deep; expected 2, for [batch, input]',
        '  - label is nested 0 deep; expected 1, for [batch]',
      ].join('\n'),
    );
    const fine = { x: [[1, 2]], label: [0] };
    expect(await message(inputs(OPEN, {}, '{"x": [[1, 1e400]], "label": [0]}'))).toBe(
      'data.json: "x[0][1]" is a number beyond 1.8e308, which no number here can be.',
    );
    expect(await message(inputs(OPEN, {}, { ...fine, label: [3] }))).toMatch(
      /label has 3; expected places below 3, the size of class$/,
    );
    expect(await message(inputs(OPEN, { batch: 4 }, fine))).toMatch(/batch/);
    expect(await message(inputs(OPEN, { n: 4 }, fine))).toBe(
      '--size gives n; expected sizes that program "open" leaves open, and it leaves open batch. Give sizes of the width n with --widths.',
    );
  });

  it.each([
    ['[1, 2]', 'it holds an array'],
    ['null', 'it holds null'],
  ])('are refused where the file is no JSON object: %s', async (text, reason) => {
    expect(await message(inputs(OPEN, {}, text))).toMatch(
      new RegExp(`^'data\\.json' is not the data of a program: ${reason}.*expected one JSON object with nested arrays`),
    );
  });
});

it('inputs with a fault in their JSON are told as in every other file, with its place', async () => {
  expect(await message(inputs(OPEN, {}, '{"x": 1'))).toBe(
    'data.json:1:8: this is no JSON: the text ends; expected "," or "}"\n   1 | {"x": 1\n     |        ^',
  );
});

describe('options', () => {
  it('are lists of widths, sizes by name, and powers of two', () => {
    expect(widths('64,16, 32')).toEqual([16, 32, 64]);
    expect(sizes('batch=4, time = 8', { batch: 2, class: 3 })).toEqual({ batch: 4, time: 8, class: 3 });
    expect(powerOfTwo('16384')).toBe(16384);
  });

  it.each([
    [widths, ''],
    [widths, '8,,16'],
    [widths, '8,8'],
    [widths, '1.5'],
    [sizes, 'batch'],
    [sizes, 'batch=0'],
    [sizes, '=3'],
    [powerOfTwo, '1000'],
    [powerOfTwo, '8'],
  ])('are refused otherwise: %o', (parser, text) => {
    expect(() => parser(text)).toThrow(/^Give /);
  });
});

describe('the figure', () => {
  it('is refused before the work where it could not be written', async () => {
    const folder = await temporaryFolder({ 'figure.svg/in.txt': '', 'file.txt': '', 'p.svg': '' });
    const refused = (name: string | true, program = 'p.nex') =>
      message(figureWriter(name === true ? name : join(folder, name), join(folder, program)));
    expect(await refused('figure.svg')).toBe(
      "The figure 'figure.svg' cannot be written: it is a folder. Give another file with --plot.",
    );
    expect(await refused('file.txt/p.svg')).toMatch(/cannot be written: a part of its path is a file\./);
    expect(await refused('figure.png')).toMatch(/expected a name that ends in \.svg\.$/);
    expect(await refused(true, 'p.svg')).toMatch(/^The figure would take the place of the program/);
    await figureWriter(join(folder, 'new/folders/p.svg'), 'p.nex');
  });
});
