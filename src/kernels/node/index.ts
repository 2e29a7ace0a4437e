/** Threads of Node for kernels. */

export { threadTeam } from './threadTeam.ts';
