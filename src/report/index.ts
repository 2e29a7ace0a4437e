/** Reports of runs as HTML files that stand alone. */

export type { DrawSolver, Fact, KernelDraw, KernelReportData, MethodScore } from './data.ts';
export { kernelReport } from './kernelReport.ts';
