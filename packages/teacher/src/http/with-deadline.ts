/**
 * Runs `work` under a signal that aborts when the outer one does or `timeoutMs` have passed, whichever comes first.
 * Leaves neither a timer nor a listener behind.
 */
export async function withDeadline<T>(
  outer: AbortSignal,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error('stopped by the caller'));
  const timer = setTimeout(
    () => controller.abort(new Error(`no whole answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  outer.addEventListener('abort', stop, { once: true });
  if (outer.aborted) stop();
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}
