/** What pages hand out: TypeScript that gives their numbers, and tables that are read back as what is shown. */

import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parseProgram } from '../../src/program/index.ts';
import { toldBy } from '../../studio/src/figure/opened.ts';
import { csv } from '../../studio/src/figure/table.ts';
import { classifyScript, measureScript } from '../../studio/src/phase/scripts.ts';
import { PHASE_DEFAULTS, PhaseSession } from '../../studio/src/phase/session.ts';
import { exponentRows, measuredRows, verdictRows } from '../../studio/src/phase/tables.ts';
import { columnsOf } from '../../studio/src/problem/exponents.ts';
import { checkCommand } from '../../studio/src/program/command.ts';
import { checkScript } from '../../studio/src/program/script.ts';
import { distanceRows, gramRows, ketRows, limitRows } from '../../studio/src/program/tables.ts';
import { readResult } from '../../studio/src/runs/results.ts';
import { coordRows, sweepRows } from '../../studio/src/runs/tables.ts';
import { checkedScript, sweepScript } from '../../studio/src/transfer/scripts.ts';
import type { CoordSpec, SweepSpec } from '../../studio/src/transfer/spec.ts';
import { ketTable } from '../../studio/src/work/kets.ts';
import { measureExponents } from '../../studio/src/work/measure.ts';
import { MEASURE_PROPORTIONAL_RATE } from '../../studio/src/work/measureSettings.ts';
import { checkProgram } from '../../studio/src/work/program.ts';
import { checkCoordinates, judgeSweep, planSweep, trainCell } from '../../studio/src/work/sweep.ts';
import { printedByModule } from '../support/printedByModule.ts';

const linesOf = async (script: string): Promise<readonly string[]> =>
  (await printedByModule(script)).trimEnd().split('\n');

/** The rows of a table behind its header, by the names of columns. */
const rowsOf = (text: string): readonly Readonly<Record<string, string>>[] => parse(text, { columns: true });

describe('a table', () => {
  it('has every digit, and says commas, quotes, lines, infinity and nothing', () => {
    const text = csv(
      ['a', 'b, "c"'],
      [[0.1 + 0.2, 'x\ny'], [Number.POSITIVE_INFINITY, undefined], [Number.NaN, true], [1]],
    );
    expect(parse(text)).toEqual([
      ['a', 'b, "c"'],
      ['0.30000000000000004', 'x\ny'],
      ['infinity', ''],
      ['', 'true'],
      ['1', ''],
    ]);
  });
});

describe('the program page', () => {
  // With a remark that a template would take apart.
  const text = `program mine # \`\${none}\` and \\
  width n
  initial x[n] ~ normal(1)
  initial W[n, n'] ~ normal(|n|^-0.5)
  y = tanh(W @ x)
  output f = avg(y * y)
`;
  const outside = `program outside
  width n
  initial x[n] ~ normal(1)
  initial W[n, n'] ~ normal(|n|^-0.5)
  output f = avg(x * (sign(W) @ x))
`;

  it.each([
    ['in the language', text],
    ['outside of it', outside],
  ])('has TypeScript of a program %s that prints its limits', async (_, given) => {
    const { outputs, finite } = await checkProgram({ text: given, steps: 1 });
    const expected = [
      ...outputs.map(
        ({ name, limit, standardError, exponent, verdict }) =>
          `${name}: ${limit} ± ${standardError}, exponent ${exponent ?? 'none'}: ${verdict}`,
      ),
      ...finite.map(
        ({ name, widths }) => `${name}: ${widths.map(({ width, mean }) => `${mean} at ${width}`).join(', ')}`,
      ),
    ];
    expect(expected.length).toBeGreaterThan(0);
    expect(await linesOf(checkScript(given, parseProgram(given), 1))).toEqual(expected);
  });

  it('has tables of its kets, their inner products, limits and distances', async () => {
    const [kets, checked] = [await ketTable({ text, steps: 1 }), await checkProgram({ text, steps: 1 })];
    expect(rowsOf(ketRows(kets)).map(({ ket, square, hat }) => [ket, square, hat])).toEqual(
      kets.rows.map(({ label, square, product }) => [
        label,
        String(square.value),
        product === undefined ? '' : String(product.hat.value),
      ]),
    );
    expect(rowsOf(gramRows(kets)).map(({ innerProduct }) => Number(innerProduct))).toEqual(
      kets.gram.map(({ value }) => value).filter((value) => !Number.isNaN(value)),
    );
    expect(rowsOf(limitRows(checked)).map(({ limit, verdict }) => [Number(limit), verdict])).toEqual(
      checked.outputs.map(({ limit, verdict }) => [limit, verdict]),
    );
    expect(rowsOf(distanceRows(checked)).map(({ width, distance }) => [Number(width), Number(distance)])).toEqual(
      checked.outputs.flatMap(({ distances }) => distances.map(({ width, rms }) => [width, rms])),
    );
  });

  it('has the command with its own settings', () => {
    expect(checkCommand("it's.nex", parseProgram(text), '2')).toBe(
      "nexort check 'it'\\''s.nex' --widths 16,32,64,128 --seeds 20 --samples 2048 --scramblings 8 --steps 2",
    );
  });
});

