import { z } from 'zod';
import type { ReceivedResponse } from '../http/teacher-response.ts';
import { httpStatusOfRpc } from './rpc-status.ts';

/** google.rpc.Status, as rows and batches that failed have it. */
export const rpcErrorSchema = z.object({
  code: z.number().int().catch(2),
  message: z.string().catch(''),
  details: z.array(z.unknown()).optional().catch(undefined),
});

/** What an online call that ended so would have got: the classifier of online calls then reads both. */
export function rpcResponse({ code, message, details }: z.infer<typeof rpcErrorSchema>): ReceivedResponse {
  const { status, httpStatus } = httpStatusOfRpc(code);
  const error = { code: httpStatus, message, status, ...(details === undefined ? {} : { details }) };
  return { kind: 'received', status: httpStatus, headers: new Headers(), body: JSON.stringify({ error }) };
}
