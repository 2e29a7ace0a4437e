/** Node, cores, memory and disk. */

import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { CgroupLimits } from './cgroup.ts';
import { type Finding, ok, problem, size, warning } from './finding.ts';

/** Below this, even the embedded model's first run does not fit. */
const LEAST_MEMORY = 0.75 * 2 ** 30;
/** Below this, small checkpoints are worked off in many blocks. */
const SMALL_MEMORY = 2 * 2 ** 30;
/** A kernel of the embedded task is some megabytes; boundary values of larger runs are hundreds. */
const LEAST_DISK = 100 * 2 ** 20;
const SMALL_DISK = 2 * 2 ** 30;

/** This package, and the Node that runs against the oldest that package.json allows. */
export function checkNode(packageFile: URL, running = process.versions.node): readonly Finding[] {
  // Our own package.json.
  const { version, engines } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
    readonly version: string;
    readonly engines: { readonly node: string };
  };
  const least = engines.node.replace('>=', '');
  const node = atLeast(running, least)
    ? ok('node', `${running} (${least} or newer is needed)`)
    : problem('node', `${running} is older than ${least}`, `Install Node ${least} or newer, from nodejs.org.`);
  return [ok('nexort', `${version} on ${process.platform} ${process.arch}`), node];
}

function atLeast(version: string, least: string): boolean {
  const [given, wanted] = [version.split('.').map(Number), least.split('.').map(Number)];
  const k = wanted.findIndex((part, place) => part !== given[place]);
  return k < 0 || (given[k] ?? 0) > (wanted[k] ?? 0);
}

/** Cores, and the share of them that a control group grants. */
export function checkCores({ cores: granted }: CgroupLimits, available = availableParallelism()): Finding {
  const found = `${available} ${available === 1 ? 'core' : 'cores'}, ${cpus()[0]?.model.trim() ?? 'unknown'}`;
  if (granted === undefined || granted >= available) return ok('cores', found);
  const threads = Math.max(1, Math.floor(granted));
  return warning(
    'cores',
    `${found}, but this container may use the time of ${granted} only`,
    `Run with --threads ${threads}: more threads than that wait for one another.`,
  );
}

/** Memory of the machine, or of the container where that has less. */
export function checkMemory({ memoryBytes: granted }: CgroupLimits, free = process.availableMemory()): Finding {
  const limited = granted !== undefined && granted < totalmem();
  const limit = limited ? `, limited to ${size(granted)} by this container` : '';
  const found = `${size(free)} free of ${size(totalmem())}${limit}`;
  if (free < LEAST_MEMORY) {
    return problem('memory', found, `Close other programs or grant more: at least ${size(LEAST_MEMORY)} must be free.`);
  }
  if (free >= SMALL_MEMORY) return ok('memory', found);
  return warning('memory', found, 'Runs are cut into blocks that fit, and take longer; --memory sets the budget.');
}

/** Room and permission where runs are written. */
export function checkDisk(folder: string): Finding {
  const existing = nearestExisting(resolve(folder));
  const elsewhere = 'Give another folder with --out.';
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return warning('disk', `runs cannot be written to ${existing}`, elsewhere);
  }
  const { bavail, bsize } = statfsSync(existing);
  const found = `${size(bavail * bsize)} free at ${existing}, where runs are written`;
  if (bavail * bsize < LEAST_DISK) return problem('disk', found, `Make room there. ${elsewhere}`);
  return bavail * bsize < SMALL_DISK
    ? warning('disk', found, `Make room there before long runs. ${elsewhere}`)
    : ok('disk', found);
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}
