/** A classification as a person reads it on a terminal. */

import { counted } from '../errors/wording/index.ts';
import {
  type Classification,
  type Exponent,
  equal,
  finite,
  GAUGES,
  type Layer,
  printExponent,
  printPower,
  type Reason,
  type Repair,
  scalesOf,
  UPDATE_RULE_NAMES,
  type UpdateRule,
} from '../parametrizations/index.ts';
import { aligned } from './table.ts';

/** Columns of a terminal whose width is not known, such as a file. */
const WIDTH = 100;
/** Longer lines are hard to read. */
const WIDEST = 120;

/** What it is of, exponents, verdicts, reasons, sizes, and what would train; scales at a width where one is given. */
export function classifySummary(result: Classification, width?: number, heading = networkLine(result)): string {
  const blocks = [
    heading,
    exponentTable(result),
    ...(width === undefined ? [] : [scales(result, width)]),
    verdicts(result),
    ...reasonLists(result),
    sizeTable(result),
    ...repairs(result),
    equivalents(result),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function networkLine(result: Classification): string {
  return trainedLine(result, counted(result.depth, 'hidden layer'));
}

/** `mup, adam (ε = 0), 3 hidden layers.`, and what was read of a rule that has no known name. */
export function trainedLine({ parametrization, optimizer, clipping }: Classification, network: string): string {
  const how = optimizer.withoutEpsilon ? ' (ε = 0)' : '';
  const clipped = clipping === 'none' ? '' : `, updates ${CLIPPED[clipping]}`;
  const text = `${parametrization.name}, ${optimizer.name}${how}${clipped}, ${network}.`;
  return UPDATE_RULE_NAMES.includes(optimizer.name)
    ? wrapped(text)
    : `${wrapped(text)}\n${wrapped(ruleText(optimizer))}`;
}

/** What was read of a rule that people do not know by its name. */
function ruleText({ small, large, linear, scaleInvariant, signPreserving, by, doubts }: UpdateRule): string {
  const answers = linear
    ? 'is linear'
    : scaleInvariant
      ? 'does not depend on the size of gradients'
      : `answers to small gradients: ${ANSWERS[small]}; to large ones: ${ANSWERS[large]}`;
  const how = by === 'formulas' ? '' : ', as measured';
  const why = doubts.length === 0 ? '' : ` (formulas do not tell: ${doubts.join('; ')})`;
  const sign = signPreserving
    ? ''
    : ' Its formulas do not tell that its first step goes by the sign of the gradient, for which the classification is proved.';
  return `Q ${answers}${how}${why}.${sign}`;
}

const ANSWERS = { proportional: 'in proportion', 'order-1': 'at order 1', unknown: 'unknown' } as const;

const CLIPPED = {
  divideByClippedNorm: 'divided by min(norm, θ)',
  normalize: 'divided by their norm',
  normalizeByWeight: 'divided by the norm of the weight',
  clip: 'multiplied by min(1, θ / norm)',
} as const;

/** A run of layers that share what is printed of them. */
interface Group {
  readonly name: string;
  readonly first: Layer;
  readonly last: number;
}

/** Neighboring layers whose cells are equal share a row. */
function grouped(layers: readonly Layer[], cells: (layer: Layer) => readonly string[]): [Group, readonly string[]][] {
  const groups: { first: Layer; last: number; row: readonly string[] }[] = [];
  for (const layer of layers) {
    const row = cells(layer);
    const group = groups.at(-1);
    const same = group?.first.kind === layer.kind && group.row.join('\t') === row.join('\t');
    if (same) group.last = layer.layer;
    else groups.push({ first: layer, last: layer.layer, row });
  }
  return groups.map(({ first, last, row }) => {
    const readout = first.kind === 'readout' ? ' (readout)' : '';
    const name = first.layer === last ? `layer ${last}${readout}` : `layers ${first.layer} to ${last}`;
    return [{ name, first, last }, row];
  });
}

function rows(result: Classification, head: readonly string[], cells: (layer: Layer) => readonly string[]): string {
  const body = grouped(result.layers, cells).map(([{ name }, row]) => [name, ...row]);
  return aligned([['', ...head], ...body], ['left', ...head.map(() => 'right' as const)]);
}

function exponentTable(result: Classification): string {
  const { baseWidth } = result.parametrization;
  const n = baseWidth === undefined ? '' : `, n being the width over ${baseWidth}`;
  const legend = `Exponents of W = n^(-a) w, w ~ N(0, n^(-2b)), step size n^(-c), Q(n^d gradient)${n}:`;
  const table = rows(result, ['a', 'b', 'c', 'd', 'r'], ({ exponents: { a, b, c, d }, r }) => [
    printExponent(a),
    finite(b) ? printExponent(b) : 'zero',
    ...[c, d, r].map(printExponent),
  ]);
  return `${wrapped(legend)}\n\n${table}`;
}

function scales(result: Classification, width: number): string {
  const table = rows(result, ['multiplier', 'deviation', 'rate', 'gradient'], ({ exponents }) => {
    const { multiplier, deviation, rate, gradient } = scalesOf(result.parametrization, exponents, { width });
    return [multiplier, deviation, rate, gradient].map((value) => String(Number(value.toPrecision(6))));
  });
  return `At width ${width}, times constants of yours:\n\n${table}`;
}

function verdicts(result: Classification): string {
  const { stable, stableAtStart, faithful, faithfulAtStart, faithfulNeeded, nontrivial, regime, r, optimizer, rule } =
    result;
  const why = rule.linear ? 'only c - d matters' : 'its Q is scale-invariant';
  const minded = faithful || faithfulNeeded ? '' : `; ${optimizer.name} does not mind, ${why}`;
  const at = (start: boolean): string => (start ? ', though it is at initialization' : ', not even at initialization');
  const lines: [string, string][] = [
    ['stable', stable ? 'yes' : `no${at(stableAtStart)}`],
    ['faithful', `${faithful ? 'yes' : `no${at(faithfulAtStart)}`}${minded}`],
    ['nontrivial', nontrivial === undefined ? '-' : nontrivial ? 'yes' : 'no'],
    ['regime', `${regime}${nontrivial === true ? `, r = ${printExponent(r)}` : ''}${kernelNote(result)}`],
  ];
  return lines.map(([name, text]) => hanging(name.padEnd(13), text)).join('\n');
}

const kernelNote = ({ regime, rule }: Classification): string =>
  regime === 'operator' && rule.linear ? ' (Q is linear: the kernel regime)' : '';

function reasonLists({ reasons: all }: Classification): string[] {
  const part = (title: string, some: readonly Reason[]): string[] =>
    some.length === 0 ? [] : [[title, ...some.map(({ text }) => hanging('  - ', text))].join('\n')];
  return [
    ...part(
      'Why:',
      all.filter(({ harmful, holds }) => harmful || holds),
    ),
    ...part(
      'Without harm:',
      all.filter(({ harmful, holds }) => !harmful && !holds),
    ),
  ];
}

/** Sizes to compare with a coordinate check. */
function sizeTable(result: Classification): string {
  const [start, first] = result.sizes;
  const last = result.sizes.at(-1);
  if (start === undefined || first === undefined || last === undefined) return '';
  const of = (step: typeof start, { layer }: Layer) => step.layers[layer - 1];
  const settled = result.layers.every(
    (layer) =>
      equal(of(first, layer)?.preactivationChange ?? NONE, of(last, layer)?.preactivationChange ?? NONE) &&
      equal(of(first, layer)?.updateInput ?? NONE, of(last, layer)?.updateInput ?? NONE),
  );
  const later = settled ? [first] : [first, last];
  const head = [...['h', 'Q sees'], ...later.flatMap(({ step }) => [`Δh, step ${step}`, `Q sees, step ${step}`])];
  const table = rows(result, head, (layer) => [
    power(of(start, layer)?.preactivation),
    power(of(start, layer)?.updateInput),
    ...later.flatMap((step) => [power(of(step, layer)?.preactivationChange), power(of(step, layer)?.updateInput)]),
  ]);
  const on = settled ? '' : result.stable ? '' : ' They go on growing where they differ from step to step.';
  return `${wrapped(`Sizes at initialization and after steps, as powers of n; h of the readout is f.${on}`)}\n\n${table}`;
}

const NONE: Exponent = { numerator: -1, denominator: 0 };
const power = (size: Exponent = NONE): string => printPower(size);

function repairs({ repair, maximal, nontrivial, largestStableRate: rate, stable, rule }: Classification): string[] {
  const minded = !rule.linear && !rule.scaleInvariant;
  const norm = `|Δb| + |Δc|${minded ? ' + |Δd|' : ''} summed over layers`;
  const common =
    rate === undefined || stable
      ? []
      : [wrapped(`With one rate for all layers, n^(-c) is stable from c = ${printExponent(rate)} on.`)];
  const near = repair === undefined ? [] : [described(`Nearest that trains, by ${norm}`, repair)];
  const same = repair !== undefined && maximal !== undefined && equal(repair.distance, maximal.distance);
  const title = `Nearest in which every layer learns features, µP up to symmetry${nontrivial ? `, by ${norm}` : ''}`;
  const far = maximal === undefined || same ? [] : [described(title, maximal)];
  return [...common, ...near, ...far];
}

function described(title: string, { regime, distance, changes }: Repair): string {
  const texts = changes.map(({ layer, exponent, from, to }) => {
    const shown = (value: Exponent): string => (exponent === 'b' && !finite(value) ? 'zero' : printExponent(value));
    return `${exponent}_${layer}: ${shown(from)} → ${shown(to)}`;
  });
  const head = wrapped(`${title}: at distance ${printExponent(distance)}, ${regime}.`);
  return [head, ...texts.map((text) => `  ${text}`)].join('\n');
}

function equivalents({ names, members, layers }: Classification): string {
  const named = names.length === 0 ? 'No named parametrization trains it alike.' : `Trains like ${names.join(', ')}.`;
  const head = ['', 'a', 'b', 'c', 'd'];
  const body = members.flatMap(({ gauge, layers: all }) =>
    grouped(layers, ({ layer }) => {
      const found = all[layer - 1];
      if (found === undefined) return [];
      const { a, b, c, d } = found;
      return [printExponent(a), finite(b) ? printExponent(b) : 'zero', printExponent(c), printExponent(d)];
    }).map(([{ name }, row], k) => [k === 0 ? `${gauge} = 0: ${GAUGES[gauge]}` : '', name, ...row]),
  );
  const table = aligned([['', ...head], ...body], ['left', 'left', 'right', 'right', 'right', 'right']);
  return `${wrapped(`${named} Members of its class, the same training at every width:`)}\n\n${table}`;
}

function lineWidth(): number {
  return Math.min(WIDEST, process.stdout.columns ?? WIDTH);
}

/** A text in lines as wide as the terminal. */
export function wrapped(text: string): string {
  return hanging('', text);
}

/** A text behind its mark, broken at spaces, further lines below the first. */
function hanging(mark: string, text: string): string {
  const lines: string[] = [];
  let line = mark;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && [...line].length + 1 + [...word].length > lineWidth()) {
      lines.push(line);
      [line, empty] = [' '.repeat(mark.length), true];
    }
    line = empty ? `${line}${word}` : `${line} ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
