/** `nexort classify`: what becomes of a network in a parametrization as its width grows, and why. */

import { type Command, InvalidArgumentError } from 'commander';
import {
  baseWidthOf,
  CLIPPINGS,
  type Classification,
  type Clipping,
  classify,
  type Exponent,
  MEAN_FIELD,
  NEVER,
  ownDepth,
  type Parametrization,
  parseExponent,
  type UpdateRule,
  withParameterStart,
  withRate,
  withReadoutStart,
} from '../../parametrizations/index.ts';
import { classificationJson, optionOf } from '../classifyJson.ts';
import { classifySummary } from '../classifySummary.ts';
import * as errors from '../errors.ts';
import { type SvgWriter, svgWriter } from '../figureFile.ts';
import { refuseIdle } from '../idleOptions.ts';
import { addModelOptions, givenModel, type ModelOptions, modelText } from '../modelOption.ts';
import { toldRule } from '../optimizerOption.ts';
import { depth, positive } from '../options.ts';
import { readParametrization } from '../parametrizationFile.ts';
import { phaseData } from '../phaseData.ts';
import { runCommand } from '../run.ts';
import { print, printMessage } from '../terminal.ts';

interface Options extends ModelOptions {
  readonly parametrization: string;
  readonly depth?: number;
  readonly optimizer: string;
  readonly epsilon: boolean;
  readonly clip?: string;
  readonly rate?: Exponent;
  readonly readoutStart?: Exponent;
  readonly width?: number;
  readonly baseWidth?: number;
  readonly plot?: string;
  readonly json: boolean;
}

const DEPTH = 3;
/** Kinds of clipping by what the option calls them. */
export const CLIPPED: Readonly<Record<string, Clipping>> = Object.fromEntries(
  CLIPPINGS.map((clipping) => [optionOf(clipping), clipping]),
);

/** Adds the command. */
export function addClassifyCommand(program: Command): void {
  const command = program
    .command('classify')
    .description('say whether a parametrization is stable, faithful and nontrivial, whether features learn, and why');
  addModelOptions(command, 'in place of a perceptron: a checkpoint folder, or ORG/NAME of the hub, by its config.json')
    .option('--parametrization <name>', 'sp, ntp, mup, mean-field, up:0.25, or a .json file', 'mup')
    .option(
      '--depth <number>',
      `hidden layers of the multilayer perceptron (default: ${DEPTH}, 1 of mean-field)`,
      depth,
    )
    .option('--optimizer <name>', 'adam, sgd, sign, lion, adamw, …, or a .json file; adaptive ones with ε = 0', 'adam')
    .option('--epsilon', 'keep the ε > 0 of adaptive optimizers, which then mind the size of gradients', false)
    .option('--clip <how>', `${Object.keys(CLIPPED).join(', ')} (default: none, or as the name says)`)
    .option('--rate <c>', 'one learning rate n^(-c) for all layers, in place of their c', rate)
    .option('--readout-start <b>', 'initial size n^(-b) of the readout, or "zero"', startOption)
    .option('--width <number>', 'print multipliers, initial deviations and rates at this width', positive)
    .option('--base-width <number>', 'the width at which powers of n are 1', positive)
    .option('--plot <file>', 'write the phase diagram as SVG')
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText(
      'after',
      `
A parametrization gives each weight of a network of width n four exponents (Yang & Littwin 2023): W = n^(-a) w,
w ~ N(0, n^(-2b)), step size n^(-c), and an update rule Q that sees n^d times the gradient. The command tells what
becomes of a multilayer perceptron as n grows:

  stable       nothing grows without bound, and features do not vanish at initialization
  faithful     what Q sees is of order 1, so that its nonlinearity works at every width
  nontrivial   the output changes by order 1
  regime       "feature learning" where features change by order 1 (r = 0), "operator" where they change by n^(-r)
               and the output does all the same (for SGD: the kernel regime)

with reasons in formulas and words, sizes to compare with a coordinate check, the parametrizations of the same class,
and the nearest one that trains.

Names: sp, ntp, mup, mean-field, and up:s for s from 0 (mup) to 0.5 (ntp). "-clipped" or "-weight-norm" after a name is
its form for updates that are divided by their own norm or by the weight's, and implies --clip: "normalize" divides
updates by their norm, "normalize-by-weight" by the weight's, "divide-by-clipped-norm" by min(norm, θ), which is the
paper's clipping, and "clip", the usual one, multiplies them by min(1, θ / norm).

A .json file has columns for the first layer, those between, and the readout,
  {"a": [0, 0, 1], "b": [0, "1/2", 0], "c": [0, 1, 0], "d": [1, 1, 1], "baseWidth": 64}
or exponents by kind: {"out": 1, "matrix": {"a": 0, "b": "1/2", "c": 1, "d": 1}, "vector": {…}, "scalar": {…}}.

An optimizer of your own is a .json file of formulas (docs/optimizers.md): how its Q answers to small and to large gradients
is read from them, or measured where they do not tell it. Settings stand behind a colon: adam:epsilon=0.1, mine.json:beta=0.8.
An ε that is larger than the usual one is kept.

The JSON object holds stable, faithful, nontrivial (null where undecided), regime, r, reasons [{layer, condition,
exponent, text}], layers, sizes, names, members, repair and more; exponents are numbers, null is n^(-∞), exactly 0.
Exit code 0: classified, whatever the verdict. 2: bad usage or input.

Examples:
  nexort classify --parametrization mup --depth 3 --optimizer adam
  nexort classify --parametrization sp --optimizer adam --rate 1
  nexort classify --parametrization sp --optimizer sgd --rate 1 --plot phases.svg
  nexort classify --parametrization mup --optimizer examples/optimizers/soft-sign.json
  nexort classify --parametrization examples/parametrizations/mine.json --depth 2 --json`,
    )
    .action((options: Options, own: Command) => runCommand(() => classifyGiven(options, own)));
}

