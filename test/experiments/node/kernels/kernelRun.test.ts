import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type LimitingMachine,
  type LimitingRunOptions,
  runLimitingKernels,
} from '../../../../src/experiments/node/index.ts';
import { nodeProduct, nodeRuntime } from '../../../../src/finite/node/index.ts';
import { limitingKernels, predictor } from '../../../../src/kernels/index.ts';
import { threadTeam } from '../../../../src/kernels/node/index.ts';
import { layerNet } from '../../../../src/nets/index.ts';
import { matrix, stream, transpose } from '../../../../src/numeric/index.ts';
import { type Tensors, tensor } from '../../../../src/program/index.ts';
import { nodeFiles } from '../../../../src/runs/index.ts';
import { decodeTensors } from '../../../../src/runs/tensors/index.ts';
import { faultyFiles } from '../../../runs/faultyFiles.ts';
import { systemError } from '../../../runs/memoryFiles.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { readNpz } from '../../../support/npz.ts';

const layers = [
  ['Dense', { out_dim: 4, W_std: 1.3, b_std: 0.2 }],
  ['Relu', {}],
  ['Dense', { out_dim: 1 }],
];
const { program } = layerNet(['serial', { layers }], [3]);
const inputs = (count: number, seed: number): Tensors => ({
  x: tensor(['batch', 'input'], [count, 3], stream(seed, 'inputs').normals(3 * count)),
});
const [X1, X2] = [inputs(9, 1), inputs(7, 2)];
const SIZES = { n: 1 };
/** What is rounded otherwise when inputs are taken together in another way. */
const ROUNDING = 1e-14;

const common = { program, x1: X1, sizes: SIZES, memory: 2 ** 33, version: '1' } satisfies LimitingRunOptions;
const close = (found: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(found.length).toBe(expected.length);
  for (let k = 0; k < found.length; k++)
    expect(Math.abs(Number(found[k]) - Number(expected[k]))).toBeLessThan(ROUNDING);
};
const newPath = async (name: string): Promise<string> => join(await temporaryFolder({}), name);

describe('kernels in blocks', () => {
  it.for([undefined, X2])('are those that are computed at once', async (x2) => {
    const sides = { x1: X1, ...(x2 === undefined ? {} : { x2 }) };
    const atOnce = limitingKernels(program, { ...sides, sizes: SIZES });
    const out = await newPath('kernels.safetensors');
    const found = await runLimitingKernels({ ...common, ...sides, out, mostSide: 4, keep: true });
    for (const which of ['nngp', 'ntk'] as const) {
      const kernel = atOnce[which];
      close(found.kernels?.[which].data ?? [], kernel.data);
      expect(found[which].least).toBe(Math.min(...(found.kernels?.[which].data ?? [])));
      expect(found[which].most).toBe(Math.max(...(found.kernels?.[which].data ?? [])));
      expect(found[which].mean).toBeCloseTo(
        kernel.data.reduce((sum, value) => sum + value, 0) / kernel.data.length,
        13,
      );
      const written = decodeTensors(await readFile(out))[which];
      expect(written?.shape).toEqual([kernel.rows, kernel.columns]);
      expect(written?.data).toEqual(found.kernels?.[which].data);
    }
    expect(existsSync(`${out}.run`)).toBe(false);
  });

  it('are symmetric to the bit', async () => {
    const { kernels } = await runLimitingKernels({ ...common, mostSide: 2, keep: true });
    const { ntk } = kernels ?? expect.fail('they were asked for');
    expect(transpose(ntk)).toEqual(ntk);
  });

  it('of a single block need no folder, and have the same entries in every format', async () => {
    const folder = await temporaryFolder({});
    const path = (format: string) => join(folder, `kernels.${format}`);
    for (const format of ['npz', 'json', 'safetensors']) await runLimitingKernels({ ...common, out: path(format) });
    const tensors = decodeTensors(await readFile(path('safetensors')));
    const text = JSON.parse(await readFile(path('json'), 'utf8')) as Record<string, number[][]>; // checked below
    const npz = readNpz(path('npz'));
    for (const which of ['nngp', 'ntk']) {
      const data = tensors[which]?.data;
      expect(text[which]?.flat()).toEqual([...(data ?? [])]);
      expect(npz.get(which)).toMatchObject({ shape: [9, 9], data });
    }
    expect((await readdir(folder)).sort()).toEqual(['kernels.json', 'kernels.npz', 'kernels.safetensors']);
  });

  it('tell a forecast and the share of the work, which ends at 1', async () => {
    const shares: number[] = [];
    const out = await newPath('kernels.npz');
    const forecasts: unknown[] = [];
    await runLimitingKernels({
      ...{ ...common, out, mostSide: 3, x2: X2 },
      onProgress: (share) => shares.push(share),
      onForecast: (forecast) => forecasts.push(forecast),
    });
    expect(forecasts).toEqual([
      { bytes: expect.any(Number), seconds: expect.any(Number), folder: `${out}.run`, resumed: false },
    ]);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 12);
  });
});

