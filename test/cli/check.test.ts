/** `nexort check` as its users run it: what it prints, how it ends, and what it leaves on the disk. */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/experiments/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort, type Finished } from './builtNexort.ts';
import { type Ended, nexort } from './nexort.ts';

const PROGRAMS = resolve(import.meta.dirname, '../../examples/programs');
/** A first look: what is computed well is tested with the experiment. */
const QUICK = ['--widths', '16,8,32,64,128', '--seeds', '60', '--samples', '512', '--scramblings', '4'];

let built: BuiltNexort;
beforeAll(async () => {
  built = await BuiltNexort.build();
});

/** Checks a program of this text, in a file of its own. */
async function checked(text: string, ...args: readonly string[]): Promise<Finished & { readonly file: string }> {
  const file = join(await temporaryFolder({ 'program.nex': text }), 'program.nex');
  return { file, ...(await built.run('check', file, ...args)) };
}

describe('a program in the language', () => {
  it('is printed with a row for each number, and passes', async () => {
    const { code, stdout, stderr } = await built.run('check', join(PROGRAMS, 'random-features.nex'), ...QUICK);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [printed, language, table, conclusion] = stdout.split(/\n\n(?=The|Root|Every)/);
    const written = await readFile(join(PROGRAMS, 'random-features.nex'), 'utf8');
    expect(printed).toBe(written.trim());
    expect(language).toBe('The program lies in NE⊗OR⊤: every output without a width axis has an infinite-width limit.');
    expect(conclusion).toBe('Every output approaches its limit no slower than n^(-1/2).\n');
    const [intro = '', rows = ''] = table?.split('\n\n') ?? [];
    expect(intro).toContain('at width n over 60 seeds');
    const cells = rows.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(cells[0]).toEqual(['limit', 'n=8', 'n=16', 'n=32', 'n=64', 'n=128', 'exponent', 'verdict']);
    expect(cells.slice(1).map(([name]) => name)).toEqual(['0, 0', '0, 1', '1, 0', '1, 1'].map((at) => `kernel[${at}]`));
    for (const row of cells.slice(1)) {
      const number = expect.stringMatching(/^[\d.]+$/);
      const limit = expect.stringMatching(/^-?[\d.]+( exact| ± [\d.]+)$/);
      const exponent = expect.stringMatching(/^-?[\d.]+ ± [\d.]+$/);
      expect(row.slice(1)).toEqual([limit, ...Array<unknown>(5).fill(number), exponent, 'no slower']);
    }
  });

  it('prints what docs/tour.md shows', async () => {
    const tour = await readFile(resolve(PROGRAMS, '../../docs/tour.md'), 'utf8');
    const [, shown = ''] = /```\n( +limit +n=32 [\s\S]*?)```/.exec(tour) ?? [];
    const { code, stdout } = await built.run('check', join(PROGRAMS, 'w-and-transpose.nex'));
    expect(code).toBe(0);
    expect(shown).not.toBe('');
    expect(stdout.endsWith(`\n\n${shown}`), stdout).toBe(true);
  });

  it('is one JSON object with --json, in which limits, means and distances fit together', async () => {
    const file = join(PROGRAMS, 'tied-recurrent.nex');
    const { code, stdout, stderr } = await built.run('check', file, ...QUICK, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as CheckResult & { readonly file: string }; // checked below
    const { outputs, ...rest } = result;
    expect(rest).toEqual({
      file,
      program: 'weight-tied recurrent network',
      inFragment: true,
      violations: [],
      notes: [],
      singularities: [],
      steps: 1,
      widths: [8, 16, 32, 64, 128],
      seeds: 60,
      finite: [],
      passed: true,
    });
    expect(outputs.map(({ name }) => name)).toEqual(['size', 'memory', 'echo']);
    for (const { limit, standardError, distances, exponent, exponentInterval, verdict } of outputs) {
      expect(standardError).toBeGreaterThanOrEqual(0);
      expect(distances.map(({ width }) => width)).toEqual([8, 16, 32, 64, 128]);
      // Jensen: no mean is farther from the limit than the root of the mean square is.
      for (const { rms, mean } of distances) expect(Math.abs(mean - limit)).toBeLessThanOrEqual(rms);
      const [low = Number.NaN, high = Number.NaN] = exponentInterval ?? [];
      expect((low + high) / 2).toBeCloseTo(exponent ?? Number.NaN, 10);
      expect(verdict).toBe('ok');
    }
  });

  it('carries its state over the steps that are asked for', async () => {
    const { code, stdout } = await checked(
      `program counter
        width n
        state x[n] ~ normal(1)
        state count ~ 0
        next state x = 2 * x
        next = count + 1
        next state count = next
        output next
        output size = avg(x^2)`,
      ...QUICK,
      ...['--steps', '3'],
    );
    expect(stdout).toContain('from the limit after 3 steps, at width n');
    expect(stdout).toMatch(/^next +3 exact( +0){5} +equal$/m);
    // Variance 4² of x after two doublings.
    expect(Number(/size +([\d.]+)/.exec(stdout)?.[1])).toBeCloseTo(16, 0);
    expect(code).toBe(0);
  });

  it('fails where an output approaches its limit too slowly, and says which', async () => {
    const { code, stdout } = await checked(
      'program slow\n  width n\n  initial x[n] ~ normal(1)\n  output fine = avg(x^2)\n  output slow = |n|^-0.1',
      ...QUICK,
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^slow .* -0\.10 ± 0\.\d\d {2}SLOWER$/m);
    expect(stdout).toMatch(/^fine .* no slower$/m);
    expect(stdout).toContain(
      '\nFAILED: slow approaches its limit slower than n^(-1/2), beyond three standard errors of the exponent.\n',
    );
  });
});

describe('a program outside the language', () => {
  it('fails with the place of each violation and what finite widths give', async () => {
    const args = [join(PROGRAMS, 'outside.nex'), ...QUICK, '--plot', 'never.svg'];
    const { code, stdout, stderr } = await built.run('check', ...args);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'No figure was written: the program has no limit to draw distances from.\n',
    });
    expect(stdout).toContain(
      [
        `${join(PROGRAMS, 'outside.nex')}:10:12: update: is an entrywise function of an initial matrix; an initial matrix may only be combined linearly with fixed coefficients and multiply vectors`,
        '  10 |   update = sign(g + 0.1 * |n|^0.5 * W)',
        '     |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^',
      ].join('\n'),
    );
    expect(stdout).toContain('It still runs at finite width n; mean ± standard deviation over 60 seeds:');
    expect(stdout).toMatch(/^f( {2,}-?[\d.]+ ± [\d.]+){2,5}$/m);
    expect(stdout).toMatch(/\nFAILED: the program breaks a rule of NE⊗OR⊤\.\n$/);
  });

  it('has means and spreads in its JSON object, and no outputs', async () => {
    const { code, stdout } = await built.run('check', join(PROGRAMS, 'central-limit.nex'), ...QUICK, '--json');
    const { inFragment, passed, outputs, finite, violations } = JSON.parse(stdout) as CheckResult; // checked here
    expect({ code, inFragment, passed, outputs }).toEqual({ code: 1, inFragment: false, passed: false, outputs: [] });
    expect(violations.map(({ rule }) => rule)).toEqual(['mean-only']);
    expect(finite.map(({ name, widths }) => [name, widths.map(({ width }) => width)])).toEqual([
      ['f', [8, 16, 32, 64, 128]],
    ]);
  });
});

