import { deflateSync } from 'node:zlib';
import { corpusInputKey, type PipelineDeps, type ReparseOptions, reparseAnswers } from '@retort/pipeline';
import { sha256 } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { fillHome, recordedAttempt } from '../store/filled-home.ts';
import { change, look } from '../store/raw-database.ts';
import { type BedRun, openBed, runToAnswers, samplePlan } from './pipeline-bed.ts';

const reparse = (deps: PipelineDeps, options: Partial<ReparseOptions> = {}) =>
  reparseAnswers(deps, {
    runId: null,
    strict: false,
    dryRun: false,
    onProgress: () => undefined,
    ...options,
  });

/** Real recorded answers, read today. */
async function answered(limit = 6): Promise<{ deps: PipelineDeps; run: BedRun; home: string }> {
  const deps = openBed();
  const run = await runToAnswers(deps, samplePlan(limit));
  return { deps, run, home: deps.home.dir };
}

/** What an older, worse parser would have left of some of them. */
function readByAnOlderParser(home: string): void {
  change(home, "UPDATE attempts SET description = description || '\" }' WHERE id IN (1, 2)");
  change(home, "UPDATE attempts SET description = NULL, outcome = 'malformed' WHERE id = 3");
  const [row] = look<{ key: string }>(home, 'SELECT request_key AS key FROM attempts WHERE id = 3');
  change(
    home,
    `UPDATE requests SET state = 'dead-letter', state_reason = 'malformed' WHERE key = '${row?.key}'`,
  );
}

/** Puts another answer into a stored recording: one that today's parser refuses. */
function replaceResponse(home: string, id: number, response: string): void {
  const line = JSON.stringify({ image: 'x', aspect: 'quality', model: 'm', response });
  change(home, `UPDATE attempts SET raw_body = x'${deflateSync(line).toString('hex')}' WHERE id = ${id}`);
}

const snapshot = (home: string) => ({
  attempts: look(home, 'SELECT * FROM attempts ORDER BY id'),
  requests: look(home, 'SELECT key, state, state_reason, not_before_at FROM requests ORDER BY key'),
});

