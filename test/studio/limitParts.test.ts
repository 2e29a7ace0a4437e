/** Pins, exports, results that come back, and classifications, without a browser. */

import { describe, expect, it } from 'vitest';
import { parseProgram, printProgram } from '../../src/program/index.ts';
import { finer } from '../../studio/src/limit/figures/plane.ts';
import { limitLink, tellLimit } from '../../studio/src/limit/link.ts';
import { openResult } from '../../studio/src/limit/opened.ts';
import { CLASSIFIED, PRESETS, presetOf } from '../../studio/src/limit/presets.ts';
import { LimitSession } from '../../studio/src/limit/session.ts';
import { rightShare, type SideView } from '../../studio/src/limit/view.ts';
import { comparedWords } from '../../studio/src/limit/words.ts';
import { readLink } from '../../studio/src/link.ts';
import { dataFile, limitCommand } from '../../studio/src/problem/command.ts';
import { columnsOf, ownText } from '../../studio/src/problem/exponents.ts';
import { DEFAULTS, type Fields } from '../../studio/src/problem/fields.ts';
import { kernelRows, rowsOf, shownKernel } from '../../studio/src/problem/grid.ts';
import { differenceWords, pinsOf, pinWords } from '../../studio/src/problem/pins.ts';
import { pointLines, pointsOfLines, pointsText, readPoints } from '../../studio/src/problem/points.ts';
import { readFields } from '../../studio/src/problem/read.ts';
import { limitScript, stepProgram } from '../../studio/src/problem/scripts.ts';
import type { LimitSpec, PageSpec } from '../../studio/src/problem/spec.ts';
import { GIVEN_UP, type Pool, WorkError } from '../../studio/src/work/pool.ts';
import { type LimitJobs, trainLimit } from '../../studio/src/work/train.ts';
import { printedByModule } from '../support/printedByModule.ts';

/** A session whose workers never answer, and the names of what they are at. */
function idleSession(): { readonly session: LimitSession; readonly running: Set<string> } {
  const running = new Set<string>();
  const pool = {
    run: (name: string, given: unknown) => {
      const key = `${name} ${JSON.stringify(given)}`;
      running.add(key);
      return {
        result: new Promise((_, failed) => {
          stops.set(key, () => failed(new WorkError(GIVEN_UP, 'given up')));
        }),
        giveUp: () => {
          running.delete(key);
          stops.get(key)?.();
        },
      };
    },
  };
  const stops = new Map<string, () => void>();
  return { session: new LimitSession(pool as unknown as Pool<LimitJobs>), running }; // as much of it as a session asks
}

const SMALL: Fields = {
  ...DEFAULTS,
  ...{ steps: '2', samples: '64', scramblings: '2', depth: '1', seeds: '1', beside: '16', width: '16' },
  points: '-1:0.5;0.7:-0.3;0.1:0.9',
};

