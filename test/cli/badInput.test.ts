import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nexortIn } from './nexort.ts';

const DEEP = 100_000;
const deep = (open: string, close: string): string => open.repeat(DEEP) + close.repeat(DEEP);

const folder = mkdtempSync(join(tmpdir(), 'nexort-bad-'));
/** Where the commands run: nothing may appear there. */
const here = mkdtempSync(join(tmpdir(), 'nexort-here-'));
afterAll(() => {
  for (const path of [folder, here]) rmSync(path, { recursive: true, force: true });
});

const FILES: Readonly<Record<string, string>> = {
  'deep.json': deep('[', ']'),
  'deep-object.json': `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  'deep-open.json': '['.repeat(DEEP),
  'deep-name.json': `{"name": ${deep('[', ']')}, "a": ${deep('[', ']')}, "prompt": ${deep('[', ']')}}`,
  'names.json': '{"__proto__": 1, "constructor": 2, "toString": 3, "hasOwnProperty": 4}',
  'optimizer.json':
    '{"hyperparameters": {"__proto__": 1, "constructor": 2}, "formulas": "update = __proto__ * constructor"}',
  'parametrization.json':
    '{"a": [0, 0], "b": [0, 0], "c": [0, 0], "d": [0, 0], "parameters": {"__proto__": 3, "constructor": 4}}',
  'spaced.json':
    '{"prompt": "{a} It was {m}.", "labels": [{"name": "x", "word": "great"}, {"name": "y", "word": "bad"}], "data": "table.csv"}',
  'table.csv': 'a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n',
  'controls.csv': `a,b\u001b[31m,label\n1,\u001b[2J${'z'.repeat(5000)}\u009b1m,x\n3,\u0007,y\n`,
  'program.nex': `program p\n  fixed batch = 2\n  width n\n  data x[batch]\n  initial v[n] ~ normal(1)\n  y[batch] = x * avg(v)\n  output y\n`,
  'open.nex': `program p\n  fixed time\n  width n\n  initial x[time, n] ~ normal(1)\n  score[time, time'] = mean[n](x * x[time'])\n  output score\n`,
  'own/x.txt': 'not of nexort',
};

writeFileSync(join(folder, 'plain'), '');
execFileSync('mkdir', [join(folder, 'own')]);
for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
for (const name of ['loop', 'loop.json', 'loop.csv', 'loop.nex', 'loop.html', 'loop.svg']) {
  symlinkSync(name, join(folder, name));
}
for (const name of ['pipe', 'pipe.json', 'pipe.csv', 'pipe.txt', 'pipe.nex', 'pipe.html', 'pipe.svg']) {
  execFileSync('mkfifo', [join(folder, name)]);
}

const at = (name: string): string => join(folder, name);

/** Names and sizes: of the folder, nothing may be changed. */
const state = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${name.startsWith('loop') ? '' : statSync(at(name)).size}`);

/** One message, told as one, with nothing made and nothing changed. */
async function refused(args: readonly string[], expected?: RegExp): Promise<void> {
  const before = state();
  const { code, stdout, stderr } = await nexortIn(here, ...args);
  expect({ code, stdout, written: readdirSync(here) }, stderr).toEqual({ code: 2, stdout: '', written: [] });
  expect(stderr).toMatch(/^error: /);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  // Neither a stack, nor what engines call things, nor a hint that the fault is ours.
  expect(stderr).not.toMatch(/^ {4}at |NEXORT_DEBUG|bug in nexort|\[object|undefined|NaN|0\.00 ?GB|is not a function/m);
  expect(stderr).not.toMatch(/Maximum call stack|Invalid array|Error: E[A-Z]+/);
  expect([...stderr].filter((character) => character !== '\n' && /\p{Cc}/u.test(character))).toEqual([]);
  expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(1100);
  if (expected !== undefined) expect(stderr).toMatch(expected);
  expect(state()).toEqual(before);
}

const LITTLE = ['--k', '2', '--seeds', '1', '--limit', '2'];
const TRAIN = ['train', '--steps', '1', '--width', '8'];

const CASES: Readonly<Record<string, readonly (readonly [readonly string[], RegExp?])[]>> = {
  'names that JavaScript objects have': ['__proto__', 'constructor'].flatMap(
    (name): (readonly [readonly string[]])[] => [
      [['kernel', name]],
      [['kernel', '--params', name]],
      [['kernel', '--solver', name]],
      [['kernel', '--columns', `${name}=a`, '--data', at('table.csv')]],
      [['coord', '--net', name]],
      [['coord', '--activation', name]],
      [['coord', '--optimizer', name]],
      [['coord', '--optimizer', `adam:${name}=1`]],
      [['coord', '--parametrization', name]],
      [['transfer', '--net', name]],
      [['transfer', '--data', name]],
      [['transfer', '--sweep', name, '--values', '1']],
      [['transfer', '--parametrizations', name]],
      [['limit', '--data', name]],
      [['limit', '--reduction', name]],
      [['limit', '--deviation', `${name}=1`]],
      [['train', '--net', name]],
      [['train', '--loss', name]],
      [['train', '--data', name]],
      [['train', '--schedule', name]],
      [['train', '--schedule', `cosine:${name}=1`]],
      [['train', '--activation', name]],
      [['train', '--freeze', name]],
      [['train', '--data', at('table.csv'), '--label', name]],
      [['classify', '--optimizer', name]],
      [['classify', '--clip', name]],
      [['classify', '--parametrization', name]],
      [['check', at('program.nex'), '--size', `${name}=4`]],
    ],
  ),
  'such names in JSON': [
    [['kernel', at('names.json')], /"constructor" is not known/],
    [['train', '--optimizer', at('names.json')], /"constructor" is not known/],
    [['train', '--optimizer', at('optimizer.json')]],
    [['classify', '--parametrization', at('names.json')], /"constructor" is not known/],
    [['classify', '--parametrization', at('parametrization.json')]],
    [['check', at('program.nex'), '--data', at('names.json')], /"constructor" is no input/],
  ],
  'JSON that is nested too deeply': ['deep.json', 'deep-object.json', 'deep-open.json', 'deep-name.json'].flatMap(
    (name): (readonly [readonly string[], RegExp?])[] => [
      [['kernel', at(name)]],
      [[...TRAIN, '--optimizer', at(name)], /nested more than 500 levels deep/],
      [['classify', '--parametrization', at(name)], /nested more than 500 levels deep/],
      [['check', at('program.nex'), '--data', at(name)]],
    ],
  ),
  'links that lead back to themselves': [
    [['kernel', at('loop.json')], /leads back to itself/],
    [['kernel', '--data', at('loop.csv')], /leads back to itself/],
    [['kernel', '--splits', at('loop')], /leads back to itself/],
    [['kernel', '--model', at('loop')]],
    [['kernel', ...LITTLE, '--out', at('loop')], /leads back to itself/],
    [['predict', at('loop'), '--text', 'a'], /leads back to itself/],
    [[...TRAIN, '--data', at('loop.csv')], /leads back to itself/],
    [[...TRAIN, '--from', at('loop')]],
    [[...TRAIN, '--out', at('loop')], /leads back to itself/],
    [[...TRAIN, '--plot', at('loop.svg')], /leads back to itself/],
    [['coord', '--report', at('loop.html')], /leads back to itself/],
    [['check', at('loop.nex')], /leads back to itself/],
    [['classify', '--parametrization', at('loop.json')], /leads back to itself/],
  ],
  'pipes in the place of files': [
    [['kernel', at('pipe.json')], /it is a pipe/],
    [['kernel', '--data', at('pipe.csv')], /it is a pipe/],
    [['kernel', '--splits', at('pipe')]],
    [['kernel', '--model', at('pipe')]],
    [['kernel', ...LITTLE, '--out', at('pipe')]],
    [['predict', at('pipe'), '--text', 'a']],
    [[...TRAIN, '--data', at('pipe.csv')], /it is a pipe/],
    [[...TRAIN, '--net', 'transformer', '--data', at('pipe.txt')], /it is a pipe/],
    [[...TRAIN, '--from', at('pipe')], /it is a pipe/],
    [[...TRAIN, '--optimizer', at('pipe.json')], /it is a pipe/],
    [[...TRAIN, '--plot', at('pipe.svg')], /it is a pipe/],
    [['coord', '--report', at('pipe.html')], /it is a pipe/],
    [['check', at('pipe.nex')], /it is a pipe/],
    [['check', at('program.nex'), '--data', at('pipe.json')], /it is a pipe/],
    [['classify', '--parametrization', at('pipe.json')], /it is a pipe/],
  ],
  'places where nothing can be made': [
    [['kernel', ...LITTLE, '--out', '/proc/x/y'], /no folders can be made there/],
    [[...TRAIN, '--out', '/proc/x/y'], /no folders can be made there/],
    [['transfer', '--out', '/proc/x/y'], /no folders can be made there/],
    [['limit', '--out', '/proc/x/y'], /no folders can be made there/],
    [['limit', '--plot', '/proc/x.svg']],
    [[...TRAIN, '--plot', '/proc/x.svg']],
    [['coord', '--report', '/proc/x/y.html']],
    [[...TRAIN, '--out', at('plain/x')], /is a file or lies below one/],
    [[...TRAIN, '--out', at('own')], /is not a run folder: it has no run.json and holds x.txt/],
  ],
  'commands that are wrong only in their last part': [
    [['kernel', ...LITTLE, '--params', 'match:*nothing*'], /selects none of the model's/],
    [['kernel', '--k', '1', '--seeds', '1', '--solver', 'logistic'], /at least two training examples of each/],
    [['kernel', ...LITTLE, '--memory', '5'], /--memory 5B is too small/],
    [[...TRAIN, '--freeze', 'nothing*', '--out', 'new']],
    [[...TRAIN, '--from', at('table.csv'), '--out', 'new']],
  ],
  'options without effect': [
    [
      ['kernel', '--ridge', '0.1'],
      /--ridge has no effect: it is of --solver ridge, and the solver is dev\. Leave it out/,
    ],
    [['kernel', '--columns', 'label=a,text=b'], /--columns has no effect: it is of --data/],
    [['predict', 'runs/x', '--text', 'a', '--columns', 'text=b'], /--columns has no effect: it is of --file/],
    [['predict', 'runs/x', '--text', 'a', '--top', '3', '--json'], /--top has no effect: the JSON object holds all/],
    [[...TRAIN, '--label', 'a', '--classes', '3'], /--label has no effect: --data \S+ is no table\. Leave it out/],
    [[...TRAIN, '--heads', '2'], /--heads has no effect: --net mlp reads no texts/],
    [[...TRAIN, '--checkpoint-every', '2'], /--checkpoint-every has no effect: without --out/],
  ],
  'sizes beyond all arrays': [
    [['train', '--width', '9007199254740991'], /GB at least, more than the/],
    [['train', '--width', '1000000'], /GB at least, more than the/],
    [['train', '--depth', '100000']],
    [['coord', '--depth', '1000000000']],
    [['coord', '--input', '9000000000000000'], /Give a whole number from 1 to 10000/],
    [['coord', '--batch', '9000000000000000'], /Give a whole number from 1 to 10000/],
    [['transfer', '--depth', '100000']],
    [['classify', '--depth', '100000']],
    [['kernel', '--threads', '100000']],
    [['predict', 'runs/x', '--text', 'a', '--threads', '1000000000']],
    [['train', '--threads', '9007199254740991']],
    [['kernel', '--k', '9007199254740991'], /Use k = \d+ or less/],
    [['coord', '--seeds', '1000000000000']],
    [['transfer', '--seeds', '500000000']],
    [['train', '--data', at('table.csv'), '--classes', '1000000000']],
    [['limit', '--widths', '64,1000000'], /at width 1000000, .* more than the/],
    [['limit', '--scramblings', '1000000'], /Give a whole number from 2 to 1000/],
    [['limit', '--depth', '100000']],
    [['train', '--net', 'transformer', '--heads', '9007199254740991'], /--width 256 cannot be shared by/],
    [['check', at('open.nex'), '--size', 'time=1000000000000'], /GB, more than the/],
  ],
  'what misleads': [
    [['kernel', at('table.csv')], /has no column 'text'.*--columns text=NAME/],
    [['kernel', at('spaced.json')], /left out, it is "\{a\} It was\{m\}\."/],
    [['train', '--data', at('controls.csv')], /"b\\u001b\[31m"/],
  ],
};

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  it.each(cases.map(([args, expected]) => ({ line: args.join(' ').replaceAll(folder, '.'), args, expected })))(
    'nexort $line',
    ({ args, expected }) => refused(args, expected),
  );
});

/** Options that take numbers, by what they take. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  kernel: ['--k', '--limit', '--threads', '--seeds'],
  predict: ['--seed', '--top', '--threads'],
  train: [
    ...['--depth', '--width', '--heads', '--context', '--pixels', '--classes', '--base-width', '--steps', '--batch'],
    ...['--evaluate-every', '--checkpoint-every', '--seed', '--threads'],
  ],
  coord: ['--depth', '--widths', '--seeds', '--seed', '--steps', '--batch', '--input'],
  transfer: ['--depth', '--widths', '--seeds', '--seed', '--steps', '--batch', '--base-width', '--pixels'],
  limit: [
    ...['--depth', '--widths', '--seeds', '--seed', '--steps', '--batch', '--batches', '--examples', '--evaluate'],
    ...['--samples', '--subsample', '--scramblings', '--heads', '--context', '--classes', '--pixels', '--threads'],
  ],
  check: ['--widths', '--seeds', '--steps', '--seed', '--samples', '--scramblings', '--size'],
  classify: ['--depth'],
};
const REAL: Readonly<Record<string, readonly string[]>> = {
  kernel: ['--ridge', '--memory'],
  predict: ['--memory'],
  train: ['--held-out', '--learning-rate', '--clip-norm'],
  coord: ['--learning-rate'],
  transfer: ['--learning-rate', '--values', '--rates'],
  limit: ['--learning-rate', '--deviation', '--memory'],
  check: ['--memory'],
  classify: ['--rate', '--readout-start', '--width', '--base-width'],
};

const numbers = (options: typeof WHOLE, values: readonly string[]) =>
  Object.entries(options).flatMap(([command, flags]) =>
    flags.flatMap((flag) => values.map((value) => ({ command, flag, value }))),
  );

describe('numbers that are none', () => {
  it.each([...numbers(WHOLE, ['abc', '', '1.5', '1e400']), ...numbers(REAL, ['abc', '', '1e400'])])(
    'nexort $command $flag=$value',
    async ({ command, flag, value }) => {
      await refused([command, `${flag}=${value}`], new RegExp(flag));
    },
  );
});
