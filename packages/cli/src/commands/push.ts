import { loadCorpus, loadRunCorpus, pushExport, readPublishable } from '@retort/pipeline';
import { EXIT } from '../exit-codes.ts';
import { hubAddress } from '../hub-address.ts';
import { userPath } from '../repository.ts';
import { createMeter } from '../terminal/meter.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

export interface PushFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly repo: string;
  readonly private?: boolean;
  readonly dryRun?: boolean;
  readonly allowFindings?: boolean;
  readonly allowChanged?: boolean;
  readonly yes?: boolean;
}

type Publishable = Awaited<ReturnType<typeof readPublishable>>;

const REPO = /^[\w.-]+\/[\w.-]+$/;
const MEGABYTE = 1_000_000;

/** `distill push`: sends an exported corpus to the Hugging Face hub. */
export async function pushCommand(
  dirFlag: string | undefined,
  flags: PushFlags,
  terminal: Terminal,
): Promise<number> {
  if (!REPO.test(flags.repo))
    throw new UsageError(`--repo wants owner/name, such as my-lab/my-corpus, and got "${flags.repo}".`);
  const dir = dirFlag === undefined ? await latestExport(flags, terminal) : userPath(dirFlag, terminal.env);
  const allow = { findings: flags.allowFindings === true, changes: flags.allowChanged === true };
  const found = await readPublishable(dir, allow);
  const url = hubAddress(terminal.env);
  if (flags.dryRun === true) {
    terminal.print(
      flags.json === true ? JSON.stringify(planJson(found, dir, flags)) : planText(found, url, flags),
    );
    return EXIT.ok;
  }
  const token = terminal.env.HF_TOKEN;
  if (token === undefined || token === '') {
    throw new UsageError(
      'HF_TOKEN is not set: make a token with the right to write at the hub, or look with --dry-run.',
    );
  }
  if (!(await isAgreed(found, url, flags, terminal))) {
    terminal.say('Nothing was sent.');
    return EXIT.ok;
  }
  const meter = createMeter(terminal.screen, () => performance.now());
  meter.start('push');
  const result = await pushExport({
    dir,
    found,
    repo: flags.repo,
    isPrivate: flags.private === true,
    hub: { url, token, fetch },
    onProgress: (done, total) => meter.update({ done, total, unit: 'file', note: null }),
  }).finally(() => meter.abandon());
  const words = `${result.url}: ${result.sent} files sent, ${result.kept} were there already`;
  terminal.print(flags.json === true ? JSON.stringify({ repo: flags.repo, ...result }) : words);
  return EXIT.ok;
}

function latestExport(flags: PushFlags, terminal: Terminal): Promise<string> {
  return withLatestRun(flags, terminal, async (deps, run) => {
    const { path } = loadCorpus(deps, await loadRunCorpus(deps, run));
    if (path === null) throw new UsageError('The latest run has exported nothing yet: name a folder.');
    return path;
  });
}

async function isAgreed(
  found: Publishable,
  url: string,
  flags: PushFlags,
  terminal: Terminal,
): Promise<boolean> {
  if (flags.yes === true) return true;
  terminal.say(planText(found, url, flags));
  const answer = await terminal.ask('Send them? [y/N] ');
  if (answer.kind === 'nobody')
    throw new UsageError('Nobody is here to confirm: pass --yes to send the files.');
  return answer.kind === 'answer' && /^y(es)?$/i.test(answer.text.trim());
}

function planText({ files, key, rows }: Publishable, url: string, flags: PushFlags): string {
  const lines = files.map(({ path, bytes }) => `${megabytes(bytes).padStart(10)} MB  ${path}`);
  const who = flags.private === true ? 'private' : 'public';
  const sum = megabytes(files.reduce((total, { bytes }) => total + bytes, 0));
  return [
    ...lines,
    '',
    `${files.length} files, ${sum} MB: corpus ${key}, ${rows} rows`,
    `to ${url}/datasets/${flags.repo} (${who}, if it has to be made)`,
  ].join('\n');
}

function planJson({ files, key, rows, changed, errors }: Publishable, dir: string, flags: PushFlags) {
  return {
    dry_run: true,
    repo: flags.repo,
    private: flags.private === true,
    dir,
    key,
    rows,
    changed,
    errors,
    files,
  };
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(2);
}
