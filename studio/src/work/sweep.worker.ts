import { type Port, serve } from './channel.ts';
import { checkCoordinates, judgeSweep, planCheck, planSweep, type SweepJobs, trainCell } from './sweep.ts';

// In a worker the global object is a port to its page.
serve<SweepJobs>(globalThis as unknown as Port, {
  plan: planSweep,
  network: trainCell,
  judge: judgeSweep,
  planCoord: planCheck,
  coord: checkCoordinates,
});