describe('pins', () => {
  it('are words of a link that give the same pins back', () => {
    const pins = [DEFAULTS, { ...DEFAULTS, optimizer: 'tanh(4 * gradient)', width: 'infinity' }];
    expect(pinWords(pins, DEFAULTS)).toEqual({
      'pin1.left': 'mup',
      'pin2.width': 'infinity',
      'pin2.left': 'mup',
      'pin2.optimizer': 'tanh(4 * gradient)',
    });
    const now = { ...DEFAULTS, rate: '0.5', optimizer: 'tanh(4 * gradient)' };
    expect(pinWords(pins, now)).toMatchObject({ 'pin1.rate': '0.2', 'pin1.optimizer': 'adam', 'pin2.rate': '0.2' });
    for (const present of [DEFAULTS, now]) expect(pinsOf(pinWords(pins, present), present)).toEqual(pins);
    expect(pinsOf({ 'pin9.rate': '1', 'pin1.nothing': '1', rate: '1' }, now)).toEqual([]);
  });

  it('say what they have otherwise', () => {
    expect(differenceWords(DEFAULTS, DEFAULTS)).toBe('as now');
    expect(differenceWords(DEFAULTS, { ...DEFAULTS, width: 'infinity', right: 'mup', points: '0:1;1:2' })).toBe(
      'width 64 (now ∞), parametrization on the right NTP (now µP), other points',
    );
  });

  it('are trained beside the present state, each once, and given up when they are unpinned', () => {
    const { session, running } = idleSession();
    session.tell(SMALL);
    const alone = running.size;
    expect(session.canPin.peek()).toBe(true);
    session.pin();
    expect(session.canPin.peek()).toBe(false);
    expect(running.size).toBe(alone);
    session.change('rate', '0.5');
    // Two limits and two networks of the pin, as many again of the present state.
    expect(running.size).toBe(2 * alone);
    expect(session.pinned.peek()[0]?.spec?.sides[0].rate).toBe(0.2);
    session.unpin(0);
    expect(running.size).toBe(alone);
    expect([...running].every((key) => key.includes('"rate":0.5'))).toBe(true);
  });

  it('are at most four, and what cannot be read cannot be pinned', () => {
    const { session } = idleSession();
    session.tell({ ...SMALL, rate: 'x' });
    expect(session.canPin.peek()).toBe(false);
    for (const rate of ['0.1', '0.2', '0.3', '0.4', '0.5']) {
      session.tell({ ...SMALL, rate });
      session.pin();
    }
    expect(session.pins.peek().map(({ rate }) => rate)).toEqual(['0.1', '0.2', '0.3', '0.4']);
  });

  it('are compared in numbers', () => {
    const { spec = expect.fail('no spec') } = readFields({ ...SMALL, steps: '1' });
    const [side] = spec.sides;
    const shown = (value: number, standardError: number, width: number, losses: readonly number[]) => {
      const limit = {
        kind: '',
        scramblings: 2,
        outputs: [],
        losses: [value, value].map((one) => ({ value: one, standardError })),
      };
      const view: SideView = {
        limit,
        networks: losses.map((loss, seed) => ({ width, seed, outputs: [], losses: [1, loss] })),
      };
      return { side, view, spec: { ...spec, width } satisfies PageSpec };
    };
    expect(comparedWords(shown(0.3, 0.003, 16, [0.4]), shown(0.2, 0.004, 16, [0.25]), 1)).toBe(
      'µP: the loss at ∞ is 0.3000 ± 0.0030 pinned and 0.2000 ± 0.0040 now, lower by 0.1000 ± 0.0050; at n = 16 it is 0.4 pinned and 0.25 now.',
    );
    expect(comparedWords(shown(0.3, 0.03, 16, []), shown(0.31, 0.04, 64, []), 1)).toBe(
      'µP: the loss at ∞ is 0.300 ± 0.030 pinned and 0.310 ± 0.040 now, no difference beyond two standard errors.',
    );
    const nothing = { side, view: { networks: [] }, spec };
    expect(comparedWords(nothing, shown(1, 0, 16, []), 1)).toBe('µP: what is pinned has not come yet.');
  });
});

const sideOf = (change: Partial<Fields>): LimitSpec =>
  readFields({ ...SMALL, ...change }).spec?.sides[0] ?? expect.fail('no spec');

describe('exports', () => {
  it.each<Partial<Fields>>([
    {},
    { left: ownText(columnsOf('ntp')), activation: 'x * sigmoid(x)', optimizer: 'tanh(4 * gradient)' },
    { points: '0:0:1;0.5:1:-1;1:0.2:1', optimizer: 'sgd' },
  ])('the TypeScript of %o prints the losses of the page, to the bit', async (change) => {
    const side = sideOf(change);
    const { path } = await trainLimit(side);
    const lines = path.losses?.map((loss, k) => `after ${k} updates: ${loss.value} ± ${loss.standardError}`);
    expect((await printedByModule(limitScript(side))).trimEnd().split('\n')).toEqual(lines);
  });

  it.each<Partial<Fields>>([{}, { left: 'sp', optimizer: 'sgd' }])(
    'the program of an update of %o is read back',
    (change) => {
      const text = stepProgram(sideOf(change));
      const program = parseProgram(text);
      expect(printProgram(program)).toBe(text);
      expect(program.outputs.map(({ name }) => name)).toContain('loss');
    },
  );
});

describe('a result that is opened', () => {
  const file = (text: string, size = text.length) => ({ name: 'limit.json', size, text: async () => text });

  it('brings its view back', async () => {
    const [from, to] = [idleSession().session, idleSession().session];
    tellLimit(from, { ...SMALL, time: '1', ...pinWords([DEFAULTS], SMALL) });
    await openResult(file(JSON.stringify({ link: limitLink(from) })), to);
    expect([to.fields.peek(), to.pins.peek(), to.time.peek()]).toEqual([SMALL, [DEFAULTS], 1]);
    expect(limitLink(to)).toBe(limitLink(from));
    expect(readLink(limitLink(to)).problem).toBeUndefined();
  });

  it.each([
    [file('{'), 'limit.json: It is no JSON: '],
    [file('[]'), 'limit.json: It has no “link”; expected limit.json of the menu of exports.'],
    [file('{"link": "#limit?v=7"}'), 'limit.json: The link is of version 7'],
    [file('{"link": "#runs?v=1"}'), 'limit.json: Its link is of the page “runs”; expected one of “limit”.'],
    [file('{}', 200 * 2 ** 20), 'limit.json: It has 200 MB; expected up to 64.'],
  ])('and is none is told', async (given, message) => {
    const { session } = idleSession();
    await openResult(given, session);
    expect(session.failures.peek()[0]).toContain(message);
    expect(session.fields.peek()).toEqual(DEFAULTS);
  });
});

