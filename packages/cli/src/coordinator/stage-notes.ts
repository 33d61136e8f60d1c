import { countPrepared, planPrice } from '@retort/pipeline';
import type { Stage } from '@retort/schema';
import type { Price } from '@retort/teacher';
import { formatDuration } from '../terminal/meter.ts';
import { type ActiveRun, type StagePlan, selectedSamples } from './stage-plans.ts';

/** A figure on the screen is this old at most, ms. */
const NOTE_AGE_MS = 250;

/** What a run has spent, for beside a stage's figures. */
export function spendingNote(run: ActiveRun, price: Price | null): () => string {
  return cachedFor(NOTE_AGE_MS, run.deps.now, () => describeCost(run, price));
}

/** What a stage that has ended did. */
export function describeStage(run: ActiveRun, stage: Stage, { units }: StagePlan, seconds: number): string {
  const time = formatDuration(seconds);
  if (stage === 'prepare') {
    const ready = countPrepared(selectedSamples(run));
    return `${ready} images ready in ${time}`;
  }
  if (stage !== 'teach') return `done in ${time}`;
  const counts = run.deps.store.requests.counts(run.id);
  const dead = counts['dead-letter'] === 0 ? '' : `, ${counts['dead-letter']} given up ("distill failures")`;
  return `${counts.answered} of ${units?.total ?? 0} answered in ${time}, ${describeCost(run, planPrice(run.deps, run.plan))}${dead}`;
}

function describeCost({ deps, id, plan }: ActiveRun, price: Price | null): string {
  if (plan.teacher === 'replay') return 'recorded answers, $0';
  if (price === null) return 'cost unknown';
  return `$${deps.store.attempts.committed(id).spentUsd.toFixed(4)}`;
}

/** The value that was made less than `ageMs` ago, else a new one: settled jobs come faster than anybody reads. */
function cachedFor<T>(ageMs: number, now: () => Date, make: () => T): () => T {
  let made: { readonly at: number; readonly value: T } | null = null;
  return () => {
    const at = now().getTime();
    if (made === null || at - made.at >= ageMs) made = { at, value: make() };
    return made.value;
  };
}
