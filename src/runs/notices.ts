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

export function mixedOrigins(found: readonly string[]): string {
  return `Blocks of this run were computed elsewhere on another kind of machine, so that last bits may differ from those of a run on one: ${found.join('; ')}.`;
}

export function claimTakenOver(unit: string): string {
  return `Took over ${unit}, whose worker is gone or silent.`;
}
