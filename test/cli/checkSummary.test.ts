/** Tables of a check that no short run would show. */

import { afterEach, describe, expect, it } from 'vitest';
import { checkSummary } from '../../src/cli/checkSummary.ts';
import type { CheckedOutput, CheckResult } from '../../src/experiments/index.ts';
import { parseWithPlaces } from '../../src/program/index.ts';

const WIDTHS = [64, 128, 256];
const TEXT = 'program p\n  width n\n  initial x[n] ~ normal(1)\n  s = sign(x)\n  output f = avg(s * x)';
const FILE = { path: 'p.nex', text: TEXT, ...parseWithPlaces(TEXT, 'p.nex') };

function result(outputs: readonly CheckedOutput[], more: Partial<CheckResult> = {}): CheckResult {
  const base = { program: 'p', inFragment: true, violations: [], notes: [], singularities: [], finite: [] };
  return { ...base, steps: 1, seeds: 100, widths: WIDTHS, outputs, passed: true, ...more };
}

function output(name: string, more: Partial<CheckedOutput> = {}): CheckedOutput {
  const distances = WIDTHS.map((width) => ({ width, rms: 1.234 / width, standardError: 0.1 / width, mean: 0 }));
  const fitted = { exponent: -1, exponentInterval: [-1.125, -0.875] as const, verdict: 'ok' as const };
  return { name, limit: 0.123456789, standardError: 0.00321, distances, reasons: [], ...fitted, ...more };
}

/** Cells of the table by the row's name. */
function row(text: string, name: string): string[] | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.trim()
    .split(/ {2,}/);
}

const { columns } = process.stdout;
afterEach(() => {
  process.stdout.columns = columns;
});

describe('the table of a check', () => {
  it('shows limits to two digits of their error, and exact ones', () => {
    const text = checkSummary(
      result([
        output('a'),
        output('b', { standardError: 0 }),
        output('c', { limit: -1e-9, standardError: 1e-4 }),
        output('d', { limit: 12345.6, standardError: 21 }),
      ]),
      FILE,
    );
    expect(row(text, 'a')).toEqual(['a', '0.1235 ± 0.0032', '0.019', '0.0096', '0.0048', '-1.00 ± 0.13', 'no slower']);
    expect(row(text, 'b')?.[1]).toBe('0.12345679 exact');
    expect(row(text, 'c')?.[1]).toBe('0.00000 ± 0.00010');
    expect(row(text, 'd')?.[1]).toBe('12346 ± 21');
  });

  it('keeps to the smallest and the largest width on a narrow terminal', () => {
    process.stdout.columns = 60;
    const text = checkSummary(result([output('a')]), FILE);
    expect(row(text, 'a')).toEqual(['a', '0.1235 ± 0.0032', '0.019', '0.0048', '-1.00 ± 0.13', 'no slower']);
    expect(text).toMatch(/ n=64 +n=256 /);
  });

  it('keeps slower outputs among many, and tells how many it leaves out', () => {
    const many = Array.from({ length: 99 }, (_, k) => output(`kernel[${k}]`));
    const slow = output('loss', { verdict: 'slower', exponent: -0.25 });
    const text = checkSummary(result([...many, slow], { passed: false }), FILE);
    expect(text.match(/^kernel/gm)).toHaveLength(39);
    expect(row(text, 'loss')?.at(-1)).toBe('SLOWER');
    expect(text).toContain('\n… and 60 more; --json prints all of them\n');
    expect(text).toMatch(/\nFAILED: loss approaches its limit slower than n\^\(-1\/2\), beyond three .*\n$/);
  });

  it('tells the notes on the program with their lines', () => {
    const notes = [{ node: 's', text: 'sign jumps' }];
    expect(checkSummary(result([output('f')], { notes }), FILE)).toContain('limit.\nnote: line 4, s: sign jumps\n\n');
  });

  it('says so where nothing is at a distance', () => {
    const { exponent: _, exponentInterval: __, ...equal } = output('f', { verdict: 'equal' });
    const text = checkSummary(result([equal]), FILE);
    expect(text).toMatch(/\nEvery output equals its limit at every width\.\n$/);
    expect(row(text, 'f')?.at(-1)).toBe('equal');
  });

  it('counts the rules that a program outside the language breaks, each at its place', () => {
    const violations = ['x', 's'].map((node) => ({ node, rule: 'growth' as const, text: `"${node}" grows` }));
    const finite = [{ name: 'f', widths: WIDTHS.map((width) => ({ width, mean: 0.5, deviation: 2 / width })) }];
    const text = checkSummary(result([], { inFragment: false, passed: false, violations, finite }), FILE);
    expect(text).toContain(
      'p.nex:3:11: x: "x" grows\n   3 |   initial x[n] ~ normal(1)\n     |           ^\n\np.nex:4:7:',
    );
    expect(row(text, 'f')).toEqual(['f', '0.500 ± 0.031', '0.500 ± 0.016', '0.5000 ± 0.0078']);
    expect(text).toMatch(/\nFAILED: the program breaks 2 rules of NE⊗OR⊤\.\n$/);
  });

  it('tells what is unclear and what has no limit, with the reasons, and prints the program as it was written', () => {
    const outputs = [
      output('a', { verdict: 'unclear', reasons: ['seen too little'] }),
      output('b', { verdict: 'unclear', reasons: ['seen too little'] }),
      output('c', { verdict: 'singular', limit: Number.NaN, standardError: Number.NaN, reasons: ['divides by 0'] }),
    ];
    const singularities = [{ node: 's', text: 'divides by 0', certain: true }];
    const text = '\n# mine\nwidth n\n\tinitial x[n]   ~ normal(1)\u001b[31m\n';
    const shown = checkSummary(result(outputs, { singularities, passed: false }), { ...FILE, text });
    expect(shown.startsWith('# mine\nwidth n\n  initial x[n]   ~ normal(1)\uFFFD[31m\n\nThe instructions')).toBe(true);
    expect(shown).toContain('covered:\nsingular: line 4, s: divides by 0\n\n');
    expect(row(shown, 'a')?.at(-1)).toBe('UNCLEAR');
    expect(row(shown, 'c')?.slice(1, 2)).toEqual(['none']);
    expect(row(shown, 'c')?.at(-1)).toBe('NO LIMIT');
    expect(
      shown.endsWith(`FAILED: c has no limit:
  divides by 0
UNCLEAR: not enough is seen or known of a, b:
  seen too little
`),
    ).toBe(true);
  });
});
