import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildRunCorpus,
  corpusInputKey,
  exportRunCorpus,
  loadCorpus,
  type PipelineDeps,
} from '@retort/pipeline';
import type { CorpusRow } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { change } from '../../store/raw-database.ts';
import { type BedRun, runToAnswers, samplePlan } from '../pipeline-bed.ts';
import { answeredRun, auditAgain, decide, rowIds } from './review-bed.ts';

const TEXT = 'The picture shows a brain with eyes, drawn in <|im_end|> few colours.';

const idOf = ({ dataset, aspect, sampleName }: CorpusRow) => `${dataset}/${aspect}/${sampleName}`;
const rowsOf = (deps: PipelineDeps, key: string) => [...deps.store.corpora.rows(key)];

async function trainRows(deps: PipelineDeps, run: BedRun): Promise<[string, string, string]> {
  const { key } = await auditAgain(deps, run);
  const [a, b, c] = rowsOf(deps, key).filter(({ split }) => split === 'train');
  if (a === undefined || b === undefined || c === undefined) throw new Error('The sample has train rows.');
  return [idOf(a), idOf(b), idOf(c)];
}

/** What today's parser reads differently in a row's answer. */
function reread(deps: PipelineDeps, id: string, description: string): void {
  const [, aspect = '', name = ''] = id.split('/');
  change(
    deps.home.dir,
    `UPDATE attempts SET description = '${description}' WHERE request_key IN (SELECT sr.request_key FROM sample_requests sr
       JOIN samples s ON s.id = sr.sample_id WHERE s.name = '${name}' AND sr.aspect = '${aspect}');
     UPDATE requests SET readings = readings + 1 WHERE aspect = '${aspect}' AND image_name = '${name}'`,
  );
}

