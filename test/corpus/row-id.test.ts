import { describe, expect, it } from 'vitest';
import { compareRows } from '../../packages/corpus/src/row-id.ts';

const NAMES = [
  '',
  'a',
  'ab',
  'a.jpg',
  'Z',
  'ä',
  'ß',
  '中',
  '\uffff',
  '\ufffd',
  '😀',
  '😀a',
  'a😀',
  'a\uffff',
  '\ud83d',
  '\ud83da',
  '\ude00',
];

describe('compareRows', () => {
  it('orders sample names by their UTF-8 bytes, as SQLite does', () => {
    for (const a of NAMES) {
      for (const b of NAMES) {
        const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        const compared = compareRows(
          { dataset: 'd', aspect: 'quality', sampleName: a },
          { dataset: 'd', aspect: 'quality', sampleName: b },
        );
        expect([a, b, Math.sign(compared)]).toEqual([a, b, byBytes]);
      }
    }
  });
});
