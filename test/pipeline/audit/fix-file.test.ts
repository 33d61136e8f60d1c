import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fixFile, readRatingsTable } from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { fileRow, NO_FACTS, readRowsOf, withText, writeRows } from './file-bed.ts';

describe('fixFile', () => {
  it('repairs what is safe, leaves the rest byte for byte, and changes nothing the second time', async () => {
    const sound = { ...fileRow('glide_normal_001.jpg'), note: 'kept' };
    const { 'train.json': path = '', 'ratings.csv': csv = '' } = writeRows({
      'train.json': [
        sound,
        withText(fileRow('glide_normal_002.jpg'), 1, 'Soft \\"contours\\" in a calm picture." }'),
        withText(fileRow('glide_normal_003.jpg'), 1, 'I am sorry, but I cannot view images.'),
        withText(fileRow('glide_normal_008.jpg'), 3, 'bad'),
        withText(fileRow('glide_normal_009.jpg'), 1, 'It breaks off in the'),
      ],
      'ratings.csv': 'name,mos_quality\nglide_normal_008.jpg,2.5\n',
    });
    const facts = { ...NO_FACTS, ratings: await readRatingsTable(csv, {}) };
    const [out, again] = [`${path}.fixed-train.json`, `${path}.twice-train.json`];
    expect(await fixFile({ path, out, facts, dropMissingImages: false })).toEqual({
      rows: 5,
      repaired: { 'answer-debris': 1, 'label-mismatch': 1 },
      dropped: { refusal: 1 },
    });
    const rows = readRowsOf(out);
    expect(rows[0]).toEqual(sound);
    expect(rows.map(({ conversations }) => conversations[1]?.content).slice(1, 2)).toEqual([
      'Soft "contours" in a calm picture.',
    ]);
    expect(rows[2]?.conversations[3]?.content).toBe('fair');
    expect(rows).toHaveLength(4);
    await fixFile({ path: out, out: again, facts, dropMissingImages: false });
    expect(readFileSync(again)).toEqual(readFileSync(out));
  });

  it('writes nothing where no row would be left', async () => {
    const refused = withText(fileRow('glide_normal_003.jpg'), 1, 'I am sorry, but I cannot view images.');
    const { 'train.json': path = '' } = writeRows({ 'train.json': [refused] });
    const out = `${path}.fixed-train.json`;
    const fix = fixFile({ path, out, facts: NO_FACTS, dropMissingImages: false });
    await expect(fix).rejects.toThrow('all 1 have to be left out (refusal 1)');
    expect(readdirSync(dirname(path))).toEqual(['train.json']);
  });

  it('writes JSON lines where it read them, and refuses a file that is there', async () => {
    const { conversations, image } = fileRow('glide_normal_001.jpg');
    const line = JSON.stringify({ messages: conversations.map((turn) => turn), images: [image] });
    const { 'train.jsonl': path = '' } = writeRows({ 'train.jsonl': `${line}\n` });
    const out = `${path}.out.jsonl`;
    await fixFile({ path, out, facts: NO_FACTS, dropMissingImages: false });
    expect(readFileSync(out, 'utf8')).toBe(`${line}\n`);
    await expect(fixFile({ path, out, facts: NO_FACTS, dropMissingImages: false })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