async function classifyGiven(options: Options, command: Command): Promise<void> {
  const { rate: c, readoutStart, width, baseWidth, plot, epsilon } = options;
  const whole = options.model === undefined ? undefined : 'the model has its own, in its config.json';
  refuseIdle(command, [
    { option: 'depth', reason: whole },
    { option: 'width', reason: whole },
    ...['revision', 'offline'].map((option) => ({
      option,
      reason: whole === undefined ? 'no model of the hub is asked for' : undefined,
    })),
  ]);
  const write = plot === undefined ? undefined : await svgWriter(plot);
  const optimizer = await toldRule(options.optimizer, epsilon);
  const { parametrization: given, clipping: implied } = await readParametrization(options.parametrization, optimizer);
  if (options.model !== undefined) {
    await classifyCheckpoint(options, given, optimizer, clippingOf(options.clip) ?? implied ?? 'none');
    return;
  }
  const depth = options.depth ?? ownDepth(given) ?? (options.parametrization.startsWith(MEAN_FIELD.name) ? 1 : DEPTH);
  const clipping = clippingOf(options.clip) ?? implied ?? 'none';
  const rated = c === undefined ? given : withRate(given, c);
  const started = readoutStart === undefined ? rated : withReadoutStart(rated, depth, readoutStart);
  const parametrization = withBase(started, baseWidth);
  const result: Classification = classify(parametrization, { depth, optimizer, clipping });
  print(options.json ? `${JSON.stringify(classificationJson(result, width))}\n` : classifySummary(result, width));
  await plotted(write, result);
}

/** The same of a language model, by the kinds of its parameters. */
async function classifyCheckpoint(
  options: Options,
  given: Parametrization,
  optimizer: UpdateRule,
  clipping: Clipping,
): Promise<void> {
  const { rate: c, readoutStart, baseWidth, plot, json } = options;
  const write = plot === undefined ? undefined : await svgWriter(plot);
  const { folder, name } = await givenModel(options, 'configuration');
  // Language models are loaded here, not at every start.
  const { classifyModel, describedModel, modelJson, modelSummary, readoutOf } = await import('../classifyModel.ts');
  const model = await describedModel(folder, options.model === name ? modelText(folder) : name);
  const rated = c === undefined ? given : withRate(given, c);
  const readout = readoutOf(model.kinds);
  if (readoutStart !== undefined && readout?.tied === true) {
    throw errors.idleOption(
      '--readout-start',
      `the readout of ${name} is its embedding, ${readout.name}, which starts as that`,
    );
  }
  const started =
    readoutStart === undefined || readout === undefined ? rated : withParameterStart(rated, readout, readoutStart);
  const result = classifyModel(model, withBase(started, baseWidth), optimizer, clipping);
  print(json ? `${JSON.stringify(modelJson(result))}\n` : modelSummary(result));
  await plotted(write, result.found.ways[0].classification);
}

async function plotted(write: SvgWriter | undefined, result: Classification): Promise<void> {
  if (write === undefined) return;
  // Its libraries are loaded here, not at every start.
  const { phaseDiagram } = await import('../../report/index.ts');
  printMessage(await write(phaseDiagram(phaseData(result))));
}

function withBase(parametrization: Parametrization, baseWidth: number | undefined): Parametrization {
  const base = baseWidthOf(parametrization, baseWidth);
  return base === 1 ? parametrization : { ...parametrization, baseWidth: base };
}

function clippingOf(given: string | undefined): Clipping | undefined {
  if (given === undefined) return undefined;
  const found = Object.hasOwn(CLIPPED, given) ? CLIPPED[given] : undefined;
  if (found === undefined) throw errors.unknownClipping(given, Object.keys(CLIPPED));
  return found;
}

function rate(text: string): Exponent {
  const found = parseExponent(text);
  if (found === undefined) throw new InvalidArgumentError('Give a number or a fraction, such as 1 or 3/2.');
  return found;
}

function startOption(text: string): Exponent {
  const found = text === 'zero' ? NEVER : parseExponent(text);
  if (found === undefined) throw new InvalidArgumentError('Give a number or a fraction, such as 1 or 1/2, or "zero".');
  return found;
}
