import { existsSync } from 'node:fs';
import { createPipelineDeps, type ExportReport, exportStoredCorpus } from '@retort/pipeline';
import { storeFile } from '@retort/store';
import { chooseCorpus } from '../choose-corpus.ts';
import { EXIT } from '../exit-codes.ts';
import { type ExportFlags, exportRequest } from '../export-options.ts';
import { describeExport, exportJson } from '../export-text.ts';
import { promptsFolder, resolveHome, userPath } from '../repository.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { tokenCounterOf } from '../tokenizer-options.ts';
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
    const counter = await tokenCounterOf(flags, deps, terminal);
    const meter = createMeter(terminal.screen, () => performance.now());
    meter.start('export');
    const report = await exportStoredCorpus(deps, {
      ...options,
      corpus: key,
      dir: userPath(flags.out, terminal.env),
      counter,
      onProgress: (done, total) => meter.update({ done, total, unit: 'row', note: null }),
    }).finally(() => {
      meter.abandon();
      counter.close();
    });
    tell(report, flags, terminal);
    return EXIT.ok;
  } finally {
    deps.store.close();
  }
}

function tell(report: ExportReport, flags: ExportFlags, terminal: Terminal): void {
  for (const line of describeExport(report)) terminal.say(line);
  if (flags.json === true) terminal.print(JSON.stringify(exportJson(report)));
  else if (report.path !== null) terminal.print(report.path);
}
