import type { AuditRow } from '../audit-row.ts';
import { findMarkup } from './find-markup.ts';
import { findPromptEcho } from './find-prompt-echo.ts';
import { findTruncation } from './find-truncation.ts';

/** What is wrong with a description taken for itself; null when nothing is. */
export function findDebris(row: AuditRow, description: string): string | null {
  if (description.trim() === '') return 'it is empty';
  return findMarkup(description) ?? findPromptEcho(row, description) ?? findTruncation(description);
}
