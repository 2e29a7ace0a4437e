/** The command that made a run of kernels, as far as its run.json tells. */

import { TASKS } from 'nexort/lm';
import { shellWord } from '../problem/quoting.ts';
import { isObject, type Json } from './shape.ts';

export interface Made {
  readonly command: string;
  /** Options whose values are not in the file: they are to be given as then. */
  readonly missing: readonly string[];
}

/** Undefined of what is no finished run of kernels. `embedded` has the SHA-256 of the embedded model's files. */
export function madeBy(json: unknown, embedded: Readonly<Record<string, unknown>> = {}): Made | undefined {
  if (!isObject(json) || json.kind !== 'nexort-run' || !isObject(json.identity) || !isObject(json.result))
    return undefined;
  const { identity, result } = json;
  const { task, shots, seeds, evaluated, parameters, untie, setting, lora, data } = identity;
  if (identity.job !== 'kernel' || !isObject(task) || !Array.isArray(seeds)) return undefined;
  const name = String(task.name);
  const isNamed = TASKS.some((one) => one.name === name);
  const words = [
    ...['nexort', 'kernel', isNamed ? name : `${name}.json`, '--k', String(shots), '--seeds', seeds.join(',')],
    ...(evaluated === 'all' ? [] : ['--limit', String(evaluated)]),
    ...kernelsOf(result),
    ...(parameters === 'all' ? [] : ['--params', String(parameters)]),
    ...(untie === true ? ['--untie'] : []),
    ...(isObject(setting) ? settingOptions(setting) : []),
    ...modelOf(identity, result, embedded),
  ];
  const { solverChoice: solver } = result;
  const isUsual = solver === undefined || JSON.stringify(solver) === '{"method":"dev"}';
  const missing = [
    ...(isNamed ? [] : ['the path of the task’s file']),
    ...(Array.isArray(data) && data.length > 0 ? ['--data', '--splits'] : []),
    ...(lora === undefined ? [] : ['the options of LoRA']),
    ...(isUsual ? [] : ['--solver']),
    ...(result.moments === undefined ? [] : ['--second-moments']),
  ];
  return { command: words.map(shellWord).join(' '), missing };
}

/** As lines of a shell; what is missing is a remark. */
export const madeLines = ({ command, missing }: Made): readonly string[] => [
  ...(missing.length === 0 ? [] : [`# with ${missing.join(', ')} as then, if they were given`]),
  command,
];

function kernelsOf({ kernel = 'sgd', furtherFits }: Json): readonly string[] {
  const all = [String(kernel), ...(isObject(furtherFits) ? Object.keys(furtherFits) : [])];
  return all.join() === 'sgd' ? [] : ['--kernels', all.join(',')];
}

function settingOptions({ kind, seed }: Json): readonly string[] {
  if (kind === 'prompt') return ['--chat-template'];
  return ['--setting', String(kind), ...(seed === undefined ? [] : ['--head-seed', String(seed)])];
}

/** Where the model was, unless it is the one that comes with nexort. */
function modelOf({ model }: Json, { result }: Json, embedded: Readonly<Record<string, unknown>>): readonly string[] {
  if (!isObject(model) || !isObject(result) || typeof result.model !== 'string') return [];
  const names = Object.keys({ ...embedded, ...model });
  return names.every((name) => embedded[name] === model[name]) ? [] : ['--model', result.model];
}
