import type { Store, StoredBatch } from '@retort/store';

export interface BatchNewsOptions {
  readonly deps: { readonly store: Pick<Store, 'batches'> };
  readonly announce: (line: string) => void;
  readonly onState: (state: string) => void;
}

/** Tells people what became of batches since it last looked. */
export function createBatchNews({ deps, announce, onState }: BatchNewsOptions) {
  let known = new Map<number, StoredBatch>();
  let first = true;
  return {
    look(open: readonly StoredBatch[]): void {
      for (const batch of open) {
        const line = sayChange(batch, known.get(batch.id) ?? null, first);
        if (line !== null) announce(line);
      }
      for (const { id } of known.values()) {
        if (open.some((batch) => batch.id === id)) continue;
        const ended = deps.store.batches.get(id);
        if (ended !== null) announce(sayEnd(ended));
      }
      known = new Map(open.map((batch) => [batch.id, batch]));
      first = false;
      if (open.length > 0) onState(describeBatches(open));
    },
  };
}

/** `2 batches running, 4,000 rows; polled 14:03; safe to stop: run the same command again`. */
export function describeBatches(open: readonly StoredBatch[]): string {
  const running = open.filter(({ name }) => name !== null);
  const unnamed = open.length - running.length;
  const rows = running.reduce((sum, batch) => sum + batch.rows, 0);
  const polledAt = running.reduce(
    (latest, { polledAt: at }) => (at !== null && at > latest ? at : latest),
    '',
  );
  const troubled = open.find(({ failures }) => failures > 0);
  const parts = [
    ...(running.length > 0 ? [`${count(running.length)} running, ${rowsOf(rows)}`] : []),
    ...(unnamed > 0 ? [`${count(unnamed)} being handed over`] : []),
    ...(polledAt === '' ? [] : [`polled ${clockOf(polledAt)}`]),
    ...(troubled === undefined ? [] : [`trying again: ${troubled.reason}`]),
    'safe to stop: run the same command again',
  ];
  return parts.join('; ');
}

function sayChange(batch: StoredBatch, before: StoredBatch | null, first: boolean): string | null {
  const { name, rows, jobState, createdAt } = batch;
  if (name === null) return null;
  const who = `${name}: ${rowsOf(rows)}`;
  if (before === null && first) return `${who}, ${jobState}, handed over ${createdAt} by an earlier start`;
  if (before?.name == null) return `${who} handed over`;
  return before.jobState === jobState ? null : `${name}: ${jobState}`;
}

function sayEnd({ name, state, rows, reason }: StoredBatch): string {
  const who = name ?? `a batch of ${rowsOf(rows)}`;
  switch (state) {
    case 'collected':
      return `${who}: its answers are stored`;
    case 'expired':
      return `${who} expired; its rows weren't billed and are asked again`;
    default:
      return `${who}: ${state}${reason === null ? '' : ` (${reason})`}`;
  }
}

function rowsOf(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`;
}

function count(batches: number): string {
  return batches === 1 ? '1 batch' : `${batches} batches`;
}

/** Time of day where the user is. */
function clockOf(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
