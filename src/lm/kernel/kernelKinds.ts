/**
 * The kernels of fine-tuning, each an inner product of entrywise functions of two gradients g = ∇f(ξ), g′ = ∇f(ξ′), ξ′ of
 * the training side (Malladi et al. 2023, sections 3 and 4; theory 9).
 */

/** The kernels that can be asked for, by name. */
export const KERNEL_KINDS = ['sgd', 'signgd', 'a-signgd', 'adam'] as const;

/**
 * | kind       | of                       | symmetric |
 * | ---------- | ------------------------ | --------- |
 * | `sgd`      | ⟨g, g′⟩                  | yes       |
 * | `signgd`   | ⟨sign g, sign g′⟩        | yes       |
 * | `a-signgd` | ⟨g, sign g′⟩             | no        |
 * | `adam`     | Σ g g′ / (√v + ε)        | yes       |
 *
 * sign(0) = 0; v are second moments of gradients, given by parameter.
 */
export type KernelKind = (typeof KERNEL_KINDS)[number];

/** All that can be computed, in the order of blocks, files and results. */
export const COMPUTED_KINDS = ['sgd', 'signgd', 'a-signgd', 'a-signgd-evaluated', 'adam'] as const;

/**
 * A kernel, or beside that of A-SignGD the one that is signed on the evaluated side, ⟨sign g, g′⟩: an asymmetric machine
 * looks at both. Where the evaluated examples are the training ones it is the other's transpose.
 */
export type ComputedKind = (typeof COMPUTED_KINDS)[number];

/** Whether K(ξ, ξ′) = K(ξ′, ξ). */
export function isSymmetric(kind: ComputedKind): boolean {
  return kind !== 'a-signgd' && kind !== 'a-signgd-evaluated';
}

/** Whether a kernel of the training side against itself is another one's transpose, and not computed. */
export const isTransposed = (kind: ComputedKind): kind is 'a-signgd-evaluated' => kind === 'a-signgd-evaluated';

/** Whether K(ξ, ξ′) is linear in ∇f(ξ), ξ of the evaluated side, and so splits as that gradient does. */
export function isLinear(kind: ComputedKind): boolean {
  return kind !== 'signgd' && kind !== 'a-signgd-evaluated';
}

/** Whether rows split by tokens of the evaluated text here (tokenShares.ts). */
export const splitsByToken = (kind: ComputedKind): kind is 'sgd' | 'a-signgd' => kind === 'sgd' || kind === 'a-signgd';

/** What is computed for some kernels, in the order of the table: what is signed on the evaluated side is among training examples a transpose of A-SignGD's. */
export function computedKinds(kinds: readonly ComputedKind[]): readonly ComputedKind[] {
  const transposes = kinds.some(isTransposed);
  return COMPUTED_KINDS.filter((kind) => kinds.includes(kind) || (kind === 'a-signgd' && transposes));
}
