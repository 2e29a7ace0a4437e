/**
 * What runs of many tasks say together: the scores of every method on every task, beside chance and zero-shot, and where
 * methods differ by more than draws explain.
 */

import { required } from '../../errors/index.ts';
import { CHANCE_ERRORS, type MeanScore, standardError } from '../data/metrics.ts';
import type { Metric } from '../data/tasks.ts';
import { type PairedDifference, pairedDifference } from './pairedDifference.ts';

/** A method's scores on a task. */
export interface MethodScores extends MeanScore {
  /** Means in the task's further metrics. */
  readonly further: Readonly<Partial<Record<Metric, number>>>;
}

/** A task with its scores. */
export interface TaskScores {
  readonly task: string;
  readonly metric: Metric;
  readonly classes: number;
  readonly evaluated: number;
  /** The best score of a constant answer. */
  readonly chance: number;
  readonly seeds: readonly number[];
  /** By the name of the method, in the order of the overview. */
  readonly methods: Readonly<Record<string, MethodScores>>;
}

/** Two methods on one task. */
export interface MethodDifference extends PairedDifference {
  readonly task: string;
  readonly first: string;
  readonly second: string;
}

/** Scores of every method on every task, and where methods differ by more than draws explain. */
export interface TaskOverview {
  readonly tasks: readonly TaskScores[];
  /** Names of the methods, zero-shot first. */
  readonly methods: readonly string[];
  /** Every pair of methods on every task, the later method first. */
  readonly differences: readonly MethodDifference[];
  /** The probability with which each interval covers. */
  readonly level: number;
  /** The probability with which an interval of all those below covers all at once: that of one, by Bonferroni's rule. */
  readonly simultaneousLevel: number;
  /** Differences whose interval leaves 0 out even so. */
  readonly beyondDraws: readonly MethodDifference[];
}

/** Of the intervals. */
const LEVEL = 0.95;

/** Puts the scores of tasks side by side. */
export function taskOverview(tasks: readonly TaskScores[]): TaskOverview {
  const methods = [...new Set(tasks.flatMap((task) => Object.keys(task.methods)))];
  const pairs = tasks.flatMap((task) => methodPairs(task, methods));
  const simultaneousLevel = 1 - (1 - LEVEL) / Math.max(pairs.length, 1);
  const at = (level: number): MethodDifference[] => pairs.map((pair) => differenceOf(pair, level));
  return {
    tasks,
    methods,
    differences: at(LEVEL),
    level: LEVEL,
    simultaneousLevel,
    beyondDraws: at(simultaneousLevel).filter(
      ({ interval }) => interval !== undefined && interval[0] * interval[1] > 0,
    ),
  };
}

interface Pair {
  readonly task: TaskScores;
  readonly first: string;
  readonly second: string;
}

function methodPairs(task: TaskScores, methods: readonly string[]): Pair[] {
  const own = methods.filter((name) => task.methods[name] !== undefined);
  return own.flatMap((first, k) => own.slice(0, k).map((second) => ({ task, first, second })));
}

function differenceOf({ task, first, second }: Pair, level: number): MethodDifference {
  const valuesOf = (name: string): readonly number[] => required(task.methods[name], `scores of ${name}`).values;
  return { task: task.task, first, second, ...pairedDifference(valuesOf(first), valuesOf(second), level) };
}

/** Tasks on which a method cannot be told from a constant answer: its mean is within two standard errors of that, or below. */
export function atChance({ tasks }: TaskOverview, method: string): string[] {
  return tasks
    .filter((task) => {
      const score = task.methods[method];
      if (score === undefined) return false;
      return score.mean - CHANCE_ERRORS * (standardError(score, task) ?? 0) <= task.chance;
    })
    .map(({ task }) => task);
}
