import { findRunCorpus, importedDataset, readReport } from '@retort/pipeline';
import { runningCoordinator } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withLatestRun } from './open-home.ts';

/** `distill status`: where the latest run of a home is. Works beside a running distill. */
export function statusCommand(
  flags: { readonly home?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async (deps, run) => {
    const { store } = deps;
    const dataset = importedDataset(deps, run.plan);
    const stamps = dataset === null ? [] : store.samples.stamps(dataset.id);
    const requests = store.requests.counts(run.id);
    const spending = store.attempts.spending(run.id);
    const corpusKey = dataset === null ? null : await findRunCorpus(deps, run);
    const report = await readReport(deps, run.id);
    const coordinator = runningCoordinator(deps.home.dir);
    const facts = {
      run: run.id,
      // A run that was killed still says "running" in the store; nobody holding the lock says otherwise.
      status: run.status === 'running' && coordinator === null ? 'killed' : run.status,
      pid: coordinator?.pid ?? null,
      reason: run.statusReason,
      updated_at: run.updatedAt,
      dataset: dataset?.name ?? null,
      images: stamps.length,
      prepared: stamps.filter(({ stamp, rejected }) => stamp !== null && !rejected).length,
      rejected: dataset === null ? 0 : store.datasets.countRejectedRows(dataset.id),
      teacher: run.plan.teacher,
      requests: {
        pending: requests.pending,
        answered: requests.answered,
        dead_letters: requests['dead-letter'],
      },
      outcomes: Object.fromEntries(
        store.attempts.outcomeCounts(run.id).map(({ outcome, n }) => [outcome, n]),
      ),
      cost_usd: spending.unknownCost > 0 ? null : spending.spentUsd,
      reserved_usd: spending.reservedUsd,
      open_batches: store.batches
        .open(run.plan.teacher)
        .map(({ name, state, rows, polledAt }) => ({ name, state, rows, polled_at: polledAt })),
      corpus: corpusKey,
      report: report?.artifacts.report ?? null,
    };
    if (flags.json === true) terminal.print(JSON.stringify(facts));
    else terminal.print(describe(facts));
    return EXIT.ok;
  });
}

function describe(facts: {
  readonly run: string;
  readonly status: string;
  readonly pid: number | null;
  readonly reason: string | null;
  readonly dataset: string | null;
  readonly images: number;
  readonly prepared: number;
  readonly rejected: number;
  readonly requests: { readonly pending: number; readonly answered: number; readonly dead_letters: number };
  readonly cost_usd: number | null;
  readonly open_batches: readonly { readonly rows: number }[];
  readonly corpus: string | null;
  readonly report: string | null;
}): string {
  const { requests } = facts;
  const total = requests.pending + requests.answered + requests.dead_letters;
  const cost = facts.cost_usd === null ? 'unknown' : `$${facts.cost_usd.toFixed(4)}`;
  const lines = [
    `run       ${facts.run}: ${facts.status}${facts.pid === null ? '' : ` (process ${facts.pid})`}`,
    facts.reason === null ? '' : `reason    ${facts.reason}`,
    `dataset   ${facts.dataset ?? 'not imported yet'}: ${facts.prepared} of ${facts.images} images prepared, ${facts.rejected} rows set aside`,
    `answers   ${requests.answered} of ${total}, ${requests.dead_letters} given up, cost ${cost}`,
    describeOpen(facts.open_batches),
    `corpus    ${facts.corpus ?? 'not yet'}`,
    `report    ${facts.report ?? 'not yet'}`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function describeOpen(open: readonly { readonly rows: number }[]): string {
  const rows = open.reduce((sum, batch) => sum + batch.rows, 0);
  return open.length === 0 ? '' : `batches   ${open.length} open with ${rows} rows ("distill batches")`;
}
