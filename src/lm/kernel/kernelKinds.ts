/**
 * The kernels of fine-tuning, each an inner product of entrywise functions of two gradients g = ∇f(ξ), g′ = ∇f(ξ′), ξ′ of
 * the training side (Malladi et al. 2023, definitions 2.2, 2.6 and section 3; theory.md 9).
 */

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

/** Whether K(ξ, ξ′) = K(ξ′, ξ). */
export function isSymmetric(kind: KernelKind): boolean {
  return kind !== 'a-signgd';
}

/** Whether K(ξ, ξ′) is linear in ∇f(ξ), ξ of the evaluated side, and so splits as that gradient does. */
export function isLinear(kind: KernelKind): boolean {
  return kind !== 'signgd';
}
