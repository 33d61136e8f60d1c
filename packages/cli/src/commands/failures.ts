import { OUTCOMES, type Outcome } from '@retort/schema';
import type { DeadLetter } from '@retort/store';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

/** `distill failures`: what was given up on, with its reason. */
export function failuresCommand(
  flags: { readonly home?: string; readonly json?: boolean; readonly group?: boolean },
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async ({ store }, run) => {
    const letters = store.requests.deadLetters(run.id, Number.MAX_SAFE_INTEGER);
    const rows = flags.group === true ? groupByOutcome(letters) : letters.map(toRow);
    if (flags.json === true) terminal.print(JSON.stringify(rows));
    else if (rows.length === 0) terminal.print('Nothing was given up on.');
    else terminal.print(rows.map((row) => Object.values(row).join('  ')).join('\n'));
    return EXIT.ok;
  });
}

function toRow({ imageName, aspect, outcome, attempts, reason }: DeadLetter) {
  return { image: imageName, aspect, outcome, attempts, reason };
}

function groupByOutcome(letters: readonly DeadLetter[]) {
  const groups = Map.groupBy(letters, ({ outcome }) => outcome);
  return [...groups].map(([outcome, members]) => ({
    outcome,
    rows: members.length,
    example: members[0]?.reason ?? '',
  }));
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
