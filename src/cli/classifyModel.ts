/** The parametrization of a language model, from the configuration of a checkpoint: what `nexort classify --model` says. */

import { checkpointNotes, describeConfig } from '../lm/index.ts';
import { checkpointFolder } from '../lm/node/index.ts';
import { type LanguageModelKinds, type LanguageModelParameter, parameterKinds } from '../nets/index.ts';
import {
  type Clipping,
  classifyParameters,
  type Exponents,
  exponentsFor,
  finite,
  type NetClassification,
  type Parametrization,
  printExponent,
  signOf,
  tiedRepair,
  type UpdateRule,
} from '../parametrizations/index.ts';
import { classificationJson, exponentsJson } from './classifyJson.ts';
import { classifySummary, trainedLine, wrapped } from './classifySummary.ts';
import { aligned } from './table.ts';

/** A language model of which only the configuration is known. */
export interface DescribedModel {
  /** As results name it. */
  readonly name: string;
  readonly modelType: string;
  readonly layers: number;
  readonly kinds: LanguageModelKinds;
  /** What its configuration leaves out or has in vain. */
  readonly notes: readonly string[];
}

/** A model's verdict with everything behind it. */
export interface ModelClassification {
  readonly model: DescribedModel;
  readonly parametrization: Parametrization;
  readonly found: NetClassification;
}

/** Reads the configuration of a checkpoint folder. Throws the errors of reading one. */
export async function describedModel(folder: string, name: string): Promise<DescribedModel> {
  const { config, modelType, assumed, unknown } = await describeConfig(checkpointFolder(folder));
  const of = { of: 'config.json', names: unknown, reason: 'unknown here', harmless: false } as const;
  const notes = checkpointNotes({ assumed, replaced: [], unused: unknown.length === 0 ? [] : [of] });
  return { name, modelType, layers: config.layers, kinds: parameterKinds(config), notes };
}

/** Classifies a model's parametrization. Throws the errors of {@link classifyParameters}. */
export function classifyModel(
  model: DescribedModel,
  parametrization: Parametrization,
  optimizer: UpdateRule,
  clipping: Clipping,
): ModelClassification {
  const parameters = model.kinds.parameters.map(({ name, kind, role, tied }) => ({
    name,
    kind,
    fixedStart: role === 'gain' || role === 'bias',
    readOut: tied,
  }));
  return { model, parametrization, found: classifyParameters(parametrization, parameters, { optimizer, clipping }) };
}

/** The parameter that makes the logits. */
export function readoutOf({ parameters }: LanguageModelKinds): LanguageModelParameter | undefined {
  return parameters.find(({ kind, tied }) => kind === 'readout' || tied);
}

/** The model, its parameters with their exponents, and what becomes of it; scales at its width where a base width is given. */
export function modelSummary(result: ModelClassification): string {
  const { model, parametrization, found } = result;
  const { width } = model.kinds;
  const scaled = parametrization.baseWidth === undefined ? undefined : width;
  const parts = found.ways.map(({ classification, layers }, k) => {
    const title = found.ways.length === 1 ? '' : `Way ${k + 1} of ${found.ways.length}, from ${layers[0]?.[0]}: `;
    const heading = [
      trainedLine(classification, `${title}the parameters as layers of a perceptron`),
      ...(k === 0 ? ['', ...modelLines(result)] : []),
    ].join('\n');
    return classifySummary(classification, scaled, heading) + tiedLines(found, k);
  });
  return parts.join('\n');
}

function modelLines({ model, parametrization, found }: ModelClassification): string[] {
  const { name, modelType, kinds, layers, notes } = model;
  const others = kinds.widths.slice(1).map(({ name: part, size, ratio }) => `${part} ${size} (${multipleOf(ratio)})`);
  const out =
    signOf(parametrization.out) === 0 ? '' : ` Logits are multiplied by n^(-${printExponent(parametrization.out)}).`;
  const text = `${name} (${modelType}), ${layers === 1 ? '1 block' : `${layers} blocks`}, n = ${kinds.width}. With n grow ${others.join(', ')}; the size of a head, vocabulary and positions stay.${out}`;
  const legend = 'Sizes that grow with n have a star; gains start at one, biases at zero, whatever b says:';
  return [
    wrapped(text),
    ...notes.map((note) => wrapped(`note: ${note}`)),
    '',
    wrapped(legend),
    '',
    parameterTable({ model, parametrization, found }),
    ...(found.scalars.length === 0 ? [] : ['', wrapped(SCALARS)]),
  ];
}

/** `4 n`, `n/64`. */
const multipleOf = (ratio: number): string =>
  ratio < 1 ? `n/${Number((1 / ratio).toPrecision(4))}` : `${Number(ratio.toPrecision(4))} n`;

const SCALARS =
  'Parameters of kind scalar have no axis that grows: no layer stands for them, and what trains them at one width does at others.';

