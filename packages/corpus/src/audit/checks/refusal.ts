import { descriptionOf } from '../../conversation-shape.ts';
import type { AuditRow } from '../audit-row.ts';
import { findRefusalIn } from '../refusal/find-refusal.ts';
import { createRowCheck } from '../row-check.ts';

/** Refusals and apologies in place of a description. */
export const refusal = createRowCheck({
  code: 'refusal',
  severity: 'error',
  summary: 'hold a refusal instead of a description',
  advice: 'Take these rows out and ask the teacher again (retry): the student would learn to refuse.',
  find: findRefusal,
});

function findRefusal(row: AuditRow): string | null {
  const description = descriptionOf(row);
  return description === null ? null : findRefusalIn(description);
}
