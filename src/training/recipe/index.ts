/** Recipes that leave the house: what a network is trained with at a width, as tables and as code of other libraries. */

export { FORM_WORDS, RECIPE_FORMS, type RecipeForm } from './forms.ts';
export { recipeMarkdown } from './markdown.ts';
export { recipeOptax } from './optax.ts';
export { type Recipe, type RecipeOptions, type RecipeParameter, recipeOf } from './recipe.ts';
export { recipeTorch } from './torch.ts';
