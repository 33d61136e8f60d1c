import type { BatchJob, BatchReply } from '../batch-teacher.ts';
import { readOperations } from './batch-operation.ts';
import { type BatchConnection, callBatchService } from './batch-service.ts';
import { classifyBatchCall } from './classify-batch-call.ts';

/** As many as Google lists on one page. */
const PAGE_SIZE = 100;

/** Looks through the whole listing, whose order isn't promised, until a batch has that display name. */
export async function findJob(
  connection: BatchConnection,
  displayName: string,
  now: () => Date,
  signal: AbortSignal,
): Promise<BatchReply<BatchJob | null>> {
  let pageToken: string | null = null;
  do {
    const config = { pageSize: PAGE_SIZE, ...(pageToken === null ? {} : { pageToken }) };
    const response = await callBatchService(connection, signal, ({ batches }) => batches.list({ config }));
    const page = classifyBatchCall(response, now(), readOperations);
    if (!page.ok) return page;
    const found = page.value.jobs.find((job) => job.displayName === displayName);
    if (found !== undefined) return { ok: true, value: found };
    pageToken = page.value.nextPageToken;
  } while (pageToken !== null);
  return { ok: true, value: null };
}
