/** A coordinate check as a person reads it. */

import { required } from '../errors/index.ts';
import type { Alignment, CoordResult, Judgement, Measured } from '../experiments/index.ts';
import { aligned } from './table.ts';

/** Exponents by layer and quantity, findings, causes, and the verdict. */
export function coordSummary(result: CoordResult): string {
  const { parametrization, optimizer, widths, seeds, findings, causes, verdict } = result;
  const head = `${parametrization} with ${optimizer}, widths ${widths.join(', ')}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each`;
  const parts = [
    `${head}\n\nExponents of the width, measured (predicted; ≤ where that is a bound), by the number of updates:`,
    exponents(result),
  ];
  if (result.alignment !== undefined) parts.push(alignmentText(result.alignment, result.steps));
  if (findings.length > 0) parts.push(listed(findings));
  if (result.settings !== undefined && result.settings.length > 0)
    parts.push(
      ['Settings whose power of n is not what maximal updates ask for, by theory and by these sizes:']
        .concat(result.settings.map(({ text }) => `  ${text}`))
        .join('\n'),
    );
  if (causes !== undefined) parts.push(explained(causes));
  if (verdict === 'unclear') parts.push(doubted(result));
  parts.push(VERDICTS[verdict]);
  return `${parts.join('\n\n')}\n`;
}

const VERDICTS: Readonly<Record<CoordResult['verdict'], string>> = {
  pass: 'PASS: every size is as predicted, and none grows.',
  fail: 'FAIL',
  unclear:
    'UNCLEAR: nothing contradicts the prediction, but too little has been seen to rule out a mistake; give more --seeds, or more --widths, further apart.',
};

/** As many doubts are told one by one. */
const MOST_DOUBTS = 5;

function doubted({ doubts, measured }: CoordResult): string {
  const told = doubts.slice(0, MOST_DOUBTS).map(({ text }) => `  ${text}`);
  const rest = doubts.length - told.length;
  const all = measured.filter(({ exponent }) => exponent !== undefined).length;
  return [
    `Of ${doubts.length} of ${all} exponents (?) the error is so large that a power of 1/2 too many would not be seen:`,
    ...told,
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ].join('\n');
}

/** Where it begins, and what lies downstream. */
function listed(findings: CoordResult['findings']): string {
  const lines = (begins: boolean): string[] =>
    findings.filter((one) => one.begins === begins).map(({ text }) => `  ${text}`);
  const [first, rest] = [lines(true), lines(false)];
  return [
    ...(first.length > 0 ? ['It begins here:', ...first] : []),
    ...(rest.length > 0 ? ['Then:', ...rest] : []),
  ].join('\n');
}

function explained(causes: NonNullable<CoordResult['causes']>): string {
  const all = causes.flat();
  if (all.length === 0) return 'No single mistake in an exponent explains this.';
  const which = all.length === 1 ? 'One mistake would explain this:' : 'Any one of these mistakes would explain this:';
  return [which, ...all.map((cause) => `  ${cause}`)].join('\n');
}

function exponents({ measured, steps }: CoordResult): string {
  const rows = new Map<string, Measured[]>();
  for (const one of measured) {
    const key = `${one.layer}\t${one.quantity}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const head = ['', '', ...Array.from({ length: steps + 1 }, (_, k) => (k === 0 ? 'start' : String(k)))];
  let last = '';
  const body = [...rows].map(([key, all]) => {
    const [layer = '', quantity = ''] = key.split('\t');
    const shown = layer === last ? '' : layer;
    last = layer;
    return [shown, quantity, ...all.map(sizeCell)];
  });
  return aligned([head, ...body], ['left', 'left', ...Array.from({ length: steps + 1 }, () => 'right' as const)]);
}

/** A row a product and term: exponents, and in brackets ratios at the largest width. */
function alignmentText(all: readonly Alignment[], steps: number): string {
  const rows = new Map<string, Alignment[]>();
  for (const one of all) {
    const key = `${one.layer}\t${one.parameter}\t${one.term}`;
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const columns = Array.from({ length: steps + 1 }, (_, step) => step);
  let last = '';
  const body = [...rows].map(([key, own]) => {
    const [layer = '', parameter = '', term = ''] = key.split('\t');
    const name = layer === parameter ? layer : `${layer} (${parameter})`;
    const shown = name === last ? '' : name;
    last = name;
    return [shown, term, ...columns.map((step) => alignmentCell(own.find((one) => one.step === step)))];
  });
  const head = ['', '', ...columns.map((step) => (step === 0 ? 'start' : String(step)))];
  return `Alignment: the power of the terms summed that products follow, 1/2 independent, 1 aligned (ln of the ratio over ln n at the largest width), by the number of updates:\n\n${aligned([head, ...body], ['left', 'left', ...columns.map(() => 'right' as const)])}`;
}

function alignmentCell(one: Alignment | undefined): string {
  if (one === undefined) return '–';
  const ratio = `(${signed(required(one.ratios.at(-1), 'ratio of the largest width'))})`;
  return one.exponent === undefined
    ? ratio
    : `${signed(one.exponent)} ${ratio}${one.aligned === 'unclear' ? '?' : ' '}`;
}

const MARKS: Readonly<Record<Judgement, string>> = { agrees: ' ', differs: '!', unclear: '?' };

function sizeCell({ exponent, predicted, bound, judgement }: Measured): string {
  if (exponent === undefined && predicted === undefined) return '–';
  const found = exponent === undefined ? 'zero' : signed(exponent);
  const expected = predicted === undefined ? 'zero' : `${bound ? '≤ ' : ''}${signed(predicted)}`;
  return `${found} (${expected})${MARKS[judgement]}`;
}

function signed(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '∞';
  const text = value.toFixed(Number.isInteger(value) ? 0 : 2);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
