/** Where programs run: `--device`. */

import { Option } from 'commander';
import { UserError } from '../errors/index.ts';
import type { Engine } from '../finite/index.ts';
import { type Device, noAdapter, nodeEngine, nodeRuntime, probeDevice, rightOnDevice } from '../finite/node/index.ts';
import { printMessage } from './terminal.ts';

const CHOICES = ['auto', 'cpu', 'webgpu'] as const;

export interface DeviceOption {
  readonly device: (typeof CHOICES)[number];
}

/** The option of commands that run programs. */
export const deviceOption = (): Option =>
  new Option('--device <name>', 'where programs run: cpu; webgpu, a GPU; auto, a GPU if there is one')
    .choices(CHOICES)
    .default('cpu');

/**
 * The device that is asked for; what `auto` finds is told. Throws {@link UserError} `finite.no-adapter`, and `cli.wrong-device` for
 * a GPU whose numbers are wrong.
 */
export async function chosenDevice({ device }: DeviceOption): Promise<Device> {
  if (device === 'cpu') return device;
  const probe = await probeDevice();
  const wanted = device === 'webgpu';
  if (!probe.found) {
    if (wanted) throw noAdapter(probe.reason);
    printMessage(`No GPU answers (${probe.reason}): programs run on the CPU.`);
    return 'cpu';
  }
  if (!rightOnDevice(probe)) {
    if (wanted) throw wrongDevice(probe.deviation);
    printMessage(`A GPU answers, and its numbers are off by ${probe.deviation}: programs run on the CPU.`);
    return 'cpu';
  }
  if (!wanted) printMessage('A GPU answers, and its numbers are right: programs run on it, in 32 bits as on the CPU.');
  return 'webgpu';
}

/** An engine on a device. What it gives to the processor is told once. */
export function engineOn(device: Device, threads: number | undefined): Engine {
  return nodeEngine({
    device,
    ...(threads === undefined ? {} : { threads }),
    onFallback: () => printMessage('Some operations are none of the GPU’s; the CPU does these, in 32 bits too.'),
  });
}

/** What of the device an identity has: nothing of the CPU, which runs from before know alone. */
export const deviceIdentity = (device: Device): { readonly runtime?: string } =>
  device === 'cpu' ? {} : { runtime: nodeRuntime(device) };

function wrongDevice(deviation: number): UserError {
  return new UserError(
    'cli.wrong-device',
    `the GPU's product of two small matrices is off by ${deviation}; expected 32 bits of precision. Look for another driver, or leave --device out.`,
    { deviation },
  );
}
