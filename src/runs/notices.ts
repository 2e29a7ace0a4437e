/** What a run folder tells while it goes on: events that the user may want to know but need not act on. */

export function blockDamaged(block: string, damage: string): string {
  return `Block '${block}' was damaged (${damage}); it is computed again.`;
}

export function fileDamaged(name: string): string {
  return `File '${name}' is not as it was written; it is made again.`;
}

export function lockTakenOver(pid: number): string {
  return `Took over the lock of process ${pid}, which is gone.`;
}

export function lockKept(folder: string): string {
  return `The lock of run folder '${folder}' could not be removed; the next start will find that its process is gone.`;
}
