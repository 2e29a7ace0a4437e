import { type Port, serve } from './channel.ts';
import { type MeasureJobs, measureExponents } from './measure.ts';

// In a worker the global object is a port to its page.
serve<MeasureJobs>(globalThis as unknown as Port, { measure: measureExponents });
