/** What the bench of workers says: counts, and what they come to on a file server. */

import { table } from '../../src/cli/table.ts';
import { required } from '../../src/errors/index.ts';
import { machineLine } from '../harness/format.ts';
import type { Environment } from '../harness/machine.ts';
import type { WorkersBenchResult, WorkersCase } from './bench.ts';
import type { SimulationResult } from './simulation.ts';

/** Metadata operations and names of folders that a file server of networks gives a second: an assumption, a modest one. */
const SERVER = { operations: 5000, entries: 500_000 };
/** Between heartbeats, by default. */
const BEAT_SECONDS = 20;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The shortest units, in seconds, that so many workers can have. */
export function shortestUnits({ workers, operations, entries }: WorkersCase): number {
  const free = SERVER.operations - workers / BEAT_SECONDS;
  return Math.max((workers * sum(Object.values(operations))) / free, (workers * entries) / SERVER.entries);
}

export function workersReport({ cases, claim }: WorkersBenchResult, where: Environment): string {
  const number = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toFixed(2));
  const rows = cases.map((one) => [
    `${one.workers}`,
    `${one.units}`,
    number(sum(Object.values(one.operations))),
    number(required(one.operations.list, 'listings of a run')),
    number(one.entries),
    number(one.lost),
    `${number(shortestUnits(one))} s`,
  ]);
  const head = ['workers', 'units', 'operations', 'of them listings', 'names read', 'lost takes', 'shortest units'];
  const percent = 2;
  return [
    'By unit:',
    table(head, rows),
    `Shortest units: where a server of ${SERVER.operations} operations and ${SERVER.entries} names a second has no time left.`,
    `Claims of 1000 units by one worker: ${claim.withClaims.toFixed(2)} ms each (writing a block of 1 kB: ${claim.blockAlone.toFixed(2)} ms);`,
    `they are less than ${percent} % of the time where units take ${(claim.withClaims / percent / 10).toFixed(2)} s or more.`,
    machineLine(where),
  ].join('\n');
}

/** What a server is asked for by workers of a simulation. */
export function simulationReport(results: readonly SimulationResult[]): string {
  const number = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toFixed(2));
  const rows = results.map(({ workers, units, seconds, leastSeconds, operations, names, takenOver, sustained }) => [
    ...[workers, units, leastSeconds, seconds, operations, names, takenOver].map(number),
    ...[sustained.operations, sustained.names].map(number),
  ]);
  const head = [
    ...['workers', 'units', 'least seconds', 'seconds', 'operations a unit', 'names a unit', 'taken over'],
    ...['operations a second', 'names a second'],
  ];
  const note = 'By a clock of its own. By the second: over the ten seconds in which they are most.';
  return `${table(head, rows)}\n${note}`;
}
