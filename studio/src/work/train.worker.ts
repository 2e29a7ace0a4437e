import { trainingText } from '../problem/scripts.ts';
import { type Port, serve } from './channel.ts';
import { type LimitJobs, trainLimit, trainNetwork } from './train.ts';

// In a worker the global object is a port to its page.
serve<LimitJobs>(globalThis as unknown as Port, { network: trainNetwork, limit: trainLimit, text: trainingText });