describe('reparseAnswers', () => {
  it('finds nothing to change in answers that were read today', async () => {
    const { deps, home } = await answered();
    const before = snapshot(home);
    expect(await reparse(deps)).toMatchObject({
      read: 12,
      same: 12,
      changed: 0,
      changes: [],
      unreadable: [],
    });
    expect(snapshot(home)).toEqual(before);
  });

  it('brings back what an older parser misread, settles its requests, and then finds nothing more', async () => {
    const { deps, run, home } = await answered();
    const before = snapshot(home);
    readByAnOlderParser(home);
    const key = await corpusInputKey(deps, run.id, run.plan);
    const report = await reparse(deps);
    expect(report).toMatchObject({ read: 12, same: 9, changed: 3, requests: { answered: 1, pending: 0 } });
    expect(report.changes).toMatchObject([
      { from: 'answered', to: 'answered', count: 2, kept: false },
      { from: 'malformed', to: 'answered', count: 1, kept: false },
    ]);
    const [example] = report.changes[0]?.examples ?? [];
    expect(example?.before).toBe(`${example?.after}" }`);
    expect(snapshot(home)).toEqual(before);
    expect(await corpusInputKey(deps, run.id, run.plan)).not.toBe(key); // so the next distill builds its corpus anew
    expect(await reparse(deps)).toMatchObject({ same: 12, changed: 0, changes: [] });
  });

  it('only looks on a dry run', async () => {
    const { deps, home } = await answered();
    readByAnOlderParser(home);
    const before = snapshot(home);
    expect(await reparse(deps, { dryRun: true })).toMatchObject({ changed: 3, requests: { answered: 0 } });
    expect(snapshot(home)).toEqual(before);
  });

  it('keeps a paid answer that is refused today and says so, until it is told to be strict', async () => {
    const { deps, run, home } = await answered();
    replaceResponse(home, 4, 'OK');
    const before = snapshot(home);
    const refused = { from: 'answered', to: 'malformed', count: 1 };
    for (const _time of [1, 2]) {
      const report = await reparse(deps);
      expect(report).toMatchObject({ changed: 0, changes: [{ ...refused, kept: true }] });
      expect(report.changes[0]?.examples[0]?.after).toMatch(/malformed: .*too short .*"OK"/);
      expect(snapshot(home)).toEqual(before);
    }
    expect(await reparse(deps, { strict: true })).toMatchObject({
      changed: 1,
      requests: { pending: 1 },
      changes: [{ ...refused, kept: false }],
    });
    expect(deps.store.requests.counts(run.id)).toMatchObject({ pending: 1, answered: 11 });
    const [due] = deps.store.requests.due(run.id, '2027', 1);
    expect(due?.nextNumber).toBe(2);
    expect(deps.store.attempts.outcomes(due?.key ?? '')).toEqual([]); // it has all its chances again
    expect(await reparse(deps, { strict: true })).toMatchObject({ changed: 0, changes: [] });
  });

  it('leaves a request answered that has another answer', async () => {
    const { deps, run, home } = await answered();
    const [first] = look<{ key: string }>(home, 'SELECT request_key AS key FROM attempts WHERE id = 5');
    const { id: runId } = run;
    const second = { ...recordedAttempt(first?.key ?? '', { number: 2, httpStatus: null }), runId };
    deps.store.transaction(() => deps.store.attempts.record(second));
    replaceResponse(home, 13, '5/5');
    expect(await reparse(deps, { strict: true })).toMatchObject({ changed: 1, requests: { pending: 0 } });
    expect(deps.store.requests.counts(run.id)).toMatchObject({ pending: 0, answered: 12 });
  });

  it('counts what it cannot read, by reason, and touches none of it', async () => {
    const { deps, home } = await answered();
    change(home, "UPDATE attempts SET raw_body = x'00' WHERE id = 1");
    change(home, 'UPDATE attempts SET raw_body = NULL WHERE id = 2');
    change(
      home,
      "UPDATE requests SET teacher = 'nobody' WHERE key = (SELECT request_key FROM attempts WHERE id = 3)",
    );
    change(
      home,
      `INSERT INTO prompt_versions (id, hash, text, saw_label) VALUES ('quality/gone.v1', '${sha256('gone')}', '', 0);
       UPDATE requests SET prompt_id = 'quality/gone.v1' WHERE key = (SELECT request_key FROM attempts WHERE id = 4)`,
    );
    const before = snapshot(home);
    const { unreadable, ...report } = await reparse(deps, { strict: true });
    expect(report).toMatchObject({ read: 11, withoutBody: 1, same: 8, changed: 0 });
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('damaged'),
      expect.stringContaining('nobody'),
      expect.stringContaining('quality/gone.v1'),
    ]);
    expect(snapshot(home)).toEqual(before);
  });

  it('reads only what a run uses, whichever run asked for it', async () => {
    const { deps, home } = await answered(6);
    readByAnOlderParser(home);
    const other = await runToAnswers(deps, samplePlan(6, { seed: 1 })); // the same answers, none asked again
    const alone = await runToAnswers(deps, samplePlan(2, { promptForm: 'blind' }));
    expect(await reparse(deps, { runId: alone.id })).toMatchObject({ read: 4, changed: 0 });
    expect(await reparse(deps, { runId: other.id })).toMatchObject({ read: 12, changed: 3 });
  });

  it('goes through more answers than it keeps in memory at once, a transaction a page', async () => {
    const deps = openBed();
    const { requestKeys } = fillHome(deps.store, 1100);
    const text = (i: number) => `The sky of number ${i} is blurred." }`;
    const body = (i: number) =>
      JSON.stringify({ candidates: [{ content: { parts: [{ text: text(i) }] }, finishReason: 'STOP' }] });
    deps.store.transaction(() => {
      for (const [i, key] of requestKeys.entries()) {
        deps.store.attempts.record(recordedAttempt(key, { rawBody: body(i), description: text(i) }));
      }
    });
    const progress: number[] = [];
    const report = await reparse(deps, { onProgress: (done, total) => progress.push(done / total) });
    expect(report).toMatchObject({ read: 1100, changed: 1100, changes: [{ count: 1100 }] });
    expect(report.changes[0]?.examples).toHaveLength(3);
    expect(progress).toHaveLength(3);
    expect(progress.at(-1)).toBe(1);
    const left = look(deps.home.dir, "SELECT 1 FROM attempts WHERE description LIKE '%}%'");
    expect(left).toEqual([]);
  });
});
