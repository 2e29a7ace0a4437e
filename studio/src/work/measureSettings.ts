/** What the phase page trains: small enough for a page. `nexort coord` takes five widths up to 1024 and 8 seeds. */

export const [MEASURE_WIDTHS, MEASURE_SEEDS, MEASURE_STEPS] = [[32, 64, 128, 256], 4, 1] as const;
/** Random examples, as many as the command has. */
export const [MEASURE_BATCH, MEASURE_INPUT] = [16, 8] as const;
/** By whether updates are linear in gradients: the command's. */
export const [MEASURE_RATE, MEASURE_PROPORTIONAL_RATE] = [0.01, 0.1] as const;
