/** What a limit of training says, in sentences. */

import { required } from '../../errors/index.ts';
import { mean } from '../../numeric/index.ts';
import { flattened, type LimitReport, limitDivergence } from './result.ts';
import { AT_ZERO, DRAWN } from './start.ts';

const KINDS: Readonly<Record<LimitReport['kind'], string>> = {
  'neural tangent': 'Neural tangent limit: features and the tangent kernel stand still, and outputs move along them',
  'maximal update': 'Maximal update limit: features move by order 1, and outputs are the same for every seed',
};

/** Where outputs start, of the limit and of networks. */
function placeWords(startsAt: string | null): string {
  if (startsAt === null) return '';
  const own = 'its own start is taken off';
  if (startsAt === AT_ZERO)
    return `; their random start is left out, of the limit (they start at 0) and of every network (${own})`;
  const where = startsAt === DRAWN ? 'at one draw of their Gaussian process' : `where ${startsAt} says`;
  return `; they start ${where}, and so do those of every network (${own})`;
}

/** Sentences without their periods, the most telling first. */
export function limitWords(report: LimitReport): readonly string[] {
  const { kind, startsAt } = report;
  return [
    `${KINDS[kind]}${placeWords(startsAt)}`,
    ...startWords(report),
    ...lossWords(report),
    ...featureWords(report),
    ...besideWords(report),
    ...kernelWords(report),
    ...approachWords(report),
    ...errorWords(report),
    ...divergedWords(report),
  ];
}

/** What is left out of the limit, and how large a rate may be. */
function startWords({ start, startsAt, learningRate }: LimitReport): readonly string[] {
  if (start === null) return [];
  const { deviations, divergentRate } = start;
  const [least, most] = [Math.min(...deviations).toPrecision(2), Math.max(...deviations).toPrecision(2)];
  // Between µP and NTP f_0 tends to 0 by itself.
  if (Number(most) < NOTHING) return divergenceWords(divergentRate, learningRate);
  const spread = `At the start outputs have a deviation of ${least === most ? least : `${least} to ${most}`} over initializations${startsAt === AT_ZERO ? ', which is left out' : ''}`;
  return [spread, ...divergenceWords(divergentRate, learningRate)];
}

/** A deviation that is rounding. */
const NOTHING = 1e-9;

function divergenceWords(divergentRate: number | null, learningRate: number): readonly string[] {
  if (divergentRate === null) return [];
  const judged =
    learningRate >= divergentRate ? `so that at ${learningRate} it does` : `and does not at ${learningRate}`;
  return [
    `Training diverges from the learning rate ${divergentRate.toPrecision(3)} on, which the largest eigenvalue of the tangent kernel on the batch sets, ${judged}`,
  ];
}

/** Means of as many steps as there are batches, so that both are of all examples. */
function lossWords(report: LimitReport): readonly string[] {
  const { losses, batches, steps } = report;
  const diverged = limitDivergence(report);
  if (diverged !== undefined)
    return [`In the limit training diverges: after ${updates(diverged.step)} ${diverged.what}${causeWords(report)}`];
  if (losses === null) return [];
  const values = losses.map(({ value }) => value);
  const round = Math.min(batches.length, values.length);
  const text = (of: readonly (number | null)[]): string => mean(of.flatMap((value) => value ?? [])).toPrecision(3);
  const where = round === 1 ? '' : ` (means of ${round} steps, one a batch)`;
  return [
    `In the limit the loss goes from ${text(values.slice(0, round))} to ${text(values.slice(-round))} in ${updates(steps)}${where}`,
  ];
}

/** Why descent diverged, as far as the tangent kernel before it says so; of other rules, what is known. */
function causeWords({ tangentKernel, edge, optimizer, learningRate }: LimitReport): string {
  if (edge === null)
    return `; of ${optimizer} no learning rate is known from which on it diverges, for its steps depend on what it has seen: take a smaller one than ${learningRate}`;
  const sharp = tangentKernel.find(({ sharpness }) => sharpness !== null && sharpness > edge);
  if (sharp === undefined) return '';
  const { step, sharpness } = sharp;
  return `; the sharpness ${step === 0 ? 'at the start' : `after ${updates(step)}`}, ${sharpness?.toPrecision(3)}, is above 2 (1 + momentum) / η = ${edge.toPrecision(3)}`;
}

