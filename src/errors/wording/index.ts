/** What the rooms' messages are made with. */

export { gigabytes } from './gigabytes.ts';
export { likely, nearNames } from './nearNames.ts';
export { shown } from './shown.ts';
