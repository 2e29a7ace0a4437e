/** `nexort train`: what it prints and draws, and that it goes on to the same bytes however it is stopped. */

import { existsSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainReport } from '../../src/cli/train/summary.ts';
import { stream } from '../../src/numeric/index.ts';
import { tensorFile } from '../../src/runs/index.ts';
import { decodeTensors } from '../../src/runs/tensors/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { BuiltNexort } from './builtNexort.ts';
import { nexort } from './nexort.ts';

const SHORT = ['--width', '8', '--steps', '20', '--batch', '16', '--learning-rate', '0.01'];

/** Two classes of flowers that one number tells apart. */
const FLOWERS = [
  'length,species,width',
  ...Array.from(stream(1).normals(30), (noise, k) => `${(k % 2) * 4 + noise / 4},${k % 2 ? 'lily' : 'rose'},${noise}`),
].join('\n');

let built: BuiltNexort;
beforeAll(async () => {
  built = await BuiltNexort.build();
});

const reportOf = (stdout: string): TrainReport => JSON.parse(stdout);

describe('nexort train', () => {
  it('prints losses by step, and draws them', async () => {
    const plot = join(await temporaryFolder({}), 'losses.svg');
    const { code, stdout, stderr } = await nexort('train', ...SHORT, '--evaluate-every', '10', '--plot', plot);
    expect(stderr).toContain(`figure: ${plot}`);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'MLP of 2 hidden layers of width 8, 400 parameters, with adam on teacher: 1,638 examples, 410 held out, 16 a step\n' +
        'mup with base width 64, learning rate 0.01, seed 0\n',
    );
    expect(stdout).toMatch(/^steps +training +held out +accuracy$/m);
    expect(stdout).toMatch(/^ +0 +– +\d\.\d{3}\*? +\d+\.\d% \(\d+\.\d to \d+\.\d\)$/m);
    for (const step of [10, 20]) expect(stdout).toMatch(new RegExp(`^ +${step} +\\d\\.\\d{3} +\\d\\.\\d{3}`, 'm'));
    expect(stdout).toMatch(/^20 steps, in \d+\.\d s$/m);
    const svg = await readFile(plot, 'utf8');
    expect(svg).toMatch(/^<svg xmlns/);
    expect(svg).toMatch(
      /aria-label="cross-entropy of MLP of 2 hidden layers of width 8 with adam on teacher over 20 steps\./,
    );
    expect(svg.match(/<title>after \d+ steps: /g)).toHaveLength(3);
  });

  it('learns classes of a table, whose state others can read', async () => {
    const folder = await temporaryFolder({ 'flowers.csv': FLOWERS });
    const out = join(folder, 'run');
    const { stdout, stderr, code } = await nexort(
      ...['train', '--data', join(folder, 'flowers.csv'), '--label', 'species', '--standardize', '--biases'],
      ...['--width', '16', '--steps', '60', '--batch', '8', '--learning-rate', '0.02', '--out', out, '--json'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = reportOf(stdout);
    expect(report).toMatchObject({ status: 'finished', data: 'flowers.csv', examples: '24 examples, 6 held out' });
    expect(report.losses).toHaveLength(60);
    expect(report.evaluations.at(-1)?.accuracy).toBe(1);
    const { w1, b3 } = decodeTensors(await readFile(join(out, 'checkpoint.safetensors')));
    expect([w1?.shape, b3?.shape]).toEqual([[16, 2], [2]]);
    expect(b3?.data.some((value) => value !== 0)).toBe(true);
  });

  it('meets numbers, reads rows with recurrent networks, and texts with transformers', async () => {
    const rows = Array.from(stream(2).normals(40), (x, k) => `${x},${k % 5},${2 * x - 1}`);
    const text = 'the quick brown fox jumps over the lazy dog. '.repeat(30);
    const folder = await temporaryFolder({ 'line.csv': ['a,b,label', ...rows].join('\n'), 'text.txt': text });
    const line = await nexort('train', ...SHORT, '--data', join(folder, 'line.csv'), '--loss', 'squared', '--json');
    expect(line.stderr).toBe('');
    const { evaluations, loss } = reportOf(line.stdout);
    expect(loss).toBe('squared');
    expect(evaluations.at(-1)?.accuracy).toBeNull();
    expect(evaluations.at(-1)?.loss).toBeLessThan(evaluations[0]?.loss ?? 0);
    for (const options of [
      ['--net', 'gru'],
      ['--net', 'cnn', '--depth', '1'],
      ['--net', 'residual-mlp', '--biases'],
      ['--net', 'transformer', '--data', join(folder, 'text.txt'), '--context', '8', '--depth', '1', '--heads', '2'],
    ]) {
      const { stdout, stderr } = await nexort('train', ...SHORT, ...options, '--json');
      expect(stderr).toBe('');
      const found = reportOf(stdout).evaluations;
      expect(found.at(-1)?.loss).toBeLessThan(found[0]?.loss ?? 0);
    }
  });

  it('shows classes with their counts, and tells what is odd about a table', async () => {
    const rows = Array.from({ length: 30 }, (_, k) => `${k},${k % 7},${k % 5},${['1', '1.0', '0'][k % 3]}`);
    const copies = ['30,0,0,1', '31,1,1,1.0', '32,2,2,0'];
    const folder = await temporaryFolder({ 'x.csv': ['id,a,b,label', ...rows, ...copies].join('\n') });
    const options = [...SHORT, '--data', join(folder, 'x.csv')];
    const { stdout, stderr } = await nexort('train', ...options);
    expect(stderr).toBe('');
    const odd = 'labels "1" and "1.0" differ only as numbers are written, and are two classes';
    expect(stdout).toContain(
      `seed 0\n3 classes: 0 (11 examples), 1 (11), 1.0 (11)\nnote: ${odd}\n` +
        `note: column "id" seems to count the rows; if it says nothing else, leave it out with --ignore 'id'\n\n`,
    );
    const without = reportOf((await nexort('train', ...options, '--ignore', 'id', '--json')).stdout);
    expect(without.classes).toEqual(['0', '1', '1.0'].map((name) => ({ name, examples: 11 })));
    expect(without.parameters).toBe(2 * 8 + 8 * 8 + 8 * 3);
    const shared = expect.stringMatching(
      /^[1-6] of 7 examples held out (has|have) the inputs of one that is trained on$/,
    );
    expect(without.notes).toEqual([odd, shared]);
    expect((await nexort('train', ...SHORT)).stdout).toContain('10 classes: 0 (');
  });

  it('freezes parameters, those of another training too, and clips gradients', async () => {
    const out = join(await temporaryFolder({}), 'run');
    const [start, next] = [join(out, 'checkpoint.safetensors'), join(out, '../next')];
    const read = async (path: string) => decodeTensors(await readFile(path));
    await nexort('train', ...SHORT, '--biases', '--out', out);
    const frozen = [...SHORT, '--biases', '--freeze', 'w1,b?'];
    const tuned = await nexort('train', ...frozen, '--clip-norm', '0.5', '--from', start, '--out', next);
    expect(tuned.stderr).toBe('');
    expect(tuned.stdout).toContain(
      'learning rate 0.01, gradients of norm 0.5 at most, w1, b1, b2, b3 frozen, seed 0\n',
    );
    const [before, after] = [await read(start), await read(join(next, 'checkpoint.safetensors'))];
    for (const name of ['w1', 'b1', 'b2', 'b3']) {
      expect(after[name]?.data).toEqual(before[name]?.data);
      expect(after[`${name}.first`]).toBeUndefined();
    }
    for (const name of ['w2', 'w3']) expect(after[name]?.data).not.toEqual(before[name]?.data);
    // The same again is read from its folder, another choice is another training.
    const again = await nexort('train', ...frozen, '--clip-norm', '0.5', '--from', start, '--out', next, '--json');
    expect(reportOf(again.stdout)).toMatchObject({ clipNorm: 0.5, frozen: ['w1', 'b1', 'b2', 'b3'], steps: 20 });
    const other = await nexort('train', ...frozen, '--from', start, '--out', next);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('clipNorm: given nothing, stored 0.5');
    // Without a checkpoint they stay what they are drawn as.
    const drawn = reportOf((await nexort('train', ...frozen, '--json')).stdout);
    const free = reportOf((await nexort('train', ...SHORT, '--biases', '--json')).stdout);
    expect(drawn.losses[0]).toBe(free.losses[0]);
    expect(drawn.losses[19]).not.toBe(free.losses[19]);
  });

  it('ends where a number overflows, and names what made it', async () => {
    const { code, stdout } = await nexort(
      ...['train', '--width', '8', '--optimizer', 'sgd', '--learning-rate', '1e30', '--parametrization', 'sp'],
      ...['--steps', '50', '--activation', 'gelu'],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/^diverged at step \d+: .* is (-?Infinity|NaN)/m);
    expect(stdout).toContain('A smaller --learning-rate may help.');
  });

  it('starts from the state of another training of the same network, and refuses others', async () => {
    const folder = await temporaryFolder({});
    const [out, checkpoint] = [join(folder, 'run'), join(folder, 'run/checkpoint.safetensors')];
    const first = await nexort('train', ...SHORT, '--out', out, '--json');
    const next = await nexort('train', ...SHORT, '--from', checkpoint, '--seed', '0', '--json');
    expect(reportOf(next.stdout).evaluations[0]?.loss).toBe(reportOf(first.stdout).evaluations.at(-1)?.loss);
    // The last of the same options counts: more steps.
    const longer = await nexort('train', ...SHORT, '--steps', '30', '--out', out, '--json');
    const atOnce = await nexort('train', ...SHORT, '--steps', '30', '--json');
    expect(reportOf(longer.stdout).resumedAt).toBe(20);
    expect(reportOf(longer.stdout).losses).toEqual(reportOf(atOnce.stdout).losses);
    // Evaluations are the same only where their schedule is told: its default follows the number of steps.
    expect(reportOf(longer.stdout).evaluations).not.toEqual(reportOf(atOnce.stdout).evaluations);
    const told = [...SHORT, '--evaluate-every', '7', '--json'];
    const kept = join(folder, 'kept');
    await nexort('train', ...told, '--out', kept);
    const further = await nexort('train', ...told, '--steps', '30', '--out', kept);
    const undisturbed = await nexort('train', ...told, '--steps', '30');
    expect(reportOf(further.stdout).resumedAt).toBe(20);
    expect(reportOf(further.stdout).evaluations).toEqual(reportOf(undisturbed.stdout).evaluations);
    const scheduled = [...SHORT, '--schedule', 'cosine', '--out', join(folder, 'scheduled')];
    await nexort('train', ...scheduled);
    const rescheduled = await nexort('train', ...scheduled, '--steps', '30');
    expect(rescheduled.code).toBe(2);
    expect(rescheduled.stderr).toContain('schedule: given');
    const other = await nexort('train', ...SHORT, '--depth', '3', '--from', checkpoint);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      `checkpoint '${checkpoint}' is of another network, width or optimizer: it holds "MLP of 2 hidden layers, a step of adam", and this is "MLP of 3 hidden layers, a step of adam".`,
    );
    expect(other.stderr).toContain('\n  w3: 10 × 8 in the checkpoint, expected 8 × 8\n');
    expect(other.stderr).toContain('\n  w4: not in the checkpoint; expected 10 × 8\n');
    const wider = await nexort('train', ...SHORT, '--width', '9', '--out', out);
    expect(wider.code).toBe(2);
    expect(wider.stderr).toContain('width: given 9, stored 8');
  });

  it('is another training with other outputs, or from another state', async () => {
    const [first, second] = ['label,a\n0,1\n1,2\n0,3\n1,4\n', 'no tensors'];
    const folder = await temporaryFolder({ 'table.csv': first, 'notes.txt': second });
    const [out, notes] = [join(folder, 'run'), join(folder, 'notes.txt')];
    const table = [...SHORT, '--data', join(folder, 'table.csv'), '--json'];
    const two = await nexort('train', ...table, '--classes', '2', '--out', out);
    // All examples are taken where there are fewer than asked for.
    expect(reportOf(two.stdout)).toMatchObject({ examples: '3 examples, 1 held out', batch: 3 });
    const five = await nexort('train', ...table, '--classes', '5', '--out', out);
    expect(five).toMatchObject({ code: 2, stdout: '' });
    expect(five.stderr).toContain('outputs: given 5, stored 2');

    const start = join(folder, 'start.safetensors');
    await copyFile(join(out, 'checkpoint.safetensors'), start);
    const next = [...table, '--from', start, '--out', join(folder, 'next')];
    expect((await nexort('train', ...next)).code).toBe(0);
    const seeded = await nexort('train', ...table, '--seed', '1', '--out', join(folder, 'seeded'));
    expect(seeded.code).toBe(0);
    await copyFile(join(folder, 'seeded/checkpoint.safetensors'), start);
    const changed = await nexort('train', ...next);
    expect(changed).toMatchObject({ code: 2, stdout: '' });
    expect(changed.stderr).toMatch(/from: given "?[0-9a-f]/);

    const inFolder = await nexort('train', ...table, '--from', out);
    expect(inFolder.stderr).toContain(
      `--from names '${out}', a folder; expected the checkpoint.safetensors of a training. Give '${join(out, 'checkpoint.safetensors')}'.`,
    );
    const noCheckpoint = await nexort('train', ...table, '--from', notes);
    expect(noCheckpoint.code).toBe(2);
    expect(noCheckpoint.stderr).toContain(`--from names '${notes}', which is no checkpoint that this version reads: `);
    expect(noCheckpoint.stderr).not.toContain('Delete');
  });

  it.each([
    [['--net', 'mpl'], 'there is no network "mpl" to train; expected one of: '],
    [['--activation', 'rely'], 'Did you mean "relu"?'],
    [
      ['--loss', 'hing'],
      'there is no loss "hing"; expected one of: squared, cross-entropy, hinge. Did you mean "hinge"?',
    ],
    [['--learning-rate', '0'], 'Give a number above 0.'],
    [['--clip-norm', '0'], 'Give a number above 0.'],
    [['--freeze', 'w1,'], "Give names separated by commas, such as 'w1,b*'."],
    [['--freeze', 'w1,w9'], 'parameters to freeze that do not exist:\n  "w9" matches no parameter. Did you mean "w1"?'],
    [['--freeze', '*'], 'is left to train; leave one of them free: w1, w2, w3.'],
    [['--held-out', '1'], 'Give a number between 0 and 1, such as 0.2.'],
    [['--classes', '1'], 'Give a whole number from 2 to 100000.'],
    [['--schedule', 'cosin'], 'no schedule is called "cosin". Did you mean "cosine"?'],
    [['--from', 'none.safetensors'], "--from names 'none.safetensors', and there is no such file"],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await nexort('train', ...SHORT, ...options);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('a training that is stopped and started again', () => {
  const LONG = [
    ...['--width', '16', '--steps', '600', '--batch', '16', '--learning-rate', '0.01'],
    ...['--schedule', 'cosine:warmUp=20', '--evaluate-every', '70', '--checkpoint-every', '40', '--json'],
  ];
  /** What must be the same. */
  const outcome = async (stdout: string): Promise<object> => {
    const { seconds: _, resumedAt: __, checkpoint, ...rest } = reportOf(stdout);
    return { rest, bytes: (await readFile(checkpoint ?? '')).toString('hex') };
  };

  /** Waits until a checkpoint of at least this step is there. */
  const reached = async (out: string, step: number): Promise<void> => {
    const path = join(out, 'checkpoint.safetensors');
    for (;;) {
      if (existsSync(path) && Number((await tensorFile(path).read())?.metadata.step) >= step) return;
      await sleep(5);
    }
  };

  it('by kill -9 and by Ctrl-C ends with the same bytes', { timeout: 120_000 }, async () => {
    const folder = await temporaryFolder({});
    const whole = join(folder, 'whole');
    const undisturbed = await nexort('train', ...LONG, '--out', whole);
    expect(undisturbed).toMatchObject({ code: 0, stderr: '' });
    const expected = await outcome(undisturbed.stdout);
    const out = join(folder, 'stopped');
    for (const [signal, step] of [
      ['SIGKILL', 80],
      ['SIGINT', 200],
      ['SIGKILL', 360],
    ] as const) {
      const run = built.start('train', ...LONG, '--out', out);
      await reached(out, step);
      run.kill(signal);
      const ended = await run.ended;
      if (signal === 'SIGKILL') expect(ended.signal).toBe('SIGKILL');
      else {
        expect(ended.code).toBe(130);
        expect(ended.stderr).toContain('Interrupted. The same command goes on from the last checkpoint.');
      }
    }
    const path = join(out, 'checkpoint.safetensors');
    const bytes = await readFile(path);
    await writeFile(
      path,
      bytes.map((byte, k) => (k === bytes.length - 9 ? byte ^ 4 : byte)),
    );
    const damaged = await nexort('train', ...LONG, '--out', out);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain(
      `'${path}' is not a complete safetensors file of nexort: its checksum does not match. Delete it and compute it again.`,
    );
    await writeFile(path, bytes);
    const last = await nexort('train', ...LONG, '--out', out);
    expect(last.code).toBe(0);
    expect(reportOf(last.stdout).resumedAt).toBeGreaterThanOrEqual(360);
    expect(await outcome(last.stdout)).toEqual(expected);
    // A finished training is told of without training again.
    const again = await nexort('train', ...LONG, '--out', out);
    expect(again.stderr).toBe(`The training in '${out}' is finished; its result is shown.\n`);
    expect(reportOf(again.stdout)).toEqual(reportOf(last.stdout));
  });
});