/** A run's machine, whose threads end after it. */
async function onMachine<T>(threads: number, run: (machine: LimitingMachine) => Promise<T>): Promise<T> {
  const [team, product] = [threadTeam({ threads }), nodeProduct({ threads })];
  try {
    return await run({ team, product, runtime: nodeRuntime() });
  } finally {
    await Promise.all([team.close(), product.release()]);
  }
}

describe('kernels on a machine', () => {
  /** Numbers of an input: sums of as many take the engine more than one turn. */
  const LENGTH = 300;
  const wide = layerNet(['serial', { layers }], [LENGTH]).program;
  const some = (count: number, seed: number): Tensors => ({
    x: tensor(['batch', 'input'], [count, LENGTH], stream(seed, 'inputs').normals(LENGTH * count)),
  });
  const sides = { x1: some(50, 1), x2: some(90, 2) };

  /** A run's options, but for its machine. */
  const asked = { ...common, program: wide, ...sides, mostSide: 64 };

  it('are the same bytes whatever number of threads goes on with a run, and those of this thread but for rounding', async () => {
    const paths = await Promise.all([1, 2, 3].map(() => newPath('kernels.npz')));
    const [one = '', five = '', alone = ''] = paths;
    // No block is kept, but how they are cut.
    const files = {
      ...nodeFiles,
      rename: async (from: string, to: string) => {
        if (to.endsWith('.block')) throw systemError('ENOSPC');
        await nodeFiles.rename(from, to);
      },
    };
    const stopped = await onMachine(3, (machine) =>
      failureOf(() => runLimitingKernels({ ...asked, machine, out: one, files })),
    );
    expect(stopped.code).toBe('runs.write-failed');
    await cp(`${one}.run`, `${five}.run`, { recursive: true });
    for (const [threads, out] of [
      [1, one],
      [5, five],
    ] as const) {
      let resumed = false;
      const onForecast: LimitingRunOptions['onForecast'] = (forecast) => {
        ({ resumed } = forecast);
      };
      await onMachine(threads, (machine) => runLimitingKernels({ ...asked, machine, out, onForecast }));
      expect(resumed).toBe(true);
    }
    expect(await readFile(one)).toEqual(await readFile(five));
    await runLimitingKernels({ ...asked, out: alone });
    const [on, off] = [readNpz(one), readNpz(alone)];
    for (const which of ['nngp', 'ntk']) close(on.get(which)?.data ?? [], off.get(which)?.data ?? []);
  });

  it('leave pairs to the team and products to the engine', async () => {
    await onMachine(2, async ({ team, product, runtime }) => {
      if (team === undefined || product === undefined) return expect.fail('it has both');
      let [jobs, products] = [0, 0];
      const machine: LimitingMachine = {
        runtime,
        team: {
          threads: team.threads,
          run: (job, pairs) => {
            jobs++;
            team.run(job, pairs);
          },
        },
        product: (a, b, length) => {
          products++;
          return product(a, b, length);
        },
      };
      await runLimitingKernels({ ...asked, machine });
      expect(Math.min(jobs, products)).toBeGreaterThan(0);
    });
  });
});

describe('predictions', () => {
  it('are those that are made at once, and in the file', async () => {
    const targets = matrix(9, 1, stream(3, 'targets').normals(9));
    const of = (x1: Tensors, x2?: Tensors) =>
      limitingKernels(program, { x1, ...(x2 === undefined ? {} : { x2 }), sizes: SIZES });
    const atOnce = predictor({ train: of(X1), testTrain: of(X2, X1), test: of(X2), targets, ridge: 0.1 });
    const out = await newPath('kernels.json');
    const { predictions } = await runLimitingKernels({
      ...{ ...common, x2: X2, out, mostSide: 4 },
      predict: { targets, ridge: 0.1 },
    });
    const spread = atOnce.covariance(Number.POSITIVE_INFINITY).test?.data ?? [];
    const { mean = [], deviation = [] } = predictions ?? {};
    mean.flat().forEach((value, k) => {
      expect(value).toBeCloseTo(atOnce.mean(Number.POSITIVE_INFINITY).test?.data[k] ?? Number.NaN, 10);
    });
    deviation.forEach((value, k) => {
      expect(value).toBeCloseTo(Math.sqrt(spread[k * 8] ?? Number.NaN), 10);
    });
    expect([mean.length, deviation.length]).toEqual([7, 7]);
    expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({ predictions });
  });
});