/** Parameters that differ in the number of their block alone share a row. */
function parameterTable({ model, parametrization, found }: ModelClassification): string {
  const rows = new Map<string, { blocks: number[]; cells: (blocks: string) => string[] }>();
  for (const parameter of model.kinds.parameters) {
    const { name, kind, shape, grows, role, tied } = parameter;
    const block = /\.(\d+)\./.exec(name);
    const exponents = exponentsFor(parametrization, parameter);
    const sizes = shape.map((size, k) => `${size}${grows[k] === true ? '*' : ''}`).join(' × ');
    const rest = [sizes, tied ? 'vector, readout' : kind, layersOf(found, name), ...exponentCells(role, exponents)];
    const key = [name.replace(/\.\d+\./, '.#.'), ...rest].join('\t');
    const row = rows.get(key) ?? {
      blocks: [],
      cells: (blocks: string) => [block === null ? name : name.replace(/\.\d+\./, `.${blocks}.`), ...rest],
    };
    if (block !== null) row.blocks.push(Number(block[1]));
    rows.set(key, row);
  }
  const head = ['', 'shape', 'kind', 'layer', 'a', 'b', 'c', 'd'];
  const body = [...rows.values()].map(({ blocks, cells }) => cells(rangesOf(blocks)));
  return aligned([head, ...body], ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right']);
}

function exponentCells(role: LanguageModelParameter['role'], { a, b, c, d }: Exponents): string[] {
  const start = role === 'gain' ? 'one' : role === 'bias' || !finite(b) ? 'zero' : printExponent(b);
  return [printExponent(a), start, printExponent(c), printExponent(d)];
}

/** `0`, `0…11`, `1, 3…5`. */
function rangesOf(blocks: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const block of blocks) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === block - 1) range.last = block;
    else ranges.push({ first: block, last: block });
  }
  const texts = ranges.map(({ first, last }) => (first === last ? String(first) : `${first}…${last}`));
  return texts.length === 1 && ranges[0]?.first === ranges[0]?.last ? texts.join() : `{${texts.join(', ')}}`;
}

/** The layers that stand for a parameter, `1, 3`, those of further ways behind their number; `-` of a scalar. */
function layersOf({ ways }: NetClassification, name: string): string {
  const found = ways.flatMap(({ layers }, way) =>
    layers.flatMap((names, k) => (names.includes(name) ? [{ layer: String(k + 1), way: way + 1 }] : [])),
  );
  const own = found.filter(({ way }) => way === found[0]?.way).map(({ layer }) => layer);
  const first = found[0]?.way === 1 ? '' : ` of way ${found[0]?.way}`;
  return own.length === 0 ? '-' : `${own.join(', ')}${first}`;
}

/** What the repairs are of a parameter that is embedding and readout. */
function tiedLines({ tied, ways }: NetClassification, way: number): string {
  const found = ways[way]?.classification;
  if (!tied || found === undefined) return '';
  const last = found.depth + 1;
  const texts = [found.repair, found.maximal].flatMap((repair) => {
    if (repair === undefined) return [];
    const one = tiedRepair(repair.layers, found);
    if (one === undefined) {
      return `Layers 1 and ${last} are one parameter, and the repair at distance ${printExponent(repair.distance)} asks for what one cannot have: untie them (tie_word_embeddings false).`;
    }
    const { a, b, c, d } = one.exponents;
    const own = `a = ${printExponent(a)}, b = ${printExponent(b)}, c = ${printExponent(c)}, d = ${printExponent(d)}`;
    return `Layers 1 and ${last} are one parameter: at distance ${printExponent(repair.distance)} it has ${own}, and logits are multiplied by n^(-${printExponent(one.out)}).`;
  });
  const members = `Layers 1 and ${last} are one parameter: of the members above it can be those alone in which both have the same b, c and d.`;
  return `\n${[...new Set([members, ...texts])].map(wrapped).join('\n')}\n`;
}

/** The object that `--json` prints. */
export function modelJson({ model, parametrization, found }: ModelClassification): object {
  const { name, modelType, kinds, notes } = model;
  const scaled = parametrization.baseWidth === undefined ? undefined : kinds.width;
  const [first, ...others] = found.ways;
  return {
    ...classificationJson(first.classification, scaled),
    model: {
      name,
      modelType,
      blocks: model.layers,
      width: kinds.width,
      widths: kinds.widths,
      notes,
      parameters: kinds.parameters.map((parameter) => ({
        name: parameter.name,
        kind: parameter.kind,
        role: parameter.role,
        shape: parameter.shape,
        grows: parameter.grows,
        fanIn: parameter.fanIn,
        tied: parameter.tied,
        ...exponentsJson(exponentsFor(parametrization, parameter)),
        layers: found.ways.map(({ layers }) =>
          layers.flatMap((names, k) => (names.includes(parameter.name) ? [k + 1] : [])),
        ),
      })),
    },
    ...(others.length === 0
      ? {}
      : { otherWays: others.map(({ classification }) => classificationJson(classification, scaled)) }),
  };
}
