/** The program page, which is loaded when it is first opened. */

import { programPool } from '../work/pools.ts';
import { ProgramPage } from './ProgramPage.tsx';
import { ProgramSession } from './session.ts';

export { ProgramPage, ProgramSession };
export const newProgramSession = (): ProgramSession => new ProgramSession(programPool());
