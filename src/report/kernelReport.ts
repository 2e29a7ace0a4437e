import { checkData, type KernelReportData } from './data.ts';
import { html } from './html.ts';
import { kernelSection, kernelWarnings, type ShownDraw, spectrumSection } from './kernelSections.ts';
import { kernelView } from './kernelView.ts';
import { runSection, solverSection } from './runSections.ts';
import { confusionSection, head, scoreSection } from './scoreSections.ts';
import { spectrum } from './spectrum.ts';
import { STYLE } from './style.ts';

/** Lets a page show itself and nothing else, so that opening a report never reaches the network. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

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
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${data.task}: kernel run of nexort</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
${head(data, [...data.warnings, ...kernelWarnings(shown)])}
${scoreSection(data)}
${shown.length === 0 ? undefined : [kernelSection(shown, data), spectrumSection(shown, data)]}
${confusionSection(data)}
${solverSection(data)}
${runSection(data)}
</main>
</body>
</html>
`.text;
}
