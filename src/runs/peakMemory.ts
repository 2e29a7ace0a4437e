import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes. Linux counts into `maxRSS` what the process that started this one
 * had held until then; the status file counts this one alone.
 */
export function peakMemory(): number {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(statusFile()) ?? [];
  return 1024 * (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes));
}

/** Empty where the system has none. */
function statusFile(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
