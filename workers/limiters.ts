import type { WorkerSettings } from '@retort/pipeline';
import { connectLimiter, createLimiter, type Limiter } from '@retort/queue';
import type { TeacherRequest } from '@retort/schema';
import { pacificDay } from '@retort/teacher';
import type { WorkerContext } from './worker-context.ts';

/** A worker process's gates to the services that it calls. */
export interface Limiters {
  /** The gate of a scope, made when it is first needed; `request` is one that wants through. */
  forScope(scope: string, request: Pick<TeacherRequest, 'teacher' | 'model'>): Limiter;
  close(): Promise<void>;
}

export function createLimiters(settings: WorkerSettings, { deps }: WorkerContext): Limiters {
  const { address, homeId, limits } = settings;
  const made = new Map<string, Limiter>();
  return {
    forScope(scope, { teacher, model }) {
      const known = made.get(scope);
      if (known !== undefined) return known;
      const limiter = createLimiter({
        server: connectLimiter({ address, homeId, scope }),
        limits,
        now: deps.now,
        day: () => pacificDay(deps.now()),
        countToday: () =>
          deps.store.attempts.countSince(teacher, model, pacificDay(deps.now()).startsAt.toISOString()),
      });
      made.set(scope, limiter);
      return limiter;
    },
    async close() {
      await Promise.all([...made.values()].map((limiter) => limiter.close()));
    },
  };
}
