/** Parametrizations as people write them. */

const NAMES: Readonly<Record<string, string>> = { mup: 'µP', ntp: 'NTP', sp: 'SP', 'mean-field': 'mean field' };

export const nameOf = (parametrization: string): string => NAMES[parametrization] ?? parametrization;
