/** Whether a GPU answers the runtime, and computes right. */

import { probeDevice, rightOnDevice } from '../../finite/node/index.ts';
import { type Finding, ok, problem } from './finding.ts';

const DRIVER =
  'Nothing needs one. For --device webgpu: a driver of Vulkan and libvulkan1 (Linux), of Direct3D 12 (Windows) or Metal (macOS).';

/** A GPU is optional; one whose numbers are wrong is a problem. */
export async function checkGpu(): Promise<Finding> {
  const probe = await probeDevice();
  if (!probe.found) return ok('gpu', `none answers (${probe.reason}). ${DRIVER}`);
  const { deviation } = probe;
  return rightOnDevice(probe)
    ? ok('gpu', `one answers (WebGPU); a product is right to ${deviation.toExponential(0)}: --device webgpu uses it`)
    : problem(
        'gpu',
        `one answers, and a product is off by ${deviation}`,
        'Look for another driver; leave --device out.',
      );
}
