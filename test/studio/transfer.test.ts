/** The transfer page: its numbers are those of the commands for the same seed; sweeps go on, and end in words. */

import { describe, expect, it } from 'vitest';
import { coordArguments, sweepArguments } from '../../studio/src/transfer/command.ts';
import { DEFAULTS, readFields } from '../../studio/src/transfer/fields.ts';
import { TransferSession } from '../../studio/src/transfer/session.ts';
import type { CoordSpec, SweepSpec } from '../../studio/src/transfer/spec.ts';
import { type Answer, type Port, serve } from '../../studio/src/work/channel.ts';
import { Pool, type WorkerLike } from '../../studio/src/work/pool.ts';
import {
  checkCoordinates,
  judgeSweep,
  planCheck,
  planSweep,
  type SweepJobs,
  trainCell,
} from '../../studio/src/work/sweep.ts';
import { nexort } from '../cli/nexort.ts';
import { deviation } from '../conformance/feeds.ts';

/** The engine's f32 beside gradients in f64 from f32 weights, over a few updates. */
const F32 = 1e-4;
const net = { depth: 1, activation: 'tanh', optimizer: 'adam', seed: 3, seeds: 1, steps: 3 } as const;
const sweep: SweepSpec = {
  ...net,
  ...{ widths: [8, 16, Number.POSITIVE_INFINITY], rates: [0.01, 0.02, 0.04], parametrizations: ['mup'], samples: 64 },
};
const coord: CoordSpec = { ...net, widths: [8, 16, 32], rate: 0.01, parametrization: 'mup', seeds: 2, steps: 1 };

