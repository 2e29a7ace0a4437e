/** The Python that rivals run in, and how their threads wait. */

import { execFileSync } from 'node:child_process';

/** OpenMP threads sleep while they wait, as ours do. */
export const PASSIVE = { OMP_WAIT_POLICY: 'PASSIVE', GOMP_SPINCOUNT: '0', KMP_BLOCKTIME: '0' } as const;

/** glibc keeps freed memory instead of giving it back to the system, whose pages would be made anew in every run. */
export const KEEPING = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 34),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 27),
} as const;

/** The Python that has what the imports ask for, or why there is none. */
export function pythonWith(imports: string): { readonly python: string } | { readonly missing: string } {
  const python = process.env.NEXORT_PYTHON ?? 'python3';
  try {
    execFileSync(python, ['-c', imports], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return { python };
  } catch (error) {
    const lines = error instanceof Error ? error.message.trim().split('\n') : [];
    return { missing: `${python} cannot \`${imports}\`: ${lines.at(-1) ?? 'it failed'}` };
  }
}
