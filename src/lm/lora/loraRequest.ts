/** Changes of low rank as a run is told of them: drawn anew, or read from a folder. */

import { DEFAULT_LORA, type FreshLora } from './freshLora.ts';

/** What is asked of an adapter: fresh factors of a rank, or a folder that has some. */
export type LoraRequest =
  | ({ readonly kind: 'fresh' } & FreshLora)
  /** The folder of an adapter that peft has saved. */
  | { readonly kind: 'saved'; readonly folder: string };

/** `rank 8, alpha 16, beside query, value of every block, A drawn with seed 0, B = 0`. */
export function loraText(request: LoraRequest): string {
  if (request.kind === 'saved') return `adapter in ${request.folder}`;
  const { rank, alpha, targets, seed } = request;
  return `rank ${rank}, alpha ${alpha}, beside ${targets.join(', ')} of every block, A drawn with seed ${seed}, B = 0`;
}

/** A fresh one, with {@link DEFAULT_LORA} for what is not given. */
export function freshRequest(given: Partial<FreshLora>): LoraRequest {
  const { rank = DEFAULT_LORA.rank, alpha = DEFAULT_LORA.alpha } = given;
  const { targets = DEFAULT_LORA.targets, seed = DEFAULT_LORA.seed } = given;
  return { kind: 'fresh', rank, alpha, targets, seed };
}
