/** The transfer page, loaded when it is opened. */

import { sweepPool, sweepWorkers } from '../work/pools.ts';
import { TransferSession } from './session.ts';

export type { TransferSession } from './session.ts';
export { TransferPage } from './TransferPage.tsx';

export const newTransferSession = (): TransferSession => new TransferSession(sweepPool(), sweepWorkers());
