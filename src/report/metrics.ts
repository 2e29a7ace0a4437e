import type { KernelReportData } from './data.ts';

/** Metrics as they are written within a sentence. */
export const METRIC_NAMES: Readonly<Record<KernelReportData['metric'], string>> = {
  accuracy: 'accuracy',
  f1: 'F1',
  matthews: 'Matthews correlation',
};
