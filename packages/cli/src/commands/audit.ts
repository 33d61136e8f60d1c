import { existsSync } from 'node:fs';
import { type AuditReport, auditJson, SEVERITIES, type Severity } from '@retort/corpus';
import {
  auditCorpus,
  auditFiles,
  createPipelineDeps,
  type FileFacts,
  fixCorpus,
  fixFile,
  type RepairCounts,
} from '@retort/pipeline';
import { RetortError } from '@retort/schema';
import { lockHome, storeFile } from '@retort/store';
import { withAuditMeter } from '../audit-meter.ts';
import {
  type AuditFlags,
  failOnOf,
  fileFactsOf,
  maxRowsOf,
  maxTokensOf,
  refuseFileFlags,
} from '../audit-options.ts';
import { auditText, noRatingsText, rejectedText, repairText } from '../audit-text.ts';
import { chooseCorpus } from '../choose-corpus.ts';
import { EXIT } from '../exit-codes.ts';
import { promptsFolder, resolveHome, userPath } from '../repository.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { looseTokenCounterOf, tokenCounterOf } from '../tokenizer-options.ts';
import { UsageError } from '../usage-error.ts';
import { NoRunError } from './open-home.ts';

export class NoCorpusError extends RetortError {
  readonly code = 'not-found';
  constructor(name: string, home: string) {
    super(
      `Expected a file or the beginning of a corpus's key, got "${name}": no such file, and no home in ${home}.`,
    );
  }
}

const CORPUS_KEY = /^(sha256:)?[0-9a-f]+$/;

/** What was audited, and what a repair did before. */
interface Audited {
  readonly name: string;
  readonly report: AuditReport;
  readonly fixed: { readonly counts: RepairCounts; readonly where: string } | null;
}

/** `distill audit`: exit code 1 when a finding reaches `--fail-on`. */
export async function auditCommand(
  targets: readonly string[],
  flags: AuditFlags,
  terminal: Terminal,
): Promise<number> {
  const failOn = failOnOf(flags);
  const maxRows = maxRowsOf(flags);
  const isFiles = targets.length > 0 && targets.every((target) => existsSync(userPath(target, terminal.env)));
  if (!isFiles && targets.length > 1) {
    const absent = targets.filter((target) => !existsSync(userPath(target, terminal.env)));
    throw new UsageError(`These files aren't there: ${absent.join(', ')}.`);
  }
  const [target] = targets;
  if (!isFiles && target !== undefined && !CORPUS_KEY.test(target))
    throw new UsageError(
      `Expected a file or the beginning of a corpus's key, got "${target}": no such file.`,
    );
  if (!isFiles) refuseFileFlags(flags);
  const audited = isFiles
    ? await auditFileTargets(targets, flags, terminal, maxRows)
    : await auditStored(targets[0] ?? null, flags, terminal, maxRows);
  print(audited, flags, terminal);
  return failOn !== null && reaches(audited.report, failOn) ? EXIT.failed : EXIT.ok;
}

async function auditFileTargets(
  targets: readonly string[],
  flags: AuditFlags,
  terminal: Terminal,
  maxRows: number,
): Promise<Audited> {
  const facts = await fileFactsOf(flags, terminal.env);
  for (const line of rejectedText(facts.ratings?.rejected ?? [])) terminal.say(line);
  for (const aspect of facts.ratings?.narrow ?? [])
    terminal.say(
      `The MOS of ${aspect} fill less than a fifth of the scale ${flags.scale ?? '0:5'}: look whether --scale is right.`,
    );
  const paths = targets.map((target) => userPath(target, terminal.env));
  const context = { tokenCounter: await looseTokenCounterOf(flags, terminal), maxTokens: maxTokensOf(flags) };
  const look = async (audited: readonly string[]) => {
    const report = await withAuditMeter(terminal, (onProgress) =>
      auditFiles(audited, facts, context, { maxRows, onProgress }),
    );
    if (facts.ratings?.found() === 0) terminal.say(noRatingsText(flags.ratings, facts.ratings.images));
    return report;
  };
  if (flags.fix !== true) return { name: targets.join(', '), report: await look(paths), fixed: null };
  const [path] = paths;
  if (path === undefined || paths.length !== 1 || flags.out === undefined)
    throw new UsageError('--fix wants one file and, with --out, the name of the repaired one.');
  const out = userPath(flags.out, terminal.env);
  const counts = await fixOne(path, out, facts, await look(paths), terminal);
  return { name: flags.out, report: await look([out]), fixed: { counts, where: out } };
}

async function fixOne(path: string, out: string, facts: FileFacts, before: AuditReport, terminal: Terminal) {
  const missing = before.findings.find(({ code }) => code === 'missing-image')?.rowCount ?? 0;
  const dropMissingImages = missing < before.rows;
  if (!dropMissingImages)
    terminal.say(
      'No image was found at all, so no row is left out for that: name their folder with --images.',
    );
  return await fixFile({ path, out, facts, dropMissingImages });
}

async function auditStored(
  prefix: string | null,
  flags: AuditFlags,
  terminal: Terminal,
  maxRows: number,
): Promise<Audited> {
  const home = resolveHome(flags.home, terminal.env);
  if (!existsSync(storeFile(home))) {
    throw prefix === null ? new NoRunError(home) : new NoCorpusError(prefix, home);
  }
  const lock = flags.fix === true ? lockHome(home, process.pid) : null;
  const deps = createPipelineDeps({ home, promptsDir: promptsFolder() });
  try {
    const key = await chooseCorpus(deps, prefix ?? undefined, undefined, home);
    const fixed = flags.fix === true ? await fixCorpus(deps, key) : null;
    const where = fixed?.key ?? key;
    const tokenCounter = await tokenCounterOf(flags, deps, terminal);
    const context = { tokenCounter, maxTokens: maxTokensOf(flags) };
    const report = await withAuditMeter(terminal, (onProgress) =>
      auditCorpus(deps, where, context, { maxRows, onProgress }),
    ).finally(tokenCounter.close);
    return { name: `corpus ${where}`, report, fixed: fixed && { counts: fixed, where } };
  } finally {
    deps.store.close();
    lock?.release();
  }
}

function print({ name, report, fixed }: Audited, flags: AuditFlags, terminal: Terminal): void {
  if (flags.json === true) {
    const repair =
      fixed === null
        ? {}
        : {
            fix: { written_to: fixed.where, repaired: fixed.counts.repaired, left_out: fixed.counts.dropped },
          };
    terminal.print(JSON.stringify({ ...auditJson(report), ...repair }));
    return;
  }
  if (fixed !== null) terminal.print(`${repairText(fixed.counts, fixed.where)}\n`);
  terminal.print(auditText(fixed === null ? name : `left in ${name}`, report, terminal));
}

function reaches({ findings }: AuditReport, failOn: Severity): boolean {
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn));
}
