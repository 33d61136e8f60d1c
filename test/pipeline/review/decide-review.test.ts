import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppliedDecisions, applyDecisions, findReviewRow, readDecisions } from '@retort/pipeline';
import { type Aspect, aspectSchema } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { answeredRun, decide, rowIds } from './review-bed.ts';

const TEXT = 'The viking woman is missing, and so is her treasure.';

describe('decideReview', () => {
  it('carries an edited text along, so that accepting it afterwards brings nothing old back', async () => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    decide(deps, run, id, { decision: 'edited', text: TEXT });
    decide(deps, run, id, { decision: 'rejected' });
    expect(decide(deps, run, id, { decision: 'accepted' }).standing).toMatchObject({
      decision: 'accepted',
      text: TEXT,
    });
  });

  it('writes nothing where a row stands like that already', async () => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    expect(decide(deps, run, id, { decision: 'accepted' }).changed).toBe(true);
    expect(decide(deps, run, id, { decision: 'accepted' }).changed).toBe(false);
    const row = findReviewRow(deps.store, run.id, { reference: id, aspect: null });
    expect(deps.store.reviews.ofRow(row)).toHaveLength(1);
  });

  it('takes no text with an undo, and an edit not without one', async () => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    decide(deps, run, id, { decision: 'accepted' });
    expect(() => decide(deps, run, id, { decision: 'undone', text: TEXT })).toThrow(/takes none/);
    expect(() => decide(deps, run, id, { decision: 'edited' })).toThrow(/needs one/);
  });

  it('has nothing to take back twice', async () => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    decide(deps, run, id, { decision: 'accepted' });
    expect(decide(deps, run, id, { decision: 'undone' }).standing).toBeNull();
    expect(() => decide(deps, run, id, { decision: 'undone' })).toThrow(/nothing to undo/);
  });

  it.each([
    ['nothing', ' \n', /it is empty/],
    ['a refusal', "I'm sorry, but I can't assist with that.", /refus/],
    ['a refusal among words', `${TEXT} ${TEXT} As an AI, I look no further. ${TEXT}`, /refuses/],
    ['a word', 'Excellent.', /too short/],
    ['a NUL', `${TEXT}\u0000`, /NUL/],
    ['half a character', `${TEXT}\ud83d`, /half a character/],
  ])('refuses %s in place of a description', async (_what, text, message) => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    expect(() => decide(deps, run, id, { decision: 'edited', text })).toThrow(message);
    expect([...deps.store.reviews.rows(run.id)].every(({ standing }) => standing === null)).toBe(true);
  });
});

describe('findReviewRow', () => {
  it('takes an id, or the name of an image where that leaves one row', async () => {
    const { deps, run } = await answeredRun(2);
    const [id = ''] = rowIds(deps, run);
    const name = id.slice(id.lastIndexOf('/') + 1);
    const aspect = aspectSchema.parse(id.split('/')[1]);
    const find = (reference: string, asked: Aspect | null) =>
      findReviewRow(deps.store, run.id, { reference, aspect: asked });
    expect(find(id, null)).toMatchObject({ sampleName: name, aspect });
    expect(find(name, aspect)).toMatchObject({ sampleName: name, aspect });
    expect(() => find(name, null)).toThrow(/names 2 rows .*--aspect/);
    expect(() => find(name, 'authenticity')).toThrow(/no answered row/);
    expect(() => find(id, aspect === 'quality' ? 'correspondence' : 'quality')).toThrow(/no answered row/);
    expect(() => find('', null)).toThrow(/no answered row/);
    expect(() => find(id.replace('agiqa-3k', 'nobodys'), null)).toThrow(/no answered row/);
  });
});

describe('applyDecisions', () => {
  async function apply(name: string, content: string | Buffer) {
    const { deps, run } = await answeredRun(4);
    const file = join(temporaryFolder(), name);
    const ids = rowIds(deps, run);
    writeFileSync(
      file,
      typeof content === 'string' ? content.replaceAll(/ROW(\d)/g, (_, i) => ids[Number(i)] ?? '') : content,
    );
    const done = await applyDecisions(deps, run.id, readDecisions(file), 'Ann');
    const standing = [...deps.store.reviews.rows(run.id)].map((row) => row.standing);
    return { done, standing };
  }
  const lines = ({ problems }: AppliedDecisions) => problems.map(({ line }) => line);

  it('notes each line of a JSON lines file, and tells bad ones by their number', async () => {
    const { done, standing } = await apply(
      'decisions.jsonl',
      [
        '{"row": "ROW0", "decision": "accept", "note": "Fine.", "by": "Bob"}',
        '',
        '{"row": "ROW1", "decision": "reject"',
        '{"row": "nobodys/quality/a.jpg", "decision": "reject"}',
        '{"row": "ROW1", "decision": "refuse"}',
        '{"row": "ROW1", "decision": "edit"}',
        '{"row": "ROW1", "decision": "reject", "notes": "typo"}',
        '[]',
        `{"row": "ROW2", "decision": "edited", "text": "${TEXT}"}`,
        '{"row": "ROW3", "decision": "undecided", "split": "train", "outdated": false}',
        '{"row": "ROW3", "decision": "undo"}',
      ].join('\r\n'),
    );
    expect(done).toMatchObject({ applied: 2, unchanged: 0, undecided: 1 });
    expect(lines(done)).toEqual([3, 4, 5, 6, 7, 8, 11]);
    expect(standing.map((entry) => entry?.decision).slice(0, 4)).toEqual([
      'accepted',
      undefined,
      'edited',
      undefined,
    ]);
    expect(standing[0]).toMatchObject({ decision: 'accepted', note: 'Fine.', reviewer: 'Bob' });
    expect(standing[2]).toMatchObject({ text: TEXT, reviewer: 'Ann' });
  });

  it('reads a CSV with texts over several lines', async () => {
    const { done, standing } = await apply(
      'decisions.csv',
      `decision,row,note,text\nedit,ROW0,"a, b","${TEXT}\nIt is ""gone""."\nreject,ROW1\nreject,ROW2,a,b,c\n`,
    );
    expect(done).toMatchObject({ applied: 2, problems: [{ line: 5 }] });
    expect(standing[0]).toMatchObject({ note: 'a, b', text: `${TEXT}\nIt is "gone".` });
    expect(standing[1]).toMatchObject({ decision: 'rejected', note: null });
  });

  it('tells a line that is no UTF-8, and a file that can be no list', async () => {
    const { done } = await apply('a.jsonl', Buffer.from('{"row": "\xff"}\n', 'latin1'));
    expect(lines(done)).toEqual([1]);
    await expect(apply('a.csv', 'row,verdict\n')).rejects.toThrow(/lacks the column decision/);
    await expect(apply('a.jsonl', '')).rejects.toThrow(/is empty/);
    await expect(readDecisions(temporaryFolder()).next()).rejects.toThrow(/is a folder/);
    await expect(readDecisions('/nowhere/a.jsonl').next()).rejects.toThrow(/can't be read \(ENOENT\)/);
  });
});
