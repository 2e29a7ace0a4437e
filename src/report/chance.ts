/** What a score is worth: the chance level, and whether a method can be told from it. */

import { required } from '../errors/index.ts';
import { CHANCE_ERRORS, standardError } from '../lm/index.ts';
import type { KernelReportData, MethodScore } from './data.ts';
import { counted, percent, points } from './format.ts';
import { METRIC_NAMES } from './metrics.ts';

/** Warnings about scores that a constant answer reaches, and about methods that give one. */
export function scoreWarnings(data: KernelReportData): string[] {
  return data.scores.flatMap((score) => [...chanceWarning(score, data), ...constantWarning(score, data)]);
}

function chanceWarning(score: MethodScore, data: KernelReportData): string[] {
  const { name, mean, values } = score;
  const { chance } = data;
  const metric = METRIC_NAMES[data.metric];
  const error = standardError(score, data);
  const margin = CHANCE_ERRORS * (error ?? 0);
  if (mean - margin > chance) return [];
  const level = `chance (${percent(chance)}, the best ${metric} of a constant answer)`;
  if (mean + margin < chance) {
    return [`${name} is below chance: its ${metric} of ${percent(mean)} is less than ${level}.`];
  }
  if (error === undefined) return [`${name} is at chance: its ${metric} of ${percent(mean)} is not above ${level}.`];
  const source = [
    ...(values.length > 1 ? [counted(values.length, 'draw')] : []),
    ...(data.metric === 'accuracy' ? [`${counted(data.evaluated, 'evaluated example')}`] : []),
  ].join(' and ');
  return [
    `${name} is at chance: its ${metric} of ${percent(mean)} is within two standard errors (${points(margin)}, from ` +
      `${source}) of ${level}. This run is no evidence that it does better than an answer that ignores the text.`,
  ];
}

function constantWarning({ name, confusion }: MethodScore, { labels, labelCounts }: KernelReportData): string[] {
  if (confusion === undefined || labelCounts.filter((count) => count > 0).length < 2) return [];
  const given = labels.filter((_, predicted) =>
    confusion.some((row) => required(row[predicted], 'count of an answer') > 0),
  );
  const [only] = given;
  if (given.length !== 1 || only === undefined) return [];
  return [`${name} gives one answer, “${only.name}”, to every evaluated example of every draw.`];
}
