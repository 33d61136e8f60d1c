import { describe, expect, it } from 'vitest';
import { findReader, readers } from '../../packages/datasets/src/index.ts';

describe('findReader', () => {
  it('names the readers there are when it knows none of that name', () => {
    expect(() => findReader('imagenet')).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => findReader('imagenet')).toThrow(readers.map((reader) => reader.name).join(', '));
  });

  it('has no two readers of one name', () => {
    expect(new Set(readers.map((reader) => reader.name)).size).toBe(readers.length);
  });
});
