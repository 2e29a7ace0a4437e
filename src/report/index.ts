/** Reports of runs as HTML files, and figures as SVG files, that stand alone. */

export { checkFigure } from './checkFigure.ts';
export { coordFigure } from './coordFigure.ts';
export { type CoordReportData, coordReport } from './coordReport.ts';
export type { DrawSolver, Fact, KernelDraw, KernelReportData, MethodScore } from './data.ts';
export { type ExplainedText, type ExplanationReportData, explanationReport } from './explanationReport.ts';
export type { DrawCurve } from './fineTuneCurves.ts';
export { type FineTuneReportData, fineTuneReport } from './fineTuneReport.ts';
export { type JunctionFigureData, type JunctionRuleData, junctionFigure } from './junctionFigure.ts';
export { type JunctionReportData, junctionReport } from './junctionReport.ts';
export { kernelReport } from './kernelReport.ts';
export { type LimitFigureData, limitFigure } from './limitFigures.ts';
export { type LimitReportData, limitReport } from './limitReport.ts';
export type { BesideRow, KernelRow, WeightRow } from './lookFigures.ts';
export { type LoraFigureData, loraFigure } from './loraFigure.ts';
export { type LoraReportData, loraReport } from './loraReport.ts';
export { type LossFigureData, lossFigure } from './lossFigure.ts';
export { type OverviewReportData, overviewReport } from './overviewReport.ts';
export { type PhaseData, type PhasePoint, phaseDiagram } from './phaseDiagram.ts';
export { type RegimeReportData, regimeReport, type ShownOptimizer } from './regimeReport.ts';
export { transferFigure } from './transferFigure.ts';
export { type TransferReportData, transferReport } from './transferReport.ts';
export { type TuneReportData, tuneReport } from './tuneReport.ts';
