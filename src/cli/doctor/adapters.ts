/** GPUs by the names that the system has for them: the runtime does not say which one it has taken. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where NVIDIA's driver describes its GPUs. */
const NVIDIA = '/proc/driver/nvidia/gpus';
/** Drivers of Vulkan that are asked for in place of those of the system. */
const CHOSEN = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'] as const;
const MOST_MS = 20_000;

/** Names, each once; none where the system does not say. */
export function adapterNames(environment = process.env): readonly string[] {
  const chosen = CHOSEN.flatMap((name) => environment[name]?.split(':') ?? []);
  const drivers = chosen.filter((path) => path !== '').map((path) => `the Vulkan driver of ${basename(path)}`);
  return [...new Set(drivers.length > 0 ? drivers : ofSystem())];
}

function ofSystem(): readonly string[] {
  switch (process.platform) {
    case 'linux':
      return [...ofNvidia(), ...matches(said('lspci', []), /(?:VGA compatible|3D|Display) controller: (.*)$/gm)];
    case 'darwin':
      return matches(said('system_profiler', ['SPDisplaysDataType']), /Chipset Model: (.*)$/gm);
    case 'win32':
      return matches(
        said('powershell', ['-NoProfile', '-Command', '(Get-CimInstance Win32_VideoController).Name']),
        /^(.*\S)\s*$/gm,
      );
    default:
      return [];
  }
}

function ofNvidia(): readonly string[] {
  try {
    return readdirSync(NVIDIA).flatMap((gpu) =>
      matches(readFileSync(join(NVIDIA, gpu, 'information'), 'utf8'), /^Model:\s*(.*)$/gm),
    );
  } catch {
    return [];
  }
}

const said = (command: string, words: readonly string[]): string =>
  spawnSync(command, words, { encoding: 'utf8', timeout: MOST_MS }).stdout ?? '';

const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name.trim());