describe('a mean that does not exist', () => {
  it.each([
    ['a quotient of Gaussians', 'y = W @ x\n  output f = avg(x / y)', 'UNCLEAR', 'divides by y, which comes'],
    ['an inverse square', 'y = W @ x\n  output f = avg(y / x^2)', 'UNCLEAR', 'divides by x ^ 2, which comes'],
    ['a quotient of means', 'output f = 1 / avg(W @ x)', 'NO LIMIT', 'which tends to 0: there is no limit'],
  ])('is no pass: %s', async (_, lines, verdict, reason) => {
    const head = "program p\n  width n\n  initial x[n] ~ normal(1)\n  initial W[n, n'] ~ normal(|n|^-0.5)\n  ";
    const { code, stdout, stderr } = await checked(`${head}${lines}\n`, ...QUICK);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.startsWith(`${head}${lines}\n\n`)).toBe(true);
    expect(stdout).toMatch(new RegExp(`^f .*${verdict}$`, 'm'));
    expect(stdout).toContain(reason);
    expect(stdout).not.toContain('exact');
  });
});

describe('bad input', () => {
  const fine = 'program fine\n  width n\n  initial x[n] ~ normal(1)\n  output f = avg(x^2)\n';

  type Refusal = readonly [name: string, text: string, args: readonly string[], message: RegExp];

  function expectRefused({ code, stdout, stderr }: Ended, message: RegExp): void {
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  }

  it.each<Refusal>([
    [
      'an unknown name',
      fine.replace('avg(x', 'avg(z'),
      [],
      /^error: .*program\.nex:4:18: unknown value "z"\n {3}4 \| .*\n {5}\| {18}\^\n/,
    ],
    ['an unknown option', fine, ['--width', '8'], /^error: unknown option '--width'\n\(Did you mean --widths\?\)/],
    [
      'bad widths',
      fine,
      ['--widths', '8,8,16'],
      /^error: option '--widths <list>' argument '8,8,16' is invalid\. Give different/,
    ],
  ])('is refused before the work begins: %s', async (_, text, args, message) => {
    const file = join(await temporaryFolder({ 'program.nex': text }), 'program.nex');
    expectRefused(await nexort('check', file, ...args), message);
  });

  it.each<Refusal>([
    [
      'an overflow',
      fine.replace('x^2', 'exp(exp(9 * x^2))'),
      [],
      /^error: .*program\.nex:4:18: output "f" is Infinity at width \d+ from seed 0; "v1" is the first value that is not finite/,
    ],
    ['too few widths', fine, ['--widths', '8,16'], /^error: an exponent needs at least 3 different widths/],
    [
      'widths that do not fit',
      fine.replace('x^2', "x * mean[n'](x * x[n'])"),
      ['--widths', '8,16,1048576'],
      /^error: .*program\.nex:4:\d+: at width 1048576, "\w+" has 1048576 × 1048576 entries/,
    ],
  ])('is refused by the process that does the work: %s', async (_, text, args, message) => {
    expectRefused(await checked(text, ...args), message);
  });

  it('is refused: no file', async () => {
    expect(await nexort('check')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: missing required argument 'file'\n/),
    });
  });
});

