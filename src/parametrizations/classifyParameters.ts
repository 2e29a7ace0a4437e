/**
 * The classification of networks other than perceptrons, by the kinds of their parameters: which exponents train
 * depends on how many axes of a parameter grow, and not on what stands between the products. A network is read as the
 * perceptron that has one layer for all parameters of the same kind and exponents: vectors, matrices, readout. Biases and
 * gains start at zero, or at one, and move as vectors do.
 *
 * Norms and residual connections may keep order 1 where a perceptron does not; what is said of a transformer that starts
 * unstable is of its products, and a coordinate check tells the rest.
 *
 * Exponents by kind are those of IVb 2.9.11; the reading as perceptrons is ours.
 */

import { required } from '../errors/index.ts';
import { type Exponent, equal, finite, minus, negated, plus } from '../program/index.ts';
import { type Classification, classifyMlp } from './classify.ts';
import type { Clipping } from './clipping.ts';
import * as errors from './errors.ts';
import { mlpOf } from './layers.ts';
import { type Exponents, exponentsOfAll, type Parameter, type Parametrization } from './parametrization.ts';
import { equivalentExponents } from './symmetry.ts';
import type { UpdateRule } from './updateRule.ts';

/** A parameter of any network. */
export interface ClassifiedParameter extends Parameter {
  /** Whether it starts at a number, whatever b says: biases at zero, gains at one. */
  readonly fixedStart?: boolean;
  /** Whether a vector is the readout as well: one parameter with two uses. */
  readonly tied?: boolean;
}

/** How it is trained. */
export interface ClassifyParametersOptions {
  readonly optimizer: UpdateRule;
  /** Default `none`. */
  readonly clipping?: Clipping;
}

/** A way from vectors through all matrices to the readout, as a perceptron. */
export interface Way {
  readonly classification: Classification;
  /** The parameters that each of its layers stands for, by name, first to last. */
  readonly layers: readonly (readonly string[])[];
}

/** One parameter that is embedding and readout, after a repair. */
export interface TiedRepair {
  readonly exponents: Exponents;
  /** The output's multiplier n^(-out) with which the two uses are one parameter. */
  readonly out: Exponent;
}

/** A verdict on a network. */
export interface NetClassification {
  /** One for each group of vectors that have exponents of their own; usually one. */
  readonly ways: readonly [Way, ...Way[]];
  /** Parameters that no way speaks of: without an axis that grows. */
  readonly scalars: readonly string[];
  /** Whether the readout is an embedding. */
  readonly tied: boolean;
}

/**
 * Classifies the parametrization of a network of these parameters. Throws {@link UserError}
 * `parametrizations.missing-exponents`, `parametrizations.no-readout`, `parametrizations.zero-weight-norm`,
 * `parametrizations.unknown-answer`.
 */
export function classifyParameters(
  parametrization: Parametrization,
  parameters: readonly ClassifiedParameter[],
  { optimizer, clipping = 'none' }: ClassifyParametersOptions,
): NetClassification {
  const all = exponentsOfAll(parametrization, parameters);
  const of = (kind: Parameter['kind']): readonly Told[] =>
    parameters.flatMap((parameter, k) => (parameter.kind === kind ? [{ ...parameter, exponents: at(all, k) }] : []));
  const vectors = groupsOf(of('vector'));
  const matrices = groupsOf(of('matrix'));
  const tied = of('vector').filter(({ tied: own }) => own === true);
  const readouts = groupsOf([...of('readout'), ...tied]);
  const [readout] = readouts;
  if (readout === undefined || vectors.length === 0) throw errors.noReadout(parameters.length);
  const ways = vectors.flatMap((vector) =>
    readouts.map((last): Way => {
      const { exponents } = last;
      const layers = [
        { kind: 'vector', exponents: vector.exponents },
        ...matrices.map((matrix) => ({ kind: 'matrix', exponents: matrix.exponents }) as const),
        { kind: 'readout', exponents: { ...exponents, a: plus(exponents.a, parametrization.out) } },
      ] as const;
      const found = classifyMlp(mlpOf(layers, optimizer, clipping));
      return {
        classification: { parametrization, optimizer, ...found },
        layers: [vector, ...matrices, last].map(({ names }) => names),
      };
    }),
  );
  const [first, ...others] = ways;
  return {
    ways: [required(first, 'a way to the readout'), ...others],
    scalars: of('scalar').map(({ name }) => name),
    tied: tied.length > 0,
  };
}

/**
 * What the layers of a repair make of one parameter that is the first of them and the last; undefined where the two uses ask
 * for what one parameter cannot have.
 */
export function tiedRepair(
  layers: readonly Exponents[],
  { rule, clipping }: Pick<Classification, 'rule' | 'clipping'>,
): TiedRepair | undefined {
  const [exponents, readout] = [at(layers, 0), at(layers, layers.length - 1)];
  if (!finite(readout.b) || !finite(exponents.b)) return undefined;
  const out = minus(plus(readout.a, readout.b), plus(exponents.a, exponents.b));
  const used = { ...exponents, a: plus(exponents.a, out) };
  return equivalentExponents(used, readout, rule, clipping) ? { exponents, out } : undefined;
}

interface Told extends ClassifiedParameter {
  readonly exponents: Exponents;
}

interface Group {
  readonly exponents: Exponents;
  readonly names: readonly string[];
}

const at = (all: readonly Exponents[], k: number): Exponents => required(all[k], 'exponents of a parameter');

/** Parameters of equal exponents, in order; those of a fixed start join others whatever their b. */
function groupsOf(all: readonly Told[]): readonly Group[] {
  const groups: { exponents: Exponents; names: string[] }[] = [];
  const drawn = all.filter(({ fixedStart }) => fixedStart !== true);
  const fixed = all.filter(({ fixedStart }) => fixedStart === true);
  for (const { name, exponents } of drawn) {
    join(groups, name, exponents, (x, y) => equal(x.b, y.b) && moveAlike(x, y));
  }
  // A start that has no law is of order 1 at most, as that of a vector which has one is.
  for (const { name, exponents } of fixed) {
    join(groups, name, { ...exponents, b: negated(exponents.a) }, moveAlike);
  }
  return groups;
}

function join(
  groups: { exponents: Exponents; names: string[] }[],
  name: string,
  exponents: Exponents,
  same: (x: Exponents, y: Exponents) => boolean,
): void {
  const group = groups.find((other) => same(other.exponents, exponents));
  if (group === undefined) groups.push({ exponents, names: [name] });
  else group.names.push(name);
}

const moveAlike = (x: Exponents, y: Exponents): boolean =>
  (['a', 'c', 'd'] as const).every((name) => equal(x[name], y[name]));
