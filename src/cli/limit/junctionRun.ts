/** Runs `nexort limit --pretrain … --finetune …`. */

import { type JunctionCell, junction } from '../../experiments/index.ts';
import { nodeEngine } from '../../finite/node/index.ts';
import type { JunctionReportData } from '../../report/index.ts';
import type { RunFolder } from '../../runs/index.ts';
import { svgWriter } from '../figureFile.ts';
import { exitOnInterrupt } from '../interrupt.ts';
import { defaultMemory } from '../options.ts';
import { progress } from '../progress.ts';
import { madeBy, reportWriter } from '../reportFile.ts';
import { FAILED } from '../run.ts';
import { nodeStepper } from '../stepper.ts';
import { print } from '../terminal.ts';
import { keepIn, openLimitFolder, REPORT } from './folder.ts';
import { type JunctionReport, junctionDiverged, junctionReportOf } from './junctionResult.ts';
import { junctionSummary } from './junctionSummary.ts';
import { prepareJunction } from './junctionTask.ts';
import type { LimitCommandOptions } from './options.ts';

/** Throws {@link UserError} for whatever is wrong with what it is told. */
export async function junctionGiven(options: LimitCommandOptions): Promise<void> {
  const { widths, seeds, seed, out, plot, report: page, json } = options;
  exitOnInterrupt(out === undefined ? 'Interrupted.' : 'Interrupted. The same command goes on from what is done.');
  const writeFigure = plot === undefined ? undefined : await svgWriter(plot);
  const writeReport = page === undefined ? undefined : await reportWriter(page);
  const engine = nodeEngine(options.threads === undefined ? {} : { threads: options.threads });
  const shown = progress('training');
  let folder: RunFolder<null> | undefined;
  try {
    const prepared = await prepareJunction(options, (program, feeds, sizes) => engine.run(program, feeds, sizes));
    const { problems, identity } = prepared;
    if (out !== undefined) folder = await openLimitFolder(out, identity, (text) => shown.say(text));
    const cells: JunctionCell[][] = [];
    for (const problem of problems) {
      const done = cells.length;
      cells.push(
        await junction(problem, {
          widths: [...new Set(widths)].sort((a, b) => a - b),
          networks: seeds,
          seed,
          memory: options.memory ?? defaultMemory(),
          stepper: nodeStepper(engine),
          run: (program, feeds, sizes) => engine.run(program, feeds, sizes),
          ...(folder === undefined ? {} : { keep: keepIn(folder) }),
          onProgress: (share) => shown.update((done + share) / problems.length),
        }),
      );
    }
    shown.stop();
    const report = junctionReportOf(options, prepared, cells);
    print(json ? `${JSON.stringify(report)}\n` : junctionSummary(report));
    if (writeFigure !== undefined || writeReport !== undefined || folder !== undefined) {
      // Its libraries are loaded here, not at every start.
      const { junctionFigure, junctionReport } = await import('../../report/index.ts');
      const data = pageData(report);
      if (writeFigure !== undefined) shown.say(await writeFigure(junctionFigure(data)));
      const html = junctionReport(data);
      await folder?.writeFile(REPORT, html);
      if (writeReport !== undefined) shown.say(await writeReport(html));
    }
    await folder?.finish(JSON.parse(JSON.stringify(report)));
    if (junctionDiverged(report)) process.exitCode = FAILED;
  } finally {
    shown.stop();
    await folder?.close();
    await engine.release();
  }
}

function pageData(report: JunctionReport): JunctionReportData {
  const { net, parametrization, optimizer, learningRate, pretrain, steps, finetune, finetuneSteps } = report;
  const setting = (name: string, value: string | number) => ({ name, value: String(value) });
  return {
    title: `${net} in ${parametrization}, from ${pretrain} to ${finetune}`,
    rules: report.rules,
    words: report.words,
    warnings: report.notes,
    settings: [
      setting('network', net),
      setting('parametrization', parametrization),
      setting('pre-training', `on ${pretrain}, ${steps} updates of ${optimizer}, learning rate ${learningRate}`),
      setting('fine-tuning', `on ${finetune}, ${finetuneSteps} updates`),
      ...report.rules.map((one) => setting(`learning rate of ${one.rule}`, one.learningRate)),
      setting('networks', `${report.seeds} of each width, first seed ${report.seed}`),
    ],
    made: madeBy(),
  };
}
