import { type Port, serve } from './channel.ts';
import { ketTable } from './kets.ts';
import { checkProgram, type ProgramJobs } from './program.ts';

// In a worker the global object is a port to its page.
serve<ProgramJobs>(globalThis as unknown as Port, { check: checkProgram, kets: ketTable });
