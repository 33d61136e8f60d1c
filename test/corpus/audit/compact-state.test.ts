import { describe, expect, it } from 'vitest';
import { createKeyTable } from '../../../packages/corpus/src/audit/key-table.ts';
import { createRowIds } from '../../../packages/corpus/src/audit/row-ids.ts';
import { createRowList } from '../../../packages/corpus/src/audit/row-list.ts';

describe('createRowIds', () => {
  it('gives every id back, also long ones and those outside ASCII', () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => `set/quality/画 ${'x'.repeat(i % 50)} ${i}.jpg`);
    const kept = createRowIds();
    ids.forEach((id, position) => {
      expect(kept.add(id)).toBe(position);
    });
    expect(ids.map((_, position) => kept.at(position))).toEqual(ids);
    expect(() => kept.at(ids.length)).toThrow(RangeError);
  });
});

describe('createRowIds of ids that share their beginning', () => {
  it('gives back equal ones, longer and shorter ones, and ones cut within a character', () => {
    const long = 'long/'.repeat(100);
    const ids = [
      '',
      'a',
      'a',
      'ab',
      'a',
      '',
      'é',
      'è',
      `${long}1`,
      `${long}2`,
      long,
      '🦊',
      '🦁',
      'set/1',
      'set/10',
      'set/2',
    ];
    const kept = createRowIds();
    const all = Array.from({ length: 40 }, (_, round) => ids.slice(round % 3)).flat();
    for (const id of all) kept.add(id);
    expect(all.map((_, position) => kept.at(position))).toEqual(all);
  });
});

describe('createKeyTable', () => {
  it('numbers texts as a map does', () => {
    const [table, map] = [createKeyTable(), new Map<string, number>()];
    for (let i = 0; i < 20_000; i += 1) {
      const text = `text ${(i * 7919) % 5000}`;
      const expected = map.get(text) ?? map.size;
      map.set(text, expected);
      expect(table.indexOf(text)).toBe(expected);
    }
    expect(table.count).toBe(map.size);
  });
});

describe('createRowList', () => {
  it('lists positions in the order of the corpus, however they came', () => {
    const list = createRowList();
    for (let i = 99; i >= 0; i -= 1) list.add(i);
    const other = createRowList();
    other.add(100);
    list.addAll(other);
    expect([...Array.from(list.listed().rows)]).toEqual(Array.from({ length: 101 }, (_, i) => i));
  });
});