describe('--plot', () => {
  it('writes the figure beside the program, or where it is told to', async () => {
    const text = await readFile(join(PROGRAMS, 'tied-recurrent.nex'), 'utf8');
    const folder = await temporaryFolder({ 'net.v2.nex': text });
    const file = join(folder, 'net.v2.nex');
    // Before the program, too.
    const beside = await built.run('check', ...QUICK, '--plot', file);
    expect(beside).toMatchObject({ code: 0, stderr: `figure: ${join(folder, 'net.v2.svg')}\n` });
    const other = join(folder, 'figures', 'net.svg');
    const told = await built.run('check', file, ...QUICK, '--plot', other, '--json', '--seed', '1');
    expect(told).toMatchObject({ code: 0, stderr: `figure: ${other}\n` });
    JSON.parse(told.stdout);
    const svg = await readFile(other, 'utf8');
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*>weight-tied recurrent network<[\s\S]*<\/svg>\n$/,
    );
    // Another seed, other distances.
    expect(await readFile(join(folder, 'net.v2.svg'), 'utf8')).not.toBe(svg);
    expect((await readdir(folder)).sort()).toEqual(['figures', 'net.v2.nex', 'net.v2.svg']);
  });

  it('leaves nothing half-made where the disk takes no more', async () => {
    const folder = await temporaryFolder({ 'old.svg': 'the figure of before' });
    const args = ['check', join(PROGRAMS, 'tied-recurrent.nex'), ...QUICK, '--plot', join(folder, 'old.svg')];
    const { code, stdout, stderr } = await built.runWithFileLimit(1, ...args);
    expect(code).toBe(2);
    // The result is there all the same.
    expect(stdout).toContain('Every output approaches its limit');
    expect(stderr).toContain(`The figure '${join(folder, 'old.svg')}' cannot be written`);
    expect(await readdir(folder)).toEqual(['old.svg']);
    expect(await readFile(join(folder, 'old.svg'), 'utf8')).toBe('the figure of before');
  });
});

describe('an interruption', () => {
  it('ends it with one message, and the process that does the work', async () => {
    const running = built.start('check', join(PROGRAMS, 'triples.nex'), '--seeds', '1000000');
    let worker = '';
    while (worker === '') {
      await sleep(50);
      worker = await output('pgrep', '-P', String(running.pid));
    }
    running.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 130,
      stdout: '',
      stderr: '\nInterrupted. Nothing was written.\n',
    });
    // Gone, or ended and not yet taken note of.
    while (!/^(Z.*)?$/.test(await output('ps', '-o', 'stat=', '-p', worker))) await sleep(50);
  });
});

/** What a program prints, without white space around it; nothing where it fails, as these do when they find nothing. */
function output(command: string, ...args: readonly string[]): Promise<string> {
  return promisify(execFile)(command, args).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
