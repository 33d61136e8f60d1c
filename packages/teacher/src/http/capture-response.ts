import { networkCauseOf } from './network-cause.ts';
import { BODY_TOO_LONG, createResponseBody } from './response-body.ts';
import type { TeacherResponse } from './teacher-response.ts';

/** Sends a request and reads all of its answer. What breaks on the way is a value, not an exception. */
export async function captureResponse(send: () => Promise<Response>): Promise<TeacherResponse> {
  const body = createResponseBody();
  let status: number | null = null;
  try {
    const response = await send();
    status = response.status;
    for await (const chunk of response.body ?? []) {
      if (body.add(chunk)) continue;
      return { kind: 'broken', status, cause: BODY_TOO_LONG, sent: true, partialBody: body.text() };
    }
    return { kind: 'received', status, headers: response.headers, body: body.text() };
  } catch (error) {
    const { text, sent } = networkCauseOf(error);
    const partialBody = body.isEmpty ? null : body.text();
    return { kind: 'broken', status, cause: text, sent: sent || status !== null, partialBody };
  }
}