describe('the numbers of a sweep', () => {
  it('are those of nexort transfer: at infinite width to the bit, networks within f32', async () => {
    const { stdout, stderr } = await nexort('transfer', ...sweepArguments(sweep), '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    const told = JSON.parse(stdout);
    const { keys, seconds } = await planSweep(sweep);
    expect(keys).toHaveLength(9);
    expect(seconds).toBeGreaterThan(0);
    const cells = [];
    for (const key of keys) cells.push(await trainCell({ spec: sweep, key }));
    const found = await judgeSweep({ spec: sweep, cells });
    const [own, other] = [found.sweeps[0], told.sweeps[0]];
    expect(JSON.parse(JSON.stringify(own?.infinite)).points).toEqual(other.infinite.points);
    const losses = (of: readonly { readonly points: readonly { readonly loss: number | null }[] }[]): number[] =>
      of.flatMap(({ points }) => points.map(({ loss }) => loss ?? Number.NaN));
    expect(losses(own?.widths ?? [])).toHaveLength(6);
    expect(deviation(losses(own?.widths ?? []), losses(other.widths)).worst).toBeLessThan(F32);
    expect(found.chance).toBe(told.chance);
  });
});

describe('the exponents by layer', () => {
  it('are those of nexort coord, within f32', async () => {
    const { stdout, stderr } = await nexort('coord', ...coordArguments(coord), '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    const told = JSON.parse(stdout);
    const shares: number[] = [];
    const found = await checkCoordinates(coord, (share) => shares.push(share));
    expect(shares.at(-1)).toBeCloseTo(1, 12);
    const sizes = (of: readonly { readonly sizes: readonly number[] }[]): number[] => of.flatMap((one) => one.sizes);
    expect(sizes(found.measured).length).toBeGreaterThan(9);
    expect(deviation(sizes(found.measured), sizes(told.measured)).worst).toBeLessThan(F32);
    expect(found.verdict).toBe(told.verdict);
  });

  it('have a forecast, also where the narrowest network is wide', async () => {
    for (const widths of [coord.widths, [64, 96, 100]]) {
      const seconds = await planCheck({ ...coord, widths, seeds: 1 });
      expect(Number.isFinite(seconds) && seconds > 0, String(seconds)).toBe(true);
    }
  });
});

/** A worker in this thread; what it does is done when it is asked. */
function workerHere(handlers: Parameters<typeof serve<SweepJobs>>[1], isDying = () => false): WorkerLike {
  const listeners: Record<string, ((event: never) => void)[]> = { message: [], error: [] };
  let asked: (event: { readonly data: unknown }) => void = () => {};
  const port: Port = {
    postMessage: (data) => {
      for (const listener of listeners.message ?? []) listener({ data: data as Answer } as never);
    },
    addEventListener: (_, listener) => {
      asked = listener;
    },
  };
  serve<SweepJobs>(port, handlers);
  return {
    postMessage: (data) => {
      queueMicrotask(() => {
        if (!isDying()) asked({ data });
        else for (const listener of listeners.error ?? []) listener({ message: 'out of memory' } as never);
      });
    },
    addEventListener: (type: string, listener: (event: never) => void) => listeners[type]?.push(listener),
    terminate: () => {
      listeners.message = [];
    },
  };
}

const SMALL = { widths: '8,16', rates: '0.01,0.02,0.04', steps: '2', seeds: '1', parametrizations: 'mup', depth: '1' };

describe('a sweep of the page', () => {
  const handlers = {
    plan: planSweep,
    network: trainCell,
    judge: judgeSweep,
    planCoord: planCheck,
    coord: checkCoordinates,
  };

  it('trains every network once, and goes on from those of one that was cancelled', async () => {
    let trained = 0;
    const counting = {
      ...handlers,
      network: (given: Parameters<typeof trainCell>[0]) => {
        trained++;
        if (trained === 4) session.cancel();
        return trainCell(given);
      },
    };
    const session = new TransferSession(new Pool(() => workerHere(counting), 1), 1);
    session.tell(SMALL);
    await session.plan();
    expect(trained).toBe(4);
    expect(session.sweepWork.value).toEqual({ kind: 'idle' });
    const points = session.sweep.value?.sweeps[0]?.widths.flatMap(({ points: all }) => all) ?? [];
    expect(points.filter(({ loss }) => Number.isFinite(loss))).toHaveLength(3);
    expect(session.sweep.value?.sweeps[0]?.verdict).toBe('');
    await session.plan();
    expect(trained).toBe(7);
    expect(session.sweepWork.value).toEqual({ kind: 'idle' });
    expect(session.sweep.value?.sweeps[0]?.verdict).toMatch(/^(stays|moves|unclear)$/);
  });

  it('says that a worker ended, and trains again when it is asked to', async () => {
    let dying = true;
    const session = new TransferSession(new Pool(() => workerHere(handlers, () => dying), 1), 1);
    session.tell(SMALL);
    await session.plan();
    expect(session.sweepWork.value).toEqual({ kind: 'failed', message: 'A worker of this page ended: out of memory.' });
    dying = false;
    await session.plan();
    expect(session.sweep.value?.sweeps[0]?.widths).toHaveLength(2);
  });

  it('asks before what takes minutes', async () => {
    const slow = { ...handlers, plan: async (spec: SweepSpec) => ({ ...(await planSweep(spec)), seconds: 600 }) };
    const session = new TransferSession(new Pool(() => workerHere(slow), 1), 2);
    session.tell(SMALL);
    await session.plan();
    expect(session.sweepWork.value).toMatchObject({ kind: 'asked', seconds: 300 });
    await session.train();
    expect(session.sweepWork.value).toEqual({ kind: 'idle' });
  });

  it('asks before a check of coordinates that takes minutes, and not of fields that have changed', async () => {
    const slow = { ...handlers, planCoord: async () => 600 };
    const session = new TransferSession(new Pool(() => workerHere(slow), 1), 2);
    session.tell({ depth: '1', coordWidths: '8,16,32', coordSteps: '1', coordSeeds: '1' });
    await session.planCheck();
    expect(session.coordWork.value).toEqual({ kind: 'asked', seconds: 600 });
    session.change('coordSeeds', '2');
    expect(session.coordWork.value).toEqual({ kind: 'idle' });
    await session.check();
    expect(session.coord.value).toBeUndefined();
    await session.planCheck();
    await session.check();
    expect(session.coordWork.value).toEqual({ kind: 'idle' });
    expect(session.coord.value?.measured.length).toBeGreaterThan(3);
    // What it hands out is what it opens.
    const shown = session.coord.value;
    await session.open([new File([JSON.stringify(session.computed.value.coord)], 'coord.json')]);
    expect([session.problems.value, session.coord.value]).toEqual([[], shown]);
    expect(session.computed.value.coord).toBeUndefined();
  });
});

describe('fields of the transfer page', () => {
  it.each<[keyof typeof DEFAULTS, string, RegExp]>([
    ['widths', '8', /expected 2 to 6 different whole numbers/],
    ['widths', '8,,16', /expected 2 to 6/],
    ['widths', '8,100000', /For more there is the command below/],
    ['rates', '', /Nothing was given/],
    ['rates', '2^-3..2^-9', /least value first/],
    ['rates', '0.1', /at least 3 different values/],
    ['rates', '0,1,2', /0 cannot be tried/],
    ['rates', 'a..b..c', /such as 2\^-9\.\.2\^-3/],
    ['rates', '2^-40..2^-3', /a page tries up to 16/],
    ['steps', '1e9', /from 1 to 200/],
    ['parametrizations', 'mup,nup', /mup/],
    ['samples', '100', /power of two/],
    ['coordWidths', '8,16,inf', /expected 3 to 6/],
    ['coordRate', '-1', /above 0/],
    ['optimizer', 'adma', /adam/],
    ['activation', '<b>', /activation|such as/],
  ])('%s tell %j', (field, text, message) => {
    const { errors } = readFields({ ...DEFAULTS, [field]: text });
    expect(errors[field]).toMatch(message);
    expect(Object.keys(errors)).toContain(field);
  });

  it('of one half leave the other', () => {
    const { sweep: own, coord: other } = readFields({ ...DEFAULTS, widths: 'none' });
    expect([own === undefined, other === undefined]).toEqual([true, false]);
  });
});
