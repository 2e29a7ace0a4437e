/** Everything that `nexort doctor` looks at. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKAGE_ROOT } from '../packageRoot.ts';
import { cgroupLimits } from './cgroup.ts';
import { checkEngine, checkRandom, checkReference, loadEngine } from './engine.ts';
import { checkBrowser, checkCache, checkTorch } from './extras.ts';
import { type Finding, guarded } from './finding.ts';
import { checkGpu } from './gpu.ts';
import { checkCores, checkDisk, checkMemory, checkNode } from './machine.ts';
import { checkLogits, checkModel } from './model.ts';

export { agrees, benchText, type GpuBench, gpuBench } from './benchReport.ts';
export type { Finding } from './finding.ts';

const REPORT = 'Please report this with the output of nexort doctor --json.';

export interface DoctorOptions {
  /** Folder of the embedded model. */
  readonly model: string;
  /** Where runs are written. */
  readonly runs: string;
}

/** Looks at everything; what fails is a finding, never an error. */
export async function examine({ model, runs }: DoctorOptions): Promise<readonly Finding[]> {
  // Asks another process, meanwhile.
  const torch = guarded('pytorch', REPORT, checkTorch);
  const gpu = guarded('gpu', REPORT, checkGpu);
  const limits = cgroupLimits();
  const { finding, engine } = await loadEngine();
  const embedded = await guarded('embedded model', REPORT, () => checkModel(model));
  const whole = embedded.every(({ status }) => status === 'ok');
  // Tests and benchmarks come with a clone only.
  const clone = existsSync(fileURLToPath(new URL('bench', PACKAGE_ROOT)));
  const parts = [
    await guarded('node', REPORT, () => checkNode(new URL('package.json', PACKAGE_ROOT))),
    await guarded('cores', REPORT, () => checkCores(limits)),
    await guarded('memory', REPORT, () => checkMemory(limits)),
    await guarded('disk', REPORT, () => checkDisk(runs)),
    [finding],
    await guarded('random numbers', REPORT, checkRandom),
    await guarded('oracle', REPORT, checkReference),
    engine === undefined ? [] : await guarded('engine numbers', REPORT, () => checkEngine(engine)),
    await gpu,
    embedded,
    engine === undefined || !whole ? [] : await guarded('model numbers', REPORT, () => checkLogits(engine, model)),
    await guarded('model cache', REPORT, checkCache),
    clone ? await torch : [],
    clone ? await guarded('browser', REPORT, () => checkBrowser()) : [],
  ];
  await engine?.release();
  return parts.flat();
}