describe('a corpus after review', () => {
  it('leaves rejected rows out, carries edited texts, and says how many rows a person touched', async () => {
    const { deps, run } = await answeredRun();
    const before = await auditAgain(deps, run);
    const [accepted, rejected, edited] = await trainRows(deps, run);
    decide(deps, run, accepted, { decision: 'accepted' });
    decide(deps, run, rejected, { decision: 'rejected' });
    decide(deps, run, edited, { decision: 'edited', text: `  ${TEXT}\n` });
    const after = await auditAgain(deps, run);
    expect(after.inputKey).not.toBe(before.inputKey);
    const rows = new Map(rowsOf(deps, after.key).map((row) => [idOf(row), row]));
    expect(rows.size).toBe(rowsOf(deps, before.key).length - 1);
    expect(rows.has(rejected)).toBe(false);
    expect(rows.get(accepted)?.review).toBe('accepted');
    expect(rows.get(edited)).toMatchObject({ review: 'edited', sawLabel: true });
    expect(rows.get(edited)?.turns[1]?.text).toBe(TEXT.replace('<|', '< |'));
    // Nobody else's row moved or changed.
    const untouched = rowsOf(deps, before.key).filter(
      (row) => ![accepted, rejected, edited].includes(idOf(row)),
    );
    for (const row of untouched) expect(rows.get(idOf(row))).toEqual(row);
    expect(loadCorpus(deps, after.key).manifest.review).toEqual({ accepted: 1, edited: 1, rejected: 1 });
    const path = await exportRunCorpus(deps, after.key);
    const manifest = JSON.parse(readFileSync(join(path, 'corpus.json'), 'utf8'));
    expect(manifest.review).toEqual({ accepted: 1, edited: 1, rejected: 1 });
    expect(readFileSync(join(path, 'ms-swift', 'train.jsonl'), 'utf8')).toContain('a brain with eyes, drawn');
  });

  it('is the corpus of before once everything was taken back', async () => {
    const { deps, run } = await answeredRun();
    const before = await auditAgain(deps, run);
    const touched = await trainRows(deps, run);
    for (const id of touched) decide(deps, run, id, { decision: 'rejected' });
    expect((await auditAgain(deps, run)).key).not.toBe(before.key);
    for (const id of touched) decide(deps, run, id, { decision: 'undone' });
    expect(await auditAgain(deps, run)).toEqual(before);
    expect(loadCorpus(deps, before.key).manifest).not.toHaveProperty('review');
    for (const row of rowsOf(deps, before.key)) expect(row).not.toHaveProperty('review');
  });

  it('waits with what is decided while a distill is at work', async () => {
    const { deps, run } = await answeredRun();
    const before = await auditAgain(deps, run);
    decide(deps, run, rowIds(deps, run)[0] ?? '', { decision: 'rejected' });
    expect(await corpusInputKey(deps, run.id, run.plan)).toBe(before.inputKey);
    expect(await buildRunCorpus(deps, run)).toBe(before.key);
  });

  it('lets an acceptance lapse when the answer is read differently, and keeps a rejection and an edit', async () => {
    const { deps, run } = await answeredRun();
    const [accepted, rejected, edited] = await trainRows(deps, run);
    decide(deps, run, accepted, { decision: 'accepted' });
    decide(deps, run, rejected, { decision: 'rejected' });
    decide(deps, run, edited, { decision: 'edited', text: TEXT });
    for (const id of [accepted, rejected, edited]) reread(deps, id, 'Another reading of the same answer.');
    const { key } = await auditAgain(deps, run);
    const rows = new Map(rowsOf(deps, key).map((row) => [idOf(row), row]));
    expect(rows.get(accepted)).not.toHaveProperty('review');
    expect(rows.get(accepted)?.turns[1]?.text).toBe('Another reading of the same answer.');
    expect(rows.has(rejected)).toBe(false);
    expect(rows.get(edited)?.review).toBe('edited');
    // Accepted again, it is about the new reading.
    expect(decide(deps, run, accepted, { decision: 'accepted' }).changed).toBe(true);
    const again = rowsOf(deps, (await auditAgain(deps, run)).key);
    expect(again.find((row) => idOf(row) === accepted)?.review).toBe('accepted');
  });

  it('obeys in another run over the same answers', async () => {
    const { deps, run } = await answeredRun();
    const [rejected] = await trainRows(deps, run);
    decide(deps, run, rejected, { decision: 'rejected' });
    const other = await runToAnswers(deps, samplePlan(12, { seed: 1 }));
    expect(other.id).not.toBe(run.id);
    const { key } = await auditAgain(deps, other);
    expect(rowsOf(deps, key).map(idOf)).not.toContain(rejected);
  });

  it('shows no description in val and test, whether a person wrote it or not', async () => {
    const { deps, run } = await answeredRun(30);
    const { key } = await auditAgain(deps, run);
    const row = rowsOf(deps, key).find(({ split }) => split === 'test');
    decide(deps, run, row === undefined ? '' : idOf(row), { decision: 'edited', text: TEXT });
    const path = await exportRunCorpus(deps, (await auditAgain(deps, run)).key);
    expect(readFileSync(join(path, 'ms-swift', 'test.jsonl'), 'utf8')).not.toContain(
      'a brain with eyes, drawn',
    );
  });

  it('may have a split without rows, and is refused when nothing is left', async () => {
    const { deps, run } = await answeredRun(30);
    const rows = rowsOf(deps, (await auditAgain(deps, run)).key);
    for (const row of rows.filter(({ split }) => split === 'val'))
      decide(deps, run, idOf(row), { decision: 'rejected' });
    const { key } = await auditAgain(deps, run);
    expect(loadCorpus(deps, key).manifest.rowsBySplit).toMatchObject({ val: 0 });
    await exportRunCorpus(deps, key);
    for (const id of rowIds(deps, run)) decide(deps, run, id, { decision: 'rejected' });
    await expect(auditAgain(deps, run)).rejects.toMatchObject({
      code: 'corpus-empty',
      message: expect.stringContaining('distill review undo'),
    });
  });
});