/** Moves of less than so many of their errors may be none. */
const SEEN = 3;

function featureWords({ features }: LimitReport): readonly string[] {
  if (features.length === 0) return [];
  const list = features.map(({ layer, movement, error, alignment }) => {
    const size =
      movement < SEEN * error ? `${layer} by at most ${shareText(SEEN * error)}` : `${layer} by ${shareText(movement)}`;
    if (alignment === undefined) return size;
    return `${size} (alignment with the targets ${alignment[0].toFixed(2)} to ${alignment[1].toFixed(2)})`;
  });
  return [`The feature kernels move: ${list.join(', ')}`];
}

/** How far features of the widest networks move. */
function besideWords({ beside }: LimitReport): readonly string[] {
  const widest = beside.at(-1);
  if (widest === undefined || widest.features.length === 0) return [];
  const list = widest.features.map(({ layer, movement }) => `${layer} by ${shareText(movement)}`).join(', ');
  return [`Those of networks of width ${widest.width} move: ${list}`];
}

/** What plain descent is stable below, beside what the kernel is. */
function kernelWords({ tangentKernel, beside, edge, kind }: LimitReport): readonly string[] {
  const values = tangentKernel.flatMap(({ sharpness }) => sharpness ?? []);
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return [];
  const path =
    kind === 'neural tangent'
      ? `is ${first.toPrecision(3)}`
      : `goes from ${first.toPrecision(3)} to ${last.toPrecision(3)}`;
  const widest = beside.at(-1);
  const own = widest?.tangentKernel.map(({ sharpness }) => sharpness) ?? [];
  const [start, end] = [own[0], own.at(-1)];
  const networks =
    widest === undefined || start === undefined || end === undefined
      ? ''
      : `, of networks of width ${widest.width} from ${start.toPrecision(3)} to ${end.toPrecision(3)}`;
  const bound =
    edge === null ? '' : `; descent is stable where it is below 2 (1 + momentum) / η = ${edge.toPrecision(3)}`;
  return [
    `The sharpness, the largest eigenvalue of the tangent kernel over the examples of a mean, ${path}${networks}${bound}`,
  ];
}

const shareText = (share: number): string => `${(100 * share).toPrecision(2)} %`;

const USUAL = -0.5;

function approachWords({ exponent, exponentInterval, finite }: LimitReport): readonly string[] {
  if (exponent === null || exponentInterval === null) return [];
  const [low, high] = exponentInterval;
  const words = `${exponent.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`;
  const first = required(finite[0], 'width beside a limit').width;
  const last = required(finite.at(-1), 'width beside a limit').width;
  const judged =
    high >= 0
      ? 'which does not say that they do: give more --seeds, or wider --widths'
      : low <= USUAL && USUAL <= high
        ? 'as the usual -1/2'
        : `${high < USUAL ? 'faster' : 'slower'} than the usual -1/2`;
  return [`Networks of widths ${first} to ${last} approach the limit with the exponent ${words}, ${judged}`];
}

/** Of the least distance, what the limit's own error may be: its square is then a tenth of that of the distance. */
const SHARE = 0.3;

/** Distances are from a limit that is known with an error, which is in them. */
function errorWords({ finite, standardErrors }: LimitReport): readonly string[] {
  const distances = finite.flatMap(({ distance }) => distance ?? []);
  const errors = flattened(required(standardErrors.at(-1), 'errors after the last step')).flatMap((one) => one ?? []);
  if (distances.length === 0 || errors.length === 0) return [];
  const rms = Math.sqrt(mean(errors.map((error) => error ** 2)));
  const least = Math.min(...distances);
  if (rms <= SHARE * least) return [];
  return [
    `The limit itself is known to ${rms.toPrecision(2)}, which the least distance, ${least.toPrecision(2)}, contains: more --samples, --subsample and --scramblings say more`,
  ];
}

function divergedWords({ finite }: LimitReport): readonly string[] {
  const bad = finite.filter(({ diverged }) => diverged > 0);
  if (bad.length === 0) return [];
  const list = bad.map(({ width, seeds, diverged }) => `${diverged} of ${seeds} at width ${width}`).join(', ');
  return [`Networks that diverged, and are left out: ${list}`];
}

/** `1 update`, `8 updates`. */
export const updates = (count: number): string => `${count} ${count === 1 ? 'update' : 'updates'}`;