describe('two classes in a plane', () => {
  const text = '0:0.5:1;1:0:-1;0.5:1:1';

  it('are read from a table, with a header, 0 and 1 or ±1', () => {
    const points = [
      { x: 0, y: 0.5, class: 1 },
      { x: 1, y: 0, class: -1 },
      { x: 0.5, y: 1, class: 1 },
    ];
    for (const given of ['x,y,class\n0,0.5,1\n1,0,0\n0.5,1,1\n', '0 0.5 1\n1\t0\t-1\n0.5 1 1', text])
      expect(readPoints(given)).toEqual(points);
    expect(pointsText(points as never)).toBe(text);
    expect(pointsOfLines(pointLines(text))).toBe(text);
  });

  it.each([
    ['0:0:1;1:1', 'Line 2 is “1:1”; expected two numbers and a class, such as 0.5, -1, 1.'],
    ['0:0;1:1:1', 'Line 2 is “1:1:1”; expected two numbers, such as 0.5, -1.'],
    ['0:0:1;1:1:2', 'Line 2 has the class “2”; expected 1 or -1 (0 is read as -1).'],
    ['0:0:1;1:1:1', 'All points are of one class; expected some of each.'],
    ['0:0:1;1:0:-1', 'All points have the same y; expected at least two.'],
  ])('%s is none', (given, message) => expect(readPoints(given)).toBe(message));

  it('are seen as (x, y, 1) by networks, and by the command in its table', () => {
    const side = sideOf({ points: text, optimizer: 'sgd' });
    expect(rowsOf(side.points).slice(0, 2)).toEqual([
      { inputs: [0, 0.5, 1], target: 1 },
      { inputs: [1, 0, 1], target: -1 },
    ]);
    expect(dataFile(side).split('\n').slice(0, 3)).toEqual(['x,y,one,class', '0,0.5,1,1', '1,0,1,-1']);
    expect(limitCommand(side, [16], 1)).toContain('--label class --evaluate 49 --depth 1');
  });

  it('have kernels of the points, by class', () => {
    const { points } = sideOf({ points: text });
    const count = rowsOf(points).length;
    const entries = Array.from({ length: count * count }, (_, k) => [Math.floor(k / count), k % count]);
    expect(kernelRows(points)).toEqual([1, 0, 2]);
    expect(shownKernel(points, entries).map((pair) => pair.join())).toEqual(
      [1, 0, 2].flatMap((a) => [1, 0, 2].map((b) => `${a},${b}`)),
    );
    expect(rightShare([2, 0.5, 0.1], points)).toBe('2 of 3');
  });

  it('are drawn by curves through the grid: exact at its places, and of what is linear', () => {
    const linear = [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => 3 * x - y));
    const fine = finer(linear, 3);
    expect(fine).toHaveLength(13 * 13);
    for (const [k, value] of fine.entries()) expect(value).toBeCloseTo((3 * (k % 13) - Math.floor(k / 13)) / 6, 12);
    const bent = [5, 1, 0, 2, 9, 4, 7, 3, 8];
    expect([0, 6, 12].flatMap((y) => [0, 6, 12].map((x) => finer(bent, 3)[13 * y + x]))).toEqual(bent);
  });
});

describe('presets', () => {
  it('can be read, are known again, and give a reason', () => {
    for (const preset of PRESETS) {
      expect(readFields(preset.fields).errors, preset.name).toEqual({});
      expect(presetOf({ ...preset.fields, width: 'infinity' })).toBe(preset);
      expect(preset.why.length).toBeGreaterThan(20);
    }
    expect(presetOf({ ...DEFAULTS, rate: '0.123' })).toBeUndefined();
    expect(new Set(PRESETS.map(({ kind }) => kind))).toEqual(new Set(['good', 'bad']));
    expect(readFields({ ...DEFAULTS, ...CLASSIFIED }).errors).toEqual({});
  });
});
