import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flattened, type LimitReport } from '../../src/cli/limit/result.ts';
import { required } from '../../src/errors/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { nexort } from './nexort.ts';

const STORY = join(import.meta.dirname, '../../examples/data/story.txt');
const SHORT = ['--depth', '1', '--samples', '64', '--subsample', '64', '--scramblings', '2', '--steps', '2'];
const TINY = [...SHORT, '--widths', '8,32', '--seeds', '2'];

/** A file as numpy.save writes it, of 64-bit numbers. */
function npyFile(shape: readonly number[], values: readonly number[]): Uint8Array {
  const about = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = Buffer.from(`${about.padEnd(117)}\n`, 'latin1');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([start, header, new Uint8Array(Float64Array.from(values).buffer)]);
}

const sixDigits = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(6)) : value;

describe('nexort limit', () => {
  it('prints the limit, networks beside it, and what it says; keeps, draws and reports it', async () => {
    const folder = await temporaryFolder({});
    const [out, plot, report] = [join(folder, 'run'), join(folder, 'outputs.svg'), join(folder, 'page.html')];
    const first = await nexort('limit', ...TINY, '--out', out, '--plot', plot, '--report', report);
    expect(first.stderr).toBe(`figure: ${plot}\nreport: ${report}\n`);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain(
      'MLP of 1 hidden layer in mup with adam, learning rate 0.1, ε under the root\n' +
        'on circle: 5 examples trained on, all in each step, 5 only evaluated; squared loss, mean over a batch\n',
    );
    expect(first.stdout).toMatch(/^updates +loss +f\[0\] +f\[1\] +f\[2\] +f\[3\]$/m);
    expect(first.stdout).toMatch(/^ +2( +-?\d\.\d+ ± \d\.\d+){5}$/m);
    expect(first.stdout).toMatch(/^ +32 +2 +0\.\d+ +\d\.\d+ ± \d\.\d+$/m);
    expect(first.stdout).toMatch(/^weights +limit +width 8 +width 32\nw1 +0\.\d+ ± 0\.\d+( +0\.\d+){2}\nw2 /m);
    expect(first.stdout).toMatch(/^Maximal update limit: features move by order 1/m);
    expect(first.stdout).toMatch(/^The feature kernels move: x1 by (at most )?\d/m);
    expect(first.stdout).toMatch(
      /^Networks of widths 8 to 32 approach the limit with the exponent -?\d\.\d\d \(95 %: /m,
    );

    expect(await readFile(plot, 'utf8')).toMatch(/^<svg xmlns/);
    const page = await readFile(report, 'utf8');
    for (const sentence of first.stdout.trimEnd().split('\n\n').at(-1)?.split('\n') ?? [])
      expect(page).toContain(sentence);
    expect(page).toContain(`nexort limit ${TINY.join(' ')} --out `);
    // Two widths and the limit in panels: the loss, four outputs, the sharpness, three spectra, two parameters.
    expect(page.match(/class="lines"/g)).toHaveLength(3 * (1 + 4 + 1 + 3 + 2));
    expect(page).toContain('The change of weights by layer');
    expect(await readFile(join(out, 'report.html'), 'utf8')).toBe(page);
  });

  it('goes on where it was to the same bytes, also with more of it', async () => {
    const out = join(await temporaryFolder({}), 'run');
    const whole = await nexort('limit', ...TINY, '--json');
    const kept = await nexort('limit', ...TINY, '--out', out, '--json');
    expect(kept.stdout).toBe(whole.stdout);
    const { features, tangentKernel, weights, beside }: LimitReport = JSON.parse(whole.stdout);
    const looked = [0, 1, 2].flatMap((step) => ['w1', 'w2'].map((parameter) => ({ step, parameter })));
    for (const rows of [weights, ...beside.map((one) => one.weights)])
      expect(rows.map(({ step, parameter }) => ({ step, parameter }))).toEqual(looked);
    expect(beside[0]?.tangentKernel[2]?.eigenvalues).toHaveLength(5);
    expect(beside[0]?.tangentKernel[2]?.eigenvalues[0]).toBeCloseTo(
      5 * Number(beside[0]?.tangentKernel[2]?.sharpness),
      12,
    );
    expect(features.map(({ layer }) => layer)).toEqual(['x1']);
    expect(features[0]?.alignment).toHaveLength(2);
    expect(tangentKernel.map(({ step, eigenvalues }) => [step, eigenvalues.length])).toEqual(
      [0, 1, 2].map((k) => [k, 5]),
    );
    expect(beside.map((one) => [one.width, one.features.length, one.tangentKernel.length])).toEqual([
      [8, 1, 3],
      [32, 1, 3],
    ]);
    // As if it had been interrupted: half of the parts are gone, one is damaged.
    await rm(join(out, 'blocks/scramblings/1.block'));
    await rm(join(out, 'blocks/networks/32'), { recursive: true });
    const again = await nexort('limit', ...TINY, '--out', out, '--json');
    expect(again.stdout).toBe(whole.stdout);

    const more = await nexort('limit', ...TINY, '--scramblings', '3', '--seeds', '3', '--out', out, '--json');
    const fresh = await nexort('limit', ...TINY, '--scramblings', '3', '--seeds', '3', '--json');
    expect(more.stdout).toBe(fresh.stdout);

    const other = await nexort('limit', ...TINY, '--learning-rate', '0.2', '--out', out);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('learningRate');
  });

  it('gives all numbers as JSON: by time, example and class', async () => {
    const { code, stdout } = await nexort(
      ...['limit', ...TINY, '--data', 'teacher', '--examples', '3', '--evaluate', '1', '--batch', '1'],
      ...['--parametrization', 'ntp', '--optimizer', 'momentum', '--json'],
    );
    expect(code).toBe(0);
    const report: LimitReport = JSON.parse(stdout);
    expect(report.kind).toBe('neural tangent');
    expect(report.times).toEqual([0, 1, 2]);
    expect(report.batches).toEqual([[0], [1]]);
    expect(report.shape).toEqual([3, 10]);
    for (const values of [report.outputs, report.standardErrors, report.finite[1]?.outputs])
      expect(values).toEqual(Array.from({ length: 3 }, () => Array(3).fill(Array(10).fill(expect.any(Number)))));
    // It starts at 0, and so do networks, to f32's rounding.
    expect(report.outputs[0]).toEqual(Array(3).fill(Array(10).fill(0)));
    expect(
      Math.max(...flattened(required(report.finite[0]?.outputs[0], 'outputs')).map(Number).map(Math.abs)),
    ).toBeLessThan(1e-5);
    expect(report.finite.map(({ width, seeds, diverged }) => [width, seeds, diverged])).toEqual([
      [8, 2, 0],
      [32, 2, 0],
    ]);
    expect(report.exponentInterval?.[0]).toBeLessThan(report.exponent ?? Number.NaN);
    expect(report.losses).toHaveLength(3);
  });

  it('reads tables and arrays as the same data, and activations as names or formulas', async () => {
    const folder = await temporaryFolder({
      'data.csv': 'a,b,label\n1,0.3,1\n0.2,-1.1,-1\n-0.8,0.6,0.5\n',
      'x.npy': npyFile([3, 2], [1, 0.3, 0.2, -1.1, -0.8, 0.6]),
      'y.json': [1, -1, 0.5],
    });
    const path = (name: string): string => join(folder, name);
    const numbers = async (...args: readonly string[]): Promise<unknown> => {
      const { stdout, stderr } = await nexort('limit', ...SHORT, '--widths', 'none', '--json', ...args);
      expect(stderr).toBe('');
      const { outputs, losses }: LimitReport = JSON.parse(stdout);
      return { outputs, losses };
    };
    const table = await numbers('--data', path('data.csv'));
    expect(await numbers('--data', path('x.npy'), '--targets', path('y.json'))).toEqual(table);
    expect(await numbers('--data', path('data.csv'), '--activation', 'tanh(x)')).toEqual(table);
    // |input|^(-1/2) of two inputs, but for rounding.
    const deviated = await numbers('--data', path('data.csv'), '--deviation', `w1=${Math.SQRT1_2}`);
    expect(JSON.stringify(deviated, sixDigits)).toBe(JSON.stringify(table, sixDigits));
    expect(await numbers('--data', path('data.csv'), '--batches', '0,1,2')).toEqual(table);
    expect(await numbers('--data', path('data.csv'), '--activation', 'x + tanh(x)')).not.toEqual(table);
  });

  it('takes a rule of one’s own as an expression, and samples as they are', async () => {
    const of = async (...args: readonly string[]): Promise<LimitReport> => {
      const { stdout, stderr } = await nexort('limit', ...SHORT, '--widths', 'none', '--looks', '0', '--json', ...args);
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    const sgd = await of('--optimizer', 'sgd', '--learning-rate', '0.2');
    const own = await of('--optimizer', '2 * gradient', '--learning-rate', '0.1');
    expect(own.tangentKernel).toEqual([]);
    expect(JSON.stringify(own.outputs, sixDigits)).toBe(JSON.stringify(sgd.outputs, sixDigits));
    const rough = await of('--optimizer', 'sgd', '--learning-rate', '0.2', '--no-extrapolate');
    expect([sgd.extrapolated, rough.extrapolated]).toEqual([true, false]);
    expect(rough.outputs).not.toEqual(sgd.outputs);
    const { stdout } = await nexort(
      'limit',
      ...SHORT,
      '--widths',
      'none',
      '--looks',
      '0',
      '--optimizer',
      'tanh(4 * gradient)',
    );
    expect(stdout).toContain('in mup with tanh(4 * gradient), learning rate 0.1\n');
    expect(stdout).toContain('of 2 samplings, extrapolated in 1/n\n');
  });

  it.each([
    ['residual-mlp', ['--depth', '1', '--parametrization', 'ntp'], [10], 'neural tangent'],
    ['cnn', ['--depth', '1'], [10], 'maximal update'],
    ['gru', ['--parametrization', 'ntp'], [10], 'neural tangent'],
    [
      'transformer',
      ['--depth', '1', '--data', STORY, '--context', '2', '--examples', '2'],
      [2, 2, 39],
      'maximal update',
    ],
  ])('takes a %s', async (net, options, shape, kind) => {
    const sampling = ['--samples', '64', '--subsample', '16', '--scramblings', '2', '--steps', '1'];
    const { code, stdout, stderr } = await nexort(
      ...['limit', '--net', net, ...options, ...sampling, '--widths', '8', '--seeds', '2', '--json'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report: LimitReport = JSON.parse(stdout);
    expect(report.kind).toBe(kind);
    expect(report.shape).toEqual(shape);
    for (const values of [report.outputs, report.finite[0]?.outputs ?? []])
      expect(flattened(values).filter((value) => typeof value === 'number')).toHaveLength(
        2 * shape.reduce((product, size) => product * size, 1),
      );
  });

  it('ends with 1 where training diverges, and says at which step, also from a folder', async () => {
    const out = join(await temporaryFolder({}), 'run');
    const wild = [...TINY, '--optimizer', 'sgd', '--learning-rate', '1e200', '--steps', '4', '--out', out];
    const { code, stdout } = await nexort('limit', ...wild);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^In the limit training diverges: after 1 update the loss is not finite, or more than a million times its first value; the sharpness at the start, 0\.\d+, is above 2 \(1 \+ momentum\) \/ η = 2\.00e-200\.$/m,
    );
    expect(stdout).toContain('2 of 2 at width 8, 2 of 2 at width 32');
    expect(await nexort('limit', ...wild)).toEqual({ code, stdout, stderr: '' });
  });

  it('starts outputs at 0, at a draw of their Gaussian process, or where a file says, under decay by step', async () => {
    const decay = 'adamw:independentDecay=0.1';
    const folder = await temporaryFolder({
      'start.json': [0.5, 0, 0, -0.5],
      'path.json': [0, 1, 2].map((step) => [0.5, 0, 0, -0.5].map((value) => value * 0.9 ** step)),
    });
    const at = async (...args: readonly string[]): Promise<LimitReport> => {
      const own = ['--parametrization', 'ntp', '--data', 'xor', '--steps', '2', '--json'];
      const { stdout, stderr } = await nexort('limit', ...SHORT, ...own, '--widths', '4', '--seeds', '2', ...args);
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    const given = await at('--start', join(folder, 'start.json'));
    const path = await at('--start', join(folder, 'path.json'), '--optimizer', decay);
    for (const one of [given, path]) {
      expect(one.outputs[0]).toEqual([0.5, 0, 0, -0.5]);
      // To f32's rounding.
      expect(
        flattened(required(one.finite[0]?.outputs[0], 'outputs')).map((f) => Math.round(1e5 * Number(f)) / 1e5),
      ).toEqual([0.5, 0, 0, -0.5]);
    }
    expect([given.startsAt, path.startsAt]).toEqual(['start.json', 'path.json']);
    const drawn = await at('--start', 'gp', '--seed', '2');
    expect((await at('--start', 'gp', '--seed', '2', '--optimizer', 'sgd')).outputs[0]).toEqual(drawn.outputs[0]);
    expect((await at('--start', 'gp', '--seed', '3')).outputs[0]).not.toEqual(drawn.outputs[0]);
    expect((await at()).outputs[0]).toEqual([0, 0, 0, 0]);
  });

  it('says what the neural tangent limit leaves out, and from which rate on descent diverges', async () => {
    const ntp = [
      ...TINY,
      '--samples',
      '256',
      '--parametrization',
      'ntp',
      '--optimizer',
      'sgd',
      '--data',
      'xor',
      '--steps',
      '40',
    ];
    const at = async (rate: string) => nexort('limit', ...ntp, '--learning-rate', rate, '--widths', '512');
    const below = await at('3');
    expect(below.code).toBe(0);
    expect(below.stdout).toContain(
      'At the start outputs have a deviation of 0.63 over initializations, which is left out.\n',
    );
    expect(below.stdout).toContain(
      'Training diverges from the learning rate 3.50 on, which the largest eigenvalue of the tangent kernel on the batch sets, and does not at 3.\n',
    );
    expect(below.stdout).toMatch(/^In the limit the loss goes from 0\.500 to -?\d\.\d+e-\d+ in 40 updates\.$/m);
    const above = await at('7');
    expect(above.code).toBe(1);
    expect(above.stdout).toContain('so that at 7 it does.');
    expect(above.stdout).toMatch(/^In the limit training diverges: after \d+ updates the loss is not finite, or more/m);
    expect(above.stdout).toContain('; the sharpness at the start, 0.571, is above 2 (1 + momentum) / η = 0.286.\n');
    const wild = await nexort('limit', ...TINY, '--optimizer', 'adam', '--learning-rate', '1e200', '--steps', '4');
    expect(wild.code).toBe(1);
    expect(wild.stdout).toContain('; of adam no learning rate is known from which on it diverges');
  });

  it.each([
    [['--data', 'cirle'], 'there are no data "cirle" for a limit; expected circle, xor, teacher, digits, a table'],
    [['--data', 'x.npy'], '--data x.npy is an array of inputs alone; give the targets as an array of their own'],
    [['--targets', 'y.npy'], '--targets has no effect: --data circle is no array'],
    [['--batches', '0,1', '--batch', '1'], '--batch has no effect: --batches says which examples are in which batch'],
    [['--batches', '0,12'], 'batch 0: expected numbers of examples from 0 to 9, but it names example 12.'],
    [['--batches', '0,a'], "Give numbers of examples, from 0 on, batches apart by semicolons: '0,1;2,3'."],
    [
      ['--memory', '1MB', '--samples', '512', '--optimizer', 'sgd', '--widths', 'none', '--looks', '0'],
      'sampling a width of 512 over 9 steps is forecast to take 0.12 GB, more than the 1.0 MB allowed. No width fits; give',
    ],
    [['--evaluate', '10'], '--evaluate 10 leaves nothing to train on, for there are 10 examples; expected fewer.'],
    [['--parametrization', 'sp'], 'training in "sp" by adam has no limit to speak of, for it is unstable'],
    [['--reduction', 'total'], 'there is no --reduction total; expected mean or sum.'],
    [['--loss', 'sqared'], 'there is no loss "sqared"; expected one of: squared, cross-entropy, hinge.'],
    [
      ['--start', 'gp'],
      '--start gp has no effect: in mup features move, and the outputs of the limit start as its network',
    ],
    [
      ['--parametrization', 'ntp', '--start', 'there'],
      'there is no --start there; expected 0, gp (a draw of the Gaussian',
    ],
    [['--deviation', 'w9=1'], 'w9'],
    [['--deviation', 'w1=-1'], "Give names with numbers of at least 0, such as 'w1=1'."],
    [['--activation', 'x * sigmod(x)'], 'sigmod'],
    [['--activation', 'sign(x)'], 'the derivative of sign is 0 wherever there is one'],
    [['--scramblings', '1'], 'Give a whole number from 2 to 1000.'],
    [['--widths', 'none', '--seeds', '3'], '--seeds has no effect: --widths none trains no networks'],
    [['--report', 'page.pdf'], 'reports are HTML files'],
  ])('refuses %j', async (options, message) => {
    const { code, stdout, stderr } = await nexort('limit', ...options);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
