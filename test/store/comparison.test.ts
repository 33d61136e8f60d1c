import type { SideFilter } from '@retort/store';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { fillHome, PLAN, plannedRequest, RUN_ID, recordedAttempt } from './filled-home.ts';
import { openHome } from './open-home.ts';

const OTHER = 'ffff000011112222';

/** Three images: answered twice over (two runs, a repeat), given up on, pending. */
function filled() {
  const store = openHome(temporaryFolder());
  const { sampleIds } = fillHome(store, 3);
  const [first = 0] = sampleIds;
  store.runs.start(OTHER, { ...PLAN, model: 'other' }, '2026-02-02T03:04:05.000Z');
  const again = plannedRequest(0, { key: plannedRequest(9).key, model: 'other', repeat: 1 });
  store.requests.plan(OTHER, first, again);
  const refused = { outcome: 'rate-limited', costUsd: 0, description: null } as const;
  store.attempts.record(
    recordedAttempt(plannedRequest(0).key, refused, {
      state: 'pending',
      notBeforeAt: null,
      maxOutputTokens: null,
    }),
  );
  const finishedAt = '2026-01-02T03:04:07.500Z';
  store.attempts.record(recordedAttempt(plannedRequest(0).key, { number: 2, finishedAt }));
  store.attempts.record(
    recordedAttempt(again.key, { costUsd: null, modelVersion: 'v2', finishedAt: '2026-02-02T03:04:05.000Z' }),
  );
  const blocked = { outcome: 'blocked', answer: null, description: null } as const;
  const settlement = { state: 'dead-letter', reason: 'SAFETY' } as const;
  store.attempts.record(recordedAttempt(plannedRequest(1).key, blocked, settlement));
  return { store, again: again.key };
}

describe('comparison.side', () => {
  it('has of each request of a run its sample, its end and all it cost', () => {
    const { store } = filled();
    const rows = store.comparison.side({ runId: RUN_ID });
    expect(rows).toHaveLength(3);
    expect(rows.find(({ requestKey }) => requestKey === plannedRequest(0).key)).toMatchObject({
      aspect: 'quality',
      imageName: '00000.jpg',
      imagePrompt: 'prompt 0',
      mos: 2.5,
      scaleMax: 5,
      sawLabel: true,
      state: 'answered',
      outcome: 'answered',
      description: 'The sky is blurred.',
      at: '2026-01-02T03:04:07.500Z',
      latencyMs: 2500,
      usage: { calls: 2, costUsd: 0.01, inputTokens: 600, outputTokens: 80, thinkingTokens: 0 },
    });
    expect(rows.find(({ state }) => state === 'dead-letter')).toMatchObject({
      outcome: 'blocked',
      description: null,
      latencyMs: null,
    });
    expect(rows.find(({ state }) => state === 'pending')).toMatchObject({ outcome: null, at: null });
  });

  it.each<[string, SideFilter, number]>([
    ['a run', { runId: OTHER }, 1],
    ['a model', { model: 'gemini-test' }, 3],
    ['the model that answered', { modelVersion: 'v2' }, 1],
    ['a repeat', { repeat: 1 }, 1],
    ['a prompt', { promptId: 'quality/label-aware.v1' }, 4],
    ['a teacher', { teacher: 'openai' }, 0],
    ['an aspect', { aspect: 'correspondence' }, 0],
    ['what came since a day', { since: '2026-02-01' }, 1],
    ['what came before a day', { before: '2026-02-01' }, 2],
    ['several at once', { model: 'gemini-test', before: '2026-01-02T03:04:07' }, 1],
    ['everything', {}, 4],
  ])('takes %s', (_what, filter, expected) => {
    expect(filled().store.comparison.side(filter)).toHaveLength(expected);
  });

  it('takes an unknown cost for unknown', () => {
    const { store, again } = filled();
    const [row] = store.comparison.side({ runId: OTHER });
    expect(row).toMatchObject({ requestKey: again, usage: { calls: 1, costUsd: null } });
  });
});
