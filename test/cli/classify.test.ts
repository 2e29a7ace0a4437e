/** `nexort classify` as its users run it: what it prints, how it ends, and what it leaves on the disk. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { type Ended, nexort } from './nexort.ts';

const classified = (...args: readonly string[]): Promise<Ended> => nexort('classify', ...args);

interface Json {
  readonly [name: string]: unknown;
  readonly reasons: readonly {
    readonly layer: number;
    readonly condition: string;
    readonly exponent: number;
    readonly text: string;
  }[];
}

async function json(...args: readonly string[]): Promise<Json> {
  const { code, stdout, stderr } = await classified(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Json; // checked by the tests
}

describe('a classification', () => {
  it('is a table of exponents, verdicts, reasons, sizes and members of the class', async () => {
    const { code, stdout, stderr } = await classified(
      '--parametrization',
      'mup',
      '--depth',
      '3',
      '--optimizer',
      'adam',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('mup, adam (ε = 0), 3 hidden layers.');
    const cells = lines.map((line) => line.trim().split(/ {2,}/));
    expect(cells.slice(4, 8)).toEqual([
      ['a', 'b', 'c', 'd', 'r'],
      ['layer 1', '0', '0', '0', '1', '0'],
      ['layers 2 to 3', '0', '1/2', '1', '1', '0'],
      ['layer 4 (readout)', '1', '0', '0', '1', '0'],
    ]);
    expect(stdout).toContain(
      ['stable       yes', 'faithful     yes', 'nontrivial   yes', 'regime       feature learning, r = 0'].join('\n'),
    );
    expect(stdout).toContain('\nWhy:\n  - Layer 4 (readout): its own updates change f by order 1: a_4 + c_4 = 1.\n');
    expect(stdout).toContain('\nTrains like mup. Members of its class, the same training at every width:\n');
    expect(cells).toContainEqual(['layer 4 (readout)', 'n^(-1/2)', '1', '1', '1']);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('of what does not train says what breaks, what does no harm, and what would repair it', async () => {
    const { code, stdout } = await classified('--parametrization', 'sp', '--rate', '1');
    expect(code).toBe(0);
    const text = stdout.replace(/\n {4}(?=\S)/g, ' ');
    expect(text).toContain('stable       no, though it is at initialization\n');
    expect(text).toContain(
      'faithful     no, not even at initialization; adam does not mind, its Q is scale-invariant\nnontrivial   -\nregime       unstable\n',
    );
    expect(text).toContain(
      'Why:\n  - Layer 4 (readout): f changes by a term that grows like n^(1/2), for n initial weights of size n^(-1/2) meet features that change by order 1 in their direction (r = r_2 = 0): a_4 + b_4 + r = 1/2, and stability needs at least 1.\n',
    );
    expect(text).toContain('Without harm:\n  - Layer 1: what Q sees at initialization vanishes like n^(-1/2)');
    expect(text).toContain('With one rate for all layers, n^(-c) is stable from c = 3/2 on.\n');
    expect(text).toContain(
      'Nearest that trains, by |Δb| + |Δc| summed over layers: at distance 1/2, feature learning.\n  b_4: 1/2 → 1\n',
    );
    expect(text).toContain(
      'Nearest in which every layer learns features, µP up to symmetry: at distance 3/2, feature learning.\n  c_1: 1 → 0\n  b_4: 1/2 → 1\n',
    );
  });

  it('of a linear rule speaks of the kernel regime, unless its updates are clipped', async () => {
    const args = ['--parametrization', 'ntp', '--optimizer', 'sgd'];
    expect((await classified(...args)).stdout).toContain(
      'regime       operator, r = 1/2 (Q is linear: the kernel regime)\n',
    );
    expect((await classified(...args, '--clip', 'clip')).stdout).toContain('regime       operator, r = 1/2\n');
  });

  it('is one JSON object with --json', async () => {
    const found = await json('--parametrization', 'sp', '--optimizer', 'adam', '--depth', '2', '--rate', '1');
    expect(found).toMatchObject({
      ...{ parametrization: 'sp', depth: 2, optimizer: 'adam', clipping: 'none', stable: false, faithful: false },
      ...{ nontrivial: null, regime: 'unstable', r: 0, faithfulNeeded: false, largestStableRate: 1.5, names: [] },
      repair: { regime: 'feature learning', distance: 0.5, changes: [{ layer: 3, exponent: 'b', from: 0.5, to: 1 }] },
    });
    expect(found.reasons[0]).toMatchObject({
      layer: 3,
      condition: 'a_3 + b_3 + r ≥ 1',
      left: 0.5,
      right: 1,
      exponent: 0.5,
    });
    expect(found.reasons[0]?.text).toMatch(/^Layer 3 \(readout\): f changes by a term that grows like n\^\(1\/2\), /);
    expect(found.layers).toMatchObject([
      { layer: 1, kind: 'vector', a: 0, b: 0, c: 1, d: 0, r: 1 },
      { layer: 2, kind: 'matrix', b: 0.5, r: 0 },
      { layer: 3, kind: 'readout', b: 0.5, r: 0 },
    ]);
    expect(found.sizes).toMatchObject([
      { step: 0, output: 0, outputChange: null },
      { step: 1, output: 0.5, outputChange: 0.5 },
      { step: 2 },
      { step: 3 },
    ]);
  });

  it.each<[string, readonly string[], object]>([
    [
      'NTP',
      ['--parametrization', 'ntp'],
      { stable: true, faithful: true, nontrivial: true, regime: 'operator', r: 0.5, names: ['ntp'] },
    ],
    [
      'UP',
      ['--parametrization', 'up:0.25'],
      { stable: true, faithful: true, nontrivial: true, regime: 'operator', r: 0.25, names: ['up:1/4'] },
    ],
    ['SP as it is', ['--parametrization', 'sp'], { stable: false, regime: 'unstable', r: -1, names: ['sp'] }],
    [
      'SP with SGD',
      ['--parametrization', 'sp', '--optimizer', 'sgd', '--rate', '1'],
      { stable: true, regime: 'operator', r: 0.5 },
    ],
    [
      'SP with the largest rate',
      ['--parametrization', 'sp', '--optimizer', 'sign', '--rate', '3/2'],
      { stable: true, regime: 'operator' },
    ],
    [
      'SP with a readout at zero',
      ['--parametrization', 'sp', '--rate', '1', '--readout-start', 'zero'],
      { stable: true, regime: 'feature learning' },
    ],
    [
      'SP with ε',
      ['--parametrization', 'sp', '--rate', '1', '--epsilon'],
      { stable: true, regime: 'unfaithful', nontrivial: null },
    ],
    [
      'mean field',
      ['--parametrization', 'mean-field'],
      { depth: 1, regime: 'feature learning', names: ['mup', 'mean-field'] },
    ],
    ['deep mean field', ['--parametrization', 'mean-field', '--depth', '2'], { stable: false, regime: 'unstable' }],
    [
      'clipped µP',
      ['--parametrization', 'mup-clipped'],
      { clipping: 'divide-by-clipped-norm', regime: 'feature learning', names: ['mup-clipped'] },
    ],
    [
      'µP that is clipped',
      ['--parametrization', 'mup', '--clip', 'normalize'],
      { clipping: 'normalize', regime: 'trivial', nontrivial: false },
    ],
    [
      'µP that is clipped as usual',
      ['--parametrization', 'mup', '--clip', 'clip'],
      { regime: 'feature learning', names: ['mup'] },
    ],
  ])('of %s', async (_, args, expected) => expect(await json(...args)).toMatchObject(expected));

  it('reads files, and prints numbers at a width', async () => {
    const text = JSON.stringify({ a: [0, 0, 1], b: [0, '1/2', 0], c: [0, 1, 0], d: [1, 1, 1], baseWidth: 128 });
    const file = join(await temporaryFolder({ 'mine.json': text }), 'mine.json');
    const { code, stdout } = await classified('--parametrization', file, '--width', '512', '--depth', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mine, adam/);
    expect(stdout).toContain('Q(n^d gradient), n being the width');
    const cells = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(cells).toContainEqual(['multiplier', 'deviation', 'rate', 'gradient']);
    expect(cells).toContainEqual(['layer 2', '1', '0.5', '0.25', '4']);
    expect(cells).toContainEqual(['layer 3 (readout)', '0.25', '1', '1', '4']);
    const layerwise = JSON.stringify({ a: [0, 1], b: [0, 0], c: [0, 0], d: [1, 1] });
    const other = join(await temporaryFolder({ 'two.json': layerwise }), 'two.json');
    expect(await json('--parametrization', other)).toMatchObject({ depth: 1, names: ['mup', 'mean-field'] });
  });
});

describe('the phase diagram', () => {
  it('is written where it is told to', async () => {
    const folder = await temporaryFolder({});
    const file = join(folder, 'phases.svg');
    const { code, stdout, stderr } = await classified(
      '--parametrization',
      'sp',
      '--rate',
      '1',
      '--plot',
      file,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: `figure: ${file}\n` });
    JSON.parse(stdout);
    const svg = await readFile(file, 'utf8');
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*>sp with adam, 3 hidden layers<[\s\S]*<\/svg>\n$/,
    );
    expect(svg).toContain('>NTP, SP, rate n^(−3/2)<');
    expect(await readdir(folder)).toEqual(['phases.svg']);
  });

  it('fails before the work where it could not be written', async () => {
    const folder = await temporaryFolder({ 'figure.svg/inside.txt': 'a folder of that name' });
    const { code, stdout, stderr } = await classified('--plot', join(folder, 'figure.svg'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('cannot be written: it is a folder.');
    expect((await classified('--plot', 'figure.png')).stderr).toContain('expected a name that ends in .svg');
  });
});

describe('bad input', () => {
  it.each<[string, readonly string[], string]>([
    [
      'a parametrization that is not known',
      ['--parametrization', 'mupp'],
      'error: parametrization "mupp" is not known. Did you mean "mup"? Known are sp, ntp, mup, mean-field, up:s, and files whose names end in .json.\n',
    ],
    [
      'an s beyond 1/2',
      ['--parametrization', 'up:0.75'],
      'error: up:s is given s = 3/4; expected a number from 0 (µP) to 1/2 (NTP), such as up:0.25.\n',
    ],
    [
      'an optimizer that is not known',
      ['--optimizer', 'adm'],
      'error: optimizer "adm" is not known. Did you mean "adam"? Known are sgd, ',
    ],
    [
      'depth 0',
      ['--depth', '0'],
      "error: option '--depth <number>' argument '0' is invalid. Give a whole number from 1 to 1000.\n",
    ],
    [
      'a depth in words',
      ['--depth', 'three'],
      "error: option '--depth <number>' argument 'three' is invalid. Give a whole number from 1 to 1000.\n",
    ],
    [
      'clipping that is none',
      ['--clip', 'normalise'],
      "error: --clip is given 'normalise'; expected one of none, normalize, normalize-by-weight, divide-by-clipped-norm, clip. Did you mean 'normalize'?\n",
    ],
    [
      'a rate in words',
      ['--rate', 'fast'],
      "error: option '--rate <c>' argument 'fast' is invalid. Give a number or a fraction, such as 1 or 3/2.\n",
    ],
    [
      'a width of 0',
      ['--width', '0'],
      "error: option '--width <number>' argument '0' is invalid. Give a number above 0.\n",
    ],
    ['an unknown option', ['--param', 'mup'], "error: unknown option '--param'\n"],
    [
      'a zero readout beneath a weight norm',
      ['--readout-start', 'zero', '--clip', 'normalize-by-weight'],
      'error: a parameter starts at zero (b = "zero"), and updates are divided by the norm of the weight.',
    ],
  ])('is refused: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await classified(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(message), stderr).toBe(true);
    expect(stderr).not.toContain('    at ');
  });

  it.each<[string, string, readonly string[], (file: string) => string]>([
    [
      'a file that is no JSON, with the place',
      '{\n  "a": [0, 0, 1],\n  "b": [0, }\n}',
      [],
      (file) => `error: ${file}:3:12: this is no JSON: found "}"; expected a number,`,
    ],
    [
      'a file that ends too early',
      '{\n  "a": [0',
      [],
      (file) => `error: ${file}:2:10: this is no JSON: the text ends; expected "," or "]"\n`,
    ],
    [
      'an empty file',
      '',
      [],
      (file) =>
        `error: ${file}:1:1: this is no JSON: the text ends; expected a number, a text in quotes, a list or an object\n`,
    ],
    [
      'exponents missing for a parameter',
      '{"out": 1, "vector": {"a": 0, "b": 0, "c": 0, "d": 1}}',
      [],
      () =>
        'error: parametrization "mine" has no exponents for w2 (matrix), w3 (matrix); it has some for vector, readout.',
    ],
    [
      'exponents missing for a layer',
      '{"a": [0, 0, 0, 1], "b": [0, 0.5, 0.5, 0], "c": [0, 1, 1, 0], "d": [1, 1, 1, 1]}',
      ['--depth', '4'],
      () =>
        'error: parametrization "mine" gives exponents for 4 layers, that is 3 hidden ones and a readout; expected 5 for depth 4.',
    ],
    [
      'everything that is wrong in it at once',
      '{"a": [0, 0], "b": [0], "c": [0, "x"], "e": 1}',
      [],
      () =>
        [
          'error: parametrization "mine" cannot be read:',
          '  - "e" is not known. Known are name, out, parameters, baseWidth, a, b, c, d',
          '  - b is a list of 1; expected a list of at least two exponents, first layer to readout',
          '  - d is missing; expected a list of exponents, first layer to readout',
          '  - c of layer 2 is "x"; expected a number or a fraction such as "1/2"\n',
        ].join('\n'),
    ],
    [
      'two base widths',
      '{"a": [0, 1], "b": [0, 0], "c": [0, 0], "d": [1, 1], "baseWidth": 64}',
      ['--base-width', '128'],
      () =>
        'error: parametrization "mine" has base width 64, and base width 128 is given; expected one. Leave one of them out.\n',
    ],
  ])('is refused: %s', async (_, text, args, message) => {
    const file = join(await temporaryFolder({ 'mine.json': text }), 'mine.json');
    const { code, stdout, stderr } = await classified('--parametrization', file, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(message(file)), stderr).toBe(true);
  });

  test('a file that is not there', async () => {
    const folder = await temporaryFolder({ 'mine.json': '{}' });
    const { code, stderr } = await classified('--parametrization', join(folder, 'mien.json'));
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error: '${join(folder, 'mien.json')}' cannot be read: there is no such file; expected a parametrization (.json). Beside it is mine.json.\n`,
    );
  });
});

test('--help has examples, and says what the words mean', async () => {
  const { code, stdout } = await classified('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('nexort classify --parametrization mup --depth 3 --optimizer adam');
  expect(stdout).toContain('"operator" where they change by n^(-r)');
});
