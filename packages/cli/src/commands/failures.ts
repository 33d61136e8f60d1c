import { OUTCOMES, type Outcome } from '@retort/schema';
import type { DeadLetter, FailureGroup } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import { tableLines } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

/** Images that stand beside a group as examples. */
const EXAMPLES = 3;

/** Characters of a reason in the table; the JSON has all of it. */
const REASON_LENGTH = 60;

/** `distill failures`: what was given up on, with its reason. */
export function failuresCommand(
  flags: { readonly home?: string; readonly json?: boolean; readonly group?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async ({ store }, run) => {
    if (flags.group === true) {
      const groups = store.failures.groups(run.id, EXAMPLES);
      terminal.print(flags.json === true ? JSON.stringify(groups) : describeGroups(groups, terminal));
      return EXIT.ok;
    }
    const rows = store.requests.deadLetters(run.id, Number.MAX_SAFE_INTEGER).map(toRow);
    if (flags.json === true) terminal.print(JSON.stringify(rows));
    else if (rows.length === 0) terminal.print(NOTHING);
    else terminal.print(rows.map((row) => Object.values(row).join('  ')).join('\n'));
    return EXIT.ok;
  });
}

const NOTHING = 'Nothing was given up on.';

function toRow({ imageName, aspect, outcome, attempts, reason }: DeadLetter) {
  return { image: imageName, aspect, outcome, attempts, reason };
}

function describeGroups(groups: readonly FailureGroup[], { color }: Terminal): string {
  if (groups.length === 0) return NOTHING;
  const columns = [
    { title: 'outcome' },
    { title: 'requests', align: 'right' } as const,
    { title: 'reason' },
    { title: 'such as' },
  ];
  const rows = groups.map(({ outcome, requests, reason, examples }) => [
    outcome,
    String(requests),
    shorten(reason),
    examples.map(({ image, aspect }) => `${image} (${aspect})`).join(', '),
  ]);
  return tableLines(columns, rows, { color }).join('\n');
}

function shorten(reason: string): string {
  return reason.length <= REASON_LENGTH ? reason : `${reason.slice(0, REASON_LENGTH - 1).trimEnd()}…`;
}

/** `distill retry`: gives dead letters another chance at the next `distill`. */
export function retryCommand(
  flags: { readonly home?: string; readonly json?: boolean; readonly outcome?: string },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async ({ store }, run) => {
    const retried = store.requests.retry(run.id, parseOutcome(flags.outcome));
    if (flags.json === true) terminal.print(JSON.stringify({ retried }));
    else
      terminal.print(
        `${retried} requests will be asked again by the next "pnpm distill" with the same options.`,
      );
    return EXIT.ok;
  });
}

function parseOutcome(text: string | undefined): Outcome | null {
  if (text === undefined) return null;
  const outcome = OUTCOMES.find((name) => name === text);
  if (outcome === undefined)
    throw new UsageError(`--outcome is one of ${OUTCOMES.join(', ')}, not "${text}".`);
  return outcome;
}
