/** What programs give on a GPU, told as JSON: a process of its own, which webgpu.slow.test.ts compiles and starts. */

import { Engine } from '../../../src/finite/index.ts';
import { nodeBackend } from '../../../src/finite/node/index.ts';
import { cases, sizes } from '../../conformance/cases.ts';
import { verdictOf } from '../../conformance/interpreters.ts';

let fell = false;
const onFallback = (): void => {
  fell = true;
};
const engine = new Engine(nodeBackend({ threads: 1, device: 'webgpu', onFallback }));
const verdicts: [name: string, interpreter: string, verdict: unknown][] = [];
for (const { name, program } of cases) {
  for (const interpreter of ['engine', 'stepper'] as const) {
    const verdict = await verdictOf(interpreter, { name, program, sizes }, engine).catch((error) => String(error));
    verdicts.push([name, interpreter, verdict]);
  }
}
await engine.release();
process.stdout.write(JSON.stringify({ verdicts, fell }));
