import { checkData, type KernelReportData } from './data.ts';
import { doubtSection } from './doubtSection.ts';
import { html } from './html.ts';
import { kernelSection, kernelWarnings, type ShownDraw, spectrumSection } from './kernelSections.ts';
import { kernelView } from './kernelView.ts';
import { page } from './page.ts';
import { runSection, solverSection } from './runSections.ts';
import { confusionSection, head, scoreSection } from './scoreSections.ts';
import { spectrum } from './spectrum.ts';

/**
 * The report of a kernel run: one HTML file that needs neither network nor scripts.
 *
 * Equal data give an equal file. Every text of the data is escaped.
 * @throws InvariantError `report.inconsistent-data` when the parts of the data do not fit together.
 */
export function kernelReport(data: KernelReportData): string {
  checkData(data);
  const { kernel } = data;
  const shown = kernel.draws.map(
    (draw): ShownDraw => ({ draw, view: kernelView(draw, kernel.outputs), spectrum: spectrum(draw) }),
  );
  return page(
    `${data.task}: kernel run of nexort`,
    html`${head(data, [...data.warnings, ...kernelWarnings(shown)])}
${scoreSection(data)}
${shown.length === 0 ? undefined : [kernelSection(shown, data), spectrumSection(shown, data)]}
${confusionSection(data)}
${doubtSection(data)}
${solverSection(data)}
${runSection(data)}`,
  );
}
