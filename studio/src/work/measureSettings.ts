/** What the phase page trains: small enough for a page. `nexort coord` takes five widths up to 1024 and 8 seeds. */

export const [MEASURE_WIDTHS, MEASURE_SEEDS, MEASURE_STEPS] = [[32, 64, 128, 256], 4, 1] as const;
