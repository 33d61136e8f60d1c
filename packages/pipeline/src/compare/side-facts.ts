import { spreadOf } from '@retort/corpus';
import type { ComparedSide } from '@retort/report';
import type { SideRow } from '@retort/store';
import type { SideChoice } from './pair-sides.ts';

/** What a side is, and what its answers in common cost and took. */
export function sideFacts(
  { selector }: SideChoice,
  rows: readonly SideRow[],
  /** The side's rows of which both sides have an answer. */
  answered: readonly SideRow[],
): ComparedSide {
  const dates = answered.flatMap(({ at }) => at ?? []).sort();
  const sawLabel = answered.filter((row) => row.sawLabel).length;
  // A request that asks about several aspects is paid once.
  const requests = [...new Map(answered.map((row) => [row.requestKey, row])).values()];
  const perAnswer = (of: (row: SideRow) => number | null): number | null => {
    // Each answer has its share, also where the other side has only some of the aspects that were asked together.
    const shares = answered.map((row) => divide(of(row), row.aspectsAsked));
    const sum = shares.reduce<number | null>((total, share) => add(total, share), 0);
    return sum === null || answered.length === 0 ? null : sum / answered.length;
  };
  const live = requests.some(({ teacher }) => teacher !== 'replay');
  const tokens = (of: (row: SideRow) => number): number | null => (live ? perAnswer(of) : null);
  return {
    selector,
    teachers: distinct(answered.map(({ teacher }) => teacher)),
    models: distinct(answered.map(({ model }) => model)),
    model_versions: distinct(answered.flatMap(({ modelVersion }) => modelVersion ?? [])),
    prompts: distinct(answered.map(({ promptId }) => promptId)),
    repeats: [...new Set(answered.map(({ repeat }) => repeat))].sort((a, b) => a - b),
    first_at: dates[0] ?? null,
    last_at: dates.at(-1) ?? null,
    requests: new Set(rows.map(({ requestKey }) => requestKey)).size,
    answered: new Set(rows.flatMap(({ description, requestKey }) => (description === null ? [] : requestKey)))
      .size,
    saw_label: sawLabel === 0 ? 'none' : sawLabel === answered.length ? 'all' : 'some',
    calls: requests.reduce((sum, { usage }) => sum + usage.calls, 0),
    usd_per_answer: perAnswer(({ usage }) => usage.costUsd),
    input_tokens_per_answer: tokens(({ usage }) => usage.inputTokens),
    output_tokens_per_answer: tokens(({ usage }) => usage.outputTokens),
    thinking_tokens_per_answer: tokens(({ usage }) => usage.thinkingTokens),
    latency_ms: latencies(requests),
  };
}

function latencies(rows: readonly SideRow[]): ComparedSide['latency_ms'] {
  return spreadOf(rows.flatMap(({ latencyMs }) => latencyMs ?? []));
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function divide(value: number | null, by: number): number | null {
  return value === null ? null : value / by;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
