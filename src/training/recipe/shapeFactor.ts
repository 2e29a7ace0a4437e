import type { RecipeParameter } from './recipe.ts';

/** What the update of a whole matrix is multiplied by for its shape; 1 of other updates. */
export function shapeFactor({ settings, matrix }: RecipeParameter): number {
  if (matrix === undefined) return 1;
  const [rows, columns] = matrix;
  if (settings.matchRms === true) return 0.2 * Math.sqrt(Math.max(rows, columns));
  if (settings.spectral === true) return Math.sqrt(rows / columns);
  return settings.aspect === true ? Math.sqrt(Math.max(1, rows / columns)) : 1;
}
