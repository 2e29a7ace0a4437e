/** Stages of nets: written once by names of their own, and put in their places of a chain. */

import type { ParameterKind } from '../parametrizations/index.ts';
import { globalName, nodesOf, type Program, type Stage, valueName } from '../program/index.ts';
import { type Layer, type Net, type NetOptions, netOf, type ZeroEntries } from './net.ts';

/** A program with what a net tells of it, by the program's own names. */
export interface WrittenStage {
  readonly program: Program;
  readonly kinds: Readonly<Record<string, ParameterKind>>;
  readonly layers: readonly Layer[];
  readonly zeroEntries?: readonly ZeroEntries[];
}

/** A stage in its place, with what a net tells of it, by the net's names. */
export interface PlacedStage {
  readonly stage: Stage;
  readonly kinds: Readonly<Record<string, ParameterKind>>;
  readonly layers: readonly Layer[];
  readonly zeroEntries?: readonly ZeroEntries[];
}

export interface Place {
  /** The stage's name in the chain. */
  readonly name: string;
  /** The net's name for a parameter; by default its own. */
  readonly parameter?: (own: string) => string;
  /** The net's names for values, by their own; others stand behind the stage's name. */
  readonly values?: Readonly<Record<string, string>>;
  /** The net's name for a layer; by default its own. */
  readonly layer?: (own: string) => string;
}

const same = (own: string): string => own;

/** Puts a stage in its place; stages that are written once may have several. */
export function placed(
  written: WrittenStage,
  { name, parameter = same, values = {}, layer = same }: Place,
): PlacedStage {
  const { program } = written;
  const parameters = Object.fromEntries(nodesOf(program, 'parameter').map((node) => [node.name, parameter(node.name)]));
  const stage: Stage = { name, program, parameters, values };
  return {
    stage,
    kinds: Object.fromEntries(Object.entries(written.kinds).map(([own, kind]) => [globalName(stage, own), kind])),
    zeroEntries: (written.zeroEntries ?? []).map(({ parameter: own, reason }) => ({
      parameter: globalName(stage, own),
      reason,
    })),
    layers: written.layers.map(({ name: own, parameter: weight, preactivation, activation }) => ({
      name: layer(own),
      parameter: globalName(stage, weight),
      preactivation: valueName(stage, preactivation),
      ...(activation === undefined ? {} : { activation: valueName(stage, activation) }),
    })),
  };
}

/** The net of a chain of stages in their places; a parameter with two uses is of the kind that the first makes it. */
export function chainNet(
  name: string,
  stages: readonly PlacedStage[],
  options: Omit<NetOptions, 'kinds' | 'layers' | 'zeroEntries'>,
): Net {
  return netOf({ name, stages: stages.map(({ stage }) => stage) }, { ...options, ...told(stages) });
}

/** Kinds and layers of stages taken together. */
export function told(stages: readonly PlacedStage[]): Pick<NetOptions, 'kinds' | 'layers' | 'zeroEntries'> {
  const kinds = Object.fromEntries(stages.toReversed().flatMap((one) => Object.entries(one.kinds)));
  const zeroEntries = stages.flatMap(({ zeroEntries: own = [] }) => own);
  return {
    kinds,
    layers: stages.flatMap(({ layers }) => layers),
    ...(zeroEntries.length === 0 ? {} : { zeroEntries }),
  };
}
