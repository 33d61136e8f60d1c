import { existsSync } from 'node:fs';
import { createPipelineDeps, type ReadingChange, type ReparseReport, reparseAnswers } from '@retort/pipeline';
import { RetortError } from '@retort/schema';
import { lockHome, type Store, storeFile } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import { promptsFolder, resolveHome } from '../repository.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { NoRunError } from './open-home.ts';

export interface ReparseFlags {
  readonly home?: string;
  readonly run?: string;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export class UnknownRunError extends RetortError {
  readonly code = 'not-found';
  constructor(runId: string, known: readonly string[]) {
    super(`There is no run ${runId} in this home; the latest are: ${known.join(', ') || 'none'}.`);
  }
}

/** Runs that are named when one isn't found. */
const RUNS_NAMED = 5;

/** `distill reparse`: reads all stored answers again with today's parser, offline, and says what changed. */
export async function reparseCommand(flags: ReparseFlags, terminal: Terminal): Promise<number> {
  const home = resolveHome(flags.home, terminal.env);
  if (!existsSync(storeFile(home))) throw new NoRunError(home);
  const dryRun = flags.dryRun === true;
  // It writes what a running distill reads: only one of them at a time. A dry run only looks.
  const lock = dryRun ? null : lockHome(home, process.pid);
  try {
    const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
    try {
      const runId = flags.run ?? null;
      if (runId !== null) checkRun(deps.store, runId);
      const meter = createMeter(terminal.screen, () => performance.now());
      meter.start('reparse');
      const onProgress = (done: number, total: number): void =>
        meter.update({ done, total, unit: 'answer', note: null });
      const options = { runId, dryRun, strict: flags.strict === true, onProgress };
      const report = await reparseAnswers(deps, options).finally(() => meter.abandon());
      terminal.print(
        flags.json === true ? JSON.stringify(toJson(report, runId, dryRun)) : describe(report, dryRun),
      );
      return EXIT.ok;
    } finally {
      deps.store.close();
    }
  } finally {
    lock?.release();
  }
}

function checkRun({ runs }: Store, runId: string): void {
  if (runs.get(runId) !== null) return;
  throw new UnknownRunError(
    runId,
    runs.list(RUNS_NAMED).map(({ id }) => id),
  );
}

function toJson(report: ReparseReport, runId: string | null, dryRun: boolean) {
  const { withoutBody, ...rest } = report;
  return { dry_run: dryRun, run: runId, ...rest, without_body: withoutBody };
}

function describe(report: ReparseReport, dryRun: boolean): string {
  const { read, same, undecided, withoutBody, unreadable, changes } = report;
  const line = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${String(count).padStart(9)}  ${what}`];
  return [
    `${read} stored answers read again with today's parser; nothing was asked and nothing was paid`,
    ...line(same, 'as they were'),
    ...changes.flatMap((change) => line(change.count, nameOf(change))),
    ...line(
      undecided,
      'not decided by their body (broken off, or it said no more than it did): as they were',
    ),
    ...unreadable.flatMap(({ count, reason }) => line(count, `unreadable, as they were: ${reason}`)),
    ...line(withoutBody, 'attempts without a body: nothing to read'),
    ...changes.flatMap(describeExamples),
    conclusion(report, dryRun),
  ].join('\n');
}

function nameOf({ from, to, kept }: ReadingChange): string {
  const change = from === to ? `${from}, with another description` : `${from} → ${to}`;
  return kept ? `${change}: KEPT as they were, since they are paid for (--strict takes them out)` : change;
}

function describeExamples(change: ReadingChange): string[] {
  const examples = change.examples.flatMap(({ image, aspect, before, after }) => [
    `  ${image}, ${aspect}`,
    `    before  ${JSON.stringify(before)}`,
    `    after   ${JSON.stringify(after)}`,
  ]);
  return ['', `${nameOf(change)}:`, ...examples];
}

function conclusion({ changed, requests }: ReparseReport, dryRun: boolean): string {
  if (changed === 0) return '\nNothing changed.';
  if (dryRun) return `\n${changed} would change; nothing was written.`;
  const again = requests.pending === 0 ? '' : `, requests to ask again: ${requests.pending}`;
  const answered = requests.answered === 0 ? '' : `, requests now answered: ${requests.answered}`;
  return `\n${changed} changed${answered}${again}: the next "pnpm distill" builds its corpora from them.`;
}
