/** The update of one parameter, or of many, as a step program of its own. The update is that of IVb 2.1. */

import {
  type Axis,
  gradientName,
  type Law,
  type Program,
  type Space,
  spaceOf,
  type Value,
  Writer,
} from '../program/index.ts';
import type { Optimizer } from './optimizer.ts';
import { forMatrixOrOther } from './others.ts';
import { type NamedParameter, type ParameterRules, resolveParameters } from './parameters.ts';
import { type Updated, writeUpdates } from './updates.ts';
import { type UpdateOptions, writeUpdate } from './write.ts';

/** The axes of a parameter and the spaces that they run over. */
export interface ParameterShape {
  readonly axes: readonly Axis[];
  readonly spaces: readonly Space[];
  /** What the weight starts from, where the program should say so. */
  readonly law?: Law;
}

/**
 * One step for one parameter: state `weight` and the optimizer's own (`first`, `second`, `step`, …), data `gradient`.
 * Throws {@link UserError} `optimizers.settings`.
 */
export function updateProgram(optimizer: Optimizer, shape: ParameterShape, options: UpdateOptions = {}): Program {
  const told = { ...options, optimizer };
  const { optimizer: own, ...how } = forMatrixOrOther(told, isMatrix(shape.axes, shape.spaces));
  const writer = started(optimizer, shape.spaces);
  const gradient = input(writer, 'gradient', 'data', shape.axes);
  const weight = input(writer, 'weight', 'state', shape.axes, shape.law);
  const next = writeUpdate(writer, own, { prefix: '', axes: shape.axes, weight, gradient }, how);
  writer.output('weight', next, 'state');
  return writer.finish();
}

/** Parameters by name, on axes of common spaces. */
export interface ParameterSet {
  readonly spaces: readonly Space[];
  readonly parameters: Readonly<Record<string, Omit<ParameterShape, 'spaces'>>>;
}

/** How many parameters are updated together. */
export interface UpdatesOptions extends UpdateOptions {
  /** What differs between parameters: rates, ε, β, limits, optimizers. */
  readonly rules?: ParameterRules<NamedParameter & Omit<ParameterShape, 'spaces'>>;
  /** The most that the norm of all gradients together may be, before n^d, at every width; see {@link writeUpdates}. */
  readonly clipNorm?: number;
}

/**
 * One step for all parameters, matrices over two widths and others each as the optimizer says: the state of parameter W is `W` with `W.first`, `W.step`, …, its gradient the data `g.W`.
 * Throws {@link UserError} `optimizers.settings`, `optimizers.no-match`.
 */
export function updatesProgram(optimizer: Optimizer, set: ParameterSet, options: UpdatesOptions = {}): Program {
  const { rules = {}, clipNorm, ...common } = options;
  const parameters = Object.entries(set.parameters).map(([name, shape]) => ({ name, ...shape }));
  const ways = resolveParameters(
    parameters,
    ({ axes }) => forMatrixOrOther({ ...common, optimizer }, isMatrix(axes, set.spaces)),
    rules,
  );
  const writer = started(optimizer, set.spaces);
  const gradients = parameters.map(({ name, axes }) => input(writer, gradientName(name), 'data', axes));
  const updated = parameters.flatMap(({ name, axes, law }, k): Updated[] => {
    const [gradient, how] = [gradients[k], ways[k]];
    if (gradient === undefined || how === undefined) return [];
    return [{ name, axes, weight: input(writer, name, 'state', axes, law), gradient: () => gradient, how }];
  });
  writeUpdates(writer, updated, clipNorm === undefined ? {} : { clipNorm });
  return writer.finish();
}

/** Whether a parameter is a matrix to optimizers that tell these apart: over two widths, or where there are none two axes. */
function isMatrix(axes: readonly Axis[], spaces: readonly Space[]): boolean {
  const widths = new Set(spaces.filter(({ kind }) => kind === 'width').map(({ name }) => name));
  const sides = widths.size === 0 ? axes : axes.filter((axis) => widths.has(spaceOf(axis)));
  return sides.length > 1;
}

function started(optimizer: Optimizer, spaces: readonly Space[]): Writer {
  const writer = new Writer(`${optimizer.name} step`);
  for (const space of spaces) writer.space(space);
  return writer;
}

function input(writer: Writer, name: string, role: 'data' | 'state', axes: readonly Axis[], law?: Law): Value {
  return writer.write({ op: 'input', role, type: { kind: 'real', axes }, ...(law === undefined ? {} : { law }) }, name);
}
