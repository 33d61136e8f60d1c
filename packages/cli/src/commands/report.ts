import { findRunCorpus, importedDataset, type PipelineDeps, writeRunReport } from '@retort/pipeline';
import { RetortError } from '@retort/schema';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withLatestRun } from './open-home.ts';

export class NothingToReportError extends RetortError {
  readonly code = 'not-found';
  constructor() {
    super(
      'No run of this home has a corpus yet, so there is nothing to report: let "pnpm distill" go on first.',
    );
  }
}

/** Runs that are looked through for one that can be reported. */
const RUNS_LOOKED_AT = 50;

/** `distill report`: writes the report of the latest run that has a corpus. Works beside a running distill. */
export function reportCommand(
  flags: { readonly home?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async (deps) => {
    const files = await writeRunReport(deps, await findReportable(deps));
    terminal.print(flags.json === true ? JSON.stringify(files) : files.html);
    return EXIT.ok;
  });
}

async function findReportable(deps: PipelineDeps) {
  for (const { id, plan } of deps.store.runs.list(RUNS_LOOKED_AT)) {
    const dataset = importedDataset(deps, plan);
    if (dataset !== null && (await findRunCorpus(deps, { id, plan })) !== null) return { id, plan, dataset };
  }
  throw new NothingToReportError();
}