describe('a run that is stopped', () => {
  const run = (out: string, options: Partial<LimitingRunOptions> = {}) =>
    runLimitingKernels({ ...common, out, mostSide: 4, ...options });

  /** Moments at which it is stopped, evenly over its life. */
  const STOPS = 8;

  it('at any of its writes goes on to the same bytes', async () => {
    const undisturbed = await newPath('kernels.npz');
    const counted = faultyFiles(nodeFiles);
    await run(undisturbed, { files: counted });
    const bytes = await readFile(undisturbed);
    let resumed = 0;
    for (let stop = 0; stop < STOPS; stop++) {
      const at = Math.floor(((stop + 0.5) * counted.operations.length) / STOPS);
      const out = await newPath('kernels.npz');
      const files = faultyFiles(nodeFiles, { code: 'ENOSPC', at, lasting: true, done: false });
      const stopped = await run(out, { files }).then(
        () => undefined,
        (error: unknown) => error,
      );
      // Only what is removed at the end may fail without a word.
      if (stopped === undefined) expect(await readFile(out)).toEqual(bytes);
      await run(out, {
        onForecast: (forecast) => {
          if (forecast.resumed) resumed++;
        },
      });
      expect(await readFile(out)).toEqual(bytes);
      expect(existsSync(`${out}.run`)).toBe(false);
    }
    expect(resumed).toBeGreaterThan(STOPS / 2);
  });

  /** The path of a run's file that failed when it was written: all blocks are there. */
  async function unfinished(options: Partial<LimitingRunOptions> = {}): Promise<string> {
    const out = await newPath('kernels.npz');
    const files = {
      ...nodeFiles,
      rename: async (from: string, to: string) => {
        if (to === out) throw systemError('ENOSPC');
        await nodeFiles.rename(from, to);
      },
    };
    expect((await failureOf(() => run(out, { files, ...options }))).code).toBe('runs.write-failed');
    return out;
  }

  it('computes a damaged block again, and says so', async () => {
    const undisturbed = await newPath('kernels.npz');
    await run(undisturbed);
    const out = await unfinished();
    const block = join(`${out}.run`, 'blocks/ntk/main/1-0.block');
    const damaged = await readFile(block);
    damaged[40] = Number(damaged[40]) ^ 1;
    await writeFile(block, damaged);
    const notices: string[] = [];
    await run(out, { onNotice: (text) => notices.push(text) });
    expect(notices).toEqual(["Block 'ntk/main/1-0' was damaged (its checksum does not match); it is computed again."]);
    expect(await readFile(out)).toEqual(await readFile(undisturbed));
  });

  it('keeps its plan, and is not mixed with another', async () => {
    const out = await unfinished();
    const stored = JSON.parse(await readFile(join(`${out}.run`, 'run.json'), 'utf8')) as {
      plan: { side: number; bytes: number };
    }; // as the run wrote it
    expect(stored.plan.side).toBe(4);
    const other = await failureOf(() => run(out, { x1: inputs(9, 4) }));
    expect(other.code).toBe('runs.identity-mismatch');
    const small = await failureOf(() => run(out, { memory: stored.plan.bytes - 1, strictMemory: true }));
    expect(small.code).toBe('experiments.planned-for-more');
    const elsewhere = await failureOf(() => run(out, { machine: { runtime: 'an engine 1.0' } }));
    expect(elsewhere.code).toBe('runs.identity-mismatch');
    expect(elsewhere.message).toMatch(/runtime/);
    expect(small.message).toMatch(/its plan, fixed at its first start, needs \d+\.\dGB\. Give that much, or delete/);
    await run(out, { memory: stored.plan.bytes - 1, mostSide: 2 });
    expect(existsSync(out)).toBe(true);
  });
});

describe('what is refused', () => {
  const code = async (options: Partial<LimitingRunOptions>): Promise<string> =>
    (await failureOf(() => runLimitingKernels({ ...common, ...options }))).code;
  const targets = matrix(8, 1, new Float64Array(8));
  const nan = tensor(['batch', 'input'], [2, 3], [1, 2, 3, 4, Number.NaN, 6]);

  it.for<[string, Partial<LimitingRunOptions>, string]>([
    ['too little memory', { memory: 2 ** 20 }, 'experiments.memory-too-small'],
    ['a file of another kind', { out: 'kernels.txt' }, 'experiments.unknown-format'],
    ['targets of other inputs', { x2: X2, predict: { targets } }, 'experiments.wrong-targets'],
    ['predictions of nothing', { predict: { targets } }, 'experiments.nothing-to-predict'],
    ['a NaN', { x2: { x: nan } }, 'kernels.not-finite'],
    ['no inputs', { x1: { x: tensor(['batch', 'input'], [0, 3], []) } }, 'kernels.no-inputs'],
    ['inputs of other sizes', { x2: { x: tensor(['batch', 'input'], [1, 2], [1, 2]) } }, 'kernels.other-size'],
  ])('%s', async ([, options, expected]) => {
    expect(await code(options)).toBe(expected);
  });

  it('too little memory for predictions, with what they need, before anything is written', async () => {
    const out = await newPath('kernels.npz');
    const many = inputs(3000, 5);
    const failure = await failureOf(() =>
      runLimitingKernels({
        ...{ ...common, x1: many, x2: X2, out, memory: 2 ** 29 },
        predict: { targets: matrix(3000, 1, new Float64Array(3000)) },
      }),
    );
    expect(failure.message).toMatch(
      /^--memory 0\.50GB is too small for these kernels, which need about 1\.\dGB at least \(1\.\dGB of it for the predictions\)\. Give that much, or fewer training inputs\.$/,
    );
    expect(await readdir(join(out, '..'))).toEqual([]);
  });
});
