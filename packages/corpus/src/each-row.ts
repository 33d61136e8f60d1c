import { setImmediate } from 'node:timers/promises';
import type { AnyIterable } from './evaluation-row.ts';

/** Rows between two turns of the event loop, which renews a job's lock and hears of Ctrl-C: some ten milliseconds' worth. */
const ROWS_A_TURN = 1000;

/**
 * Visits rows one after the other and waits only where there is something to wait for: `for await` takes three turns of the
 * queue of promises a row, and lets nothing else run for all that.
 */
export async function eachRow<Row>(
  rows: AnyIterable<Row>,
  visit: (row: Row) => void | Promise<void>,
): Promise<void> {
  if (!(Symbol.iterator in rows)) {
    for await (const row of rows) await visit(row);
    return;
  }
  let count = 0;
  for (const row of rows) {
    const wait = visit(row);
    if (wait !== undefined) await wait;
    count += 1;
    if (count % ROWS_A_TURN === 0) await setImmediate();
  }
}
