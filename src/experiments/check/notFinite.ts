/** Where numbers that are not finite come from: overflows, divisions by 0, roots of negative numbers. */

import type { Output, Program, SizedRun, Sizes, Tensors } from '../../program/index.ts';
import { notFinite } from './errors.ts';

/**
 * A runner that refuses numbers that are not finite: {@link UserError} `experiments.not-finite` names the first value of the
 * program that holds one. `where` says which run it is.
 */
export function finiteOnly(run: SizedRun, where: string): SizedRun {
  return async (program, feeds, sizes) => {
    const results = await run(program, feeds, sizes);
    const bad = firstBad(results, Object.keys(results));
    if (bad === undefined) return results;
    const source = await firstSource(program, feeds, sizes, run);
    throw notFinite(bad.name, bad.value, where, source ?? bad.name);
  };
}

/** The program with all real values that it computes handed out, beside its next states. */
export function handingOutAll(program: Program): { readonly program: Program; readonly computed: readonly string[] } {
  const computed = program.nodes
    .filter(
      ({ instruction: { op }, type }) =>
        op !== 'input' && op !== 'parameter' && op !== 'constant' && type.kind === 'real',
    )
    .map(({ name }) => name);
  const data = computed.map((name) => ({ name, value: name, role: 'data' as const }));
  return { program: { ...program, outputs: [...program.outputs.filter(isState), ...data] }, computed };
}

const isState = ({ role }: Output): boolean => role === 'state';

/** The first value that is not finite. */
async function firstSource(program: Program, feeds: Tensors, sizes: Sizes, run: SizedRun): Promise<string | undefined> {
  const all = handingOutAll(program);
  return firstBad(await run(all.program, feeds, sizes), all.computed)?.name;
}

function firstBad(results: Tensors, names: readonly string[]): { name: string; value: number } | undefined {
  for (const name of names) {
    const value = results[name]?.data.find((x) => !Number.isFinite(x));
    if (value !== undefined) return { name, value };
  }
  return undefined;
}
