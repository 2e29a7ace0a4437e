/** What the page computes: the conformance suite by the interpreters that a browser has, and what stands on them. */

import * as runtime from 'onnxruntime-web/wasm';
import type { Engine } from '../../src/finite/index.ts';
import { webEngine } from '../../src/finite/web/index.ts';
import { nodeOf, outputOf, type Program, reverse, type Sizes, type Tensors } from '../../src/program/index.ts';
import { interpret } from '../../src/reference/index.ts';
import { deviation, randomFeeds } from '../conformance/feeds.ts';
import { type Verdict, verdictOf } from '../conformance/interpreters.ts';
import { diagram, engineLosses, HERE, programs } from './shared.ts';

/** What was found of one program. */
export interface Finding {
  readonly name: string;
  /** f by the oracle, which another machine can compare with its own. */
  readonly oracle: readonly number[];
  /** Worst deviation of the engine from the oracle, of all cotangents. */
  readonly cotangents: number;
  /** What the interpreters of the table say, in the order of {@link HERE}. */
  readonly verdicts: readonly Verdict[];
}

export interface PageResult {
  readonly runtime: string;
  readonly findings: readonly Finding[];
  readonly losses: readonly number[];
  readonly diagram: string;
}

async function compute(): Promise<PageResult> {
  // Where the test's server has it.
  runtime.env.wasm.wasmPaths = { wasm: '/ort.wasm' };
  const engine = webEngine(runtime);
  const findings: Finding[] = [];
  for (const { name, program, smooth, sizes } of programs) {
    const feeds = randomFeeds(program, sizes, 1);
    const f = interpret(program, feeds, sizes).f ?? fail(name);
    const { axes } = nodeOf(program, outputOf(program, 'f').value).type;
    const backward = reverse(program, { output: 'f', seed: axes, inputs: smooth }).program;
    const given = { ...randomFeeds(backward, sizes, 2), ...feeds };
    const verdicts: Verdict[] = [];
    for (const interpreter of HERE) verdicts.push(await verdictOf(interpreter, { name, program, sizes }, engine));
    findings.push({
      name,
      oracle: [...f.data],
      cotangents: await worst(engine, backward, given, sizes),
      verdicts,
    });
  }
  return { runtime: engine.backend.name, findings, losses: await engineLosses(engine), diagram: diagram() };
}

/** The engine's worst deviation from the oracle over all outputs. */
async function worst(engine: Engine, program: Program, feeds: Tensors, sizes: Sizes): Promise<number> {
  const actual = await engine.run(program, feeds, sizes);
  const deviations = Object.entries(interpret(program, feeds, sizes)).map(
    ([name, { data }]) => deviation(actual[name]?.data ?? [], data).worst,
  );
  return Math.max(...deviations);
}

function fail(name: string, cause?: unknown): never {
  throw new Error(`${name}: ${cause === undefined ? 'no output f' : String(cause)}`);
}

Object.assign(globalThis, { compute });
