import { existsSync } from 'node:fs';
import {
  createPipelineDeps,
  type ExportReport,
  exportStoredCorpus,
  findCorpusKey,
  loadRunCorpus,
  type PipelineDeps,
} from '@retort/pipeline';
import { storeFile } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import { type ExportFlags, exportRequest } from '../export-options.ts';
import { describeExport, exportJson } from '../export-text.ts';
import { findRun } from '../find-run.ts';
import { promptsFolder, resolveHome, userPath } from '../repository.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { NoRunError } from './open-home.ts';

/** `distill export [CORPUS]`: a corpus, or a part or shape of it, as a folder for trainers. Works beside a running distill. */
export async function exportCommand(
  corpus: string | undefined,
  flags: ExportFlags,
  terminal: Terminal,
): Promise<number> {
  const options = exportRequest(flags);
  const home = resolveHome(flags.home, terminal.env);
  if (!existsSync(storeFile(home))) throw new NoRunError(home);
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
  try {
    const key = await chooseCorpus(deps, corpus, flags.run, home);
    const meter = createMeter(terminal.screen, () => performance.now());
    meter.start('export');
    const report = await exportStoredCorpus(deps, {
      ...options,
      corpus: key,
      dir: userPath(flags.out, terminal.env),
      counter: null,
      onProgress: (done, total) => meter.update({ done, total, unit: 'row', note: null }),
    }).finally(() => meter.abandon());
    tell(report, flags, terminal);
    return EXIT.ok;
  } finally {
    deps.store.close();
  }
}

async function chooseCorpus(
  deps: PipelineDeps,
  corpus: string | undefined,
  runId: string | undefined,
  home: string,
): Promise<string> {
  if (corpus !== undefined && runId !== undefined)
    throw new UsageError('A corpus and --run both say what to export: leave one of them out.');
  if (corpus !== undefined) return findCorpusKey(deps, corpus);
  const run = runId === undefined ? deps.store.runs.latest() : findRun(deps.store, runId);
  if (run === null) throw new NoRunError(home);
  return loadRunCorpus(deps, run);
}

function tell(report: ExportReport, flags: ExportFlags, terminal: Terminal): void {
  for (const line of describeExport(report)) terminal.say(line);
  if (flags.json === true) terminal.print(JSON.stringify(exportJson(report)));
  else if (report.path !== null) terminal.print(report.path);
}