describe('the phase page', () => {
  it.each([
    ['ntp', 'adam'],
    ['mup', 'adam:beta2=0.9'],
    ['sp', 'tanh(4 * gradient)'],
  ])('has TypeScript and tables of the verdict on %s with %s', async (name, optimizer) => {
    const session = new PhaseSession();
    session.tell({ ...PHASE_DEFAULTS, ...columnsOf(name), optimizer });
    const result = session.found.value.result ?? expect.fail('no verdict');
    const lines = await linesOf(classifyScript({ columns: columnsOf(name), depth: 3, optimizer }));
    const verdict = Object.fromEntries(rowsOf(verdictRows(result)).map(({ word = '', value = '' }) => [word, value]));
    expect(lines[0]).toBe(`${result.regime}: r = ${verdict.r}, x = ${verdict.x}`);
    expect(lines[1]).toBe(
      `stable ${verdict.stable}, faithful ${verdict.faithful}, nontrivial ${verdict.nontrivial || 'unclear'}`,
    );
    expect(lines.slice(2, 6)).toEqual(rowsOf(exponentRows(result)).map(({ layer, r }) => `layer ${layer}: r = ${r}`));
    expect(lines.slice(6)).toEqual(result.reasons.map(({ text }) => text));
  });

  it('has TypeScript and a table of what is measured', async () => {
    const asked = { columns: columnsOf('ntp'), depth: 1, optimizer: 'sgd' };
    const result = await measureExponents(asked);
    const lines = await linesOf(measureScript(asked, MEASURE_PROPORTIONAL_RATE));
    expect(lines.slice(0, -1)).toEqual(result.measured.map(lineOf));
    expect(lines.at(-1)).toBe(result.verdict);
    expect(rowsOf(measuredRows(result)).map(({ exponent }) => exponent)).toEqual(
      result.measured.map(({ exponent }) => (exponent === undefined ? '' : String(exponent))),
    );
  });
});

const lineOf = ({ layer, quantity, step, exponent, interval, predicted, judgement }: Measured): string =>
  `${layer}, ${quantity}, after ${step} updates: n^${exponent} (${interval?.join(' to ')}), predicted n^${predicted}: ${judgement}`;
type Measured = Awaited<ReturnType<typeof measureExponents>>['measured'][number];

describe('the transfer page', () => {
  const net = { depth: 1, activation: 'x * sigmoid(x)', optimizer: 'adam:beta2=0.9', seed: 3, seeds: 1, steps: 2 };
  const sweep: SweepSpec = {
    ...net,
    ...{ widths: [8, 16, Number.POSITIVE_INFINITY], rates: [0.01, 0.02, 0.04], parametrizations: ['mup'], samples: 64 },
  };
  const coord: CoordSpec = { ...net, widths: [8, 16, 32], rate: 0.01, parametrization: 'mup', seeds: 2, steps: 1 };

  it('has TypeScript and a table of a sweep', async () => {
    const { keys } = await planSweep(sweep);
    const cells = [];
    for (const key of keys) cells.push(await trainCell({ spec: sweep, key }));
    const found = await judgeSweep({ spec: sweep, cells });
    const view = readResult(JSON.parse(JSON.stringify(found)));
    if (view.kind !== 'transfer') expect.fail(view.kind);
    const rows = rowsOf(sweepRows(view));
    expect(rows).toHaveLength(9);
    const lines = await linesOf(sweepScript(sweep));
    expect(lines.slice(0, -1)).toEqual(
      rows.map(
        ({ parametrization, width, value, loss, standardError }) =>
          `${parametrization}, n = ${width?.replace('infinity', 'Infinity')}, rate ${value}: ${loss} ± ${standardError || null}`,
      ),
    );
    expect(lines.at(-1)).toBe(found.sweeps[0]?.text);
  });

  it('has TypeScript and a table of a check', async () => {
    const result = await checkCoordinates(coord);
    const lines = await linesOf(checkedScript(coord));
    expect(lines).toEqual([...result.measured.map(lineOf), result.verdict]);
    const view = readResult(JSON.parse(JSON.stringify(result)));
    if (view.kind !== 'coord') expect.fail(view.kind);
    expect(rowsOf(coordRows(view)).map(({ exponent, low }) => [exponent, low])).toEqual(
      result.measured.map(({ exponent, interval }) => [
        exponent === undefined ? '' : String(exponent),
        interval === undefined ? '' : String(interval[0]),
      ]),
    );
  });
});

describe('a saved result', () => {
  const file = (text: string) => new File([text], 'phase.json');

  it('gives what its link tells to its own page alone', async () => {
    const link = '#phase?v=1&depth=4';
    expect(await toldBy(file(JSON.stringify({ link })), 'phase')).toEqual({ depth: '4' });
    await expect(toldBy(file(JSON.stringify({ link })), 'program')).rejects.toThrow(
      'Its link is of the page “phase”; expected one of “program”.',
    );
    await expect(toldBy(file('{}'), 'phase')).rejects.toThrow(
      'It has no “link”; expected phase.json of the menu of exports.',
    );
  });
});
