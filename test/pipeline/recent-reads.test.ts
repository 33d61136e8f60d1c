import { describe, expect, it } from 'vitest';
import { rememberRecent } from '../../packages/pipeline/src/recent-reads.ts';

function counted(size: number) {
  const reads: string[] = [];
  const read = rememberRecent(async (key: string) => {
    reads.push(key);
    if (key === 'gone') throw new Error('there is none');
    return key.toUpperCase();
  }, size);
  return { reads, read };
}

describe('rememberRecent', () => {
  it('reads what is asked for again only once, also while it is being read', async () => {
    const { reads, read } = counted(2);
    expect(await Promise.all([read('a'), read('a'), read('b')])).toEqual(['A', 'A', 'B']);
    expect(await read('a')).toBe('A');
    expect(reads).toEqual(['a', 'b']);
  });

  it('forgets the oldest when there are more', async () => {
    const { reads, read } = counted(2);
    for (const key of ['a', 'b', 'c', 'b', 'a']) await read(key);
    expect(reads).toEqual(['a', 'b', 'c', 'a']);
  });

  it('forgets what could not be read', async () => {
    const { reads, read } = counted(2);
    await expect(read('gone')).rejects.toThrow('there is none');
    await expect(read('gone')).rejects.toThrow('there is none');
    expect(reads).toEqual(['gone', 'gone']);
  });
});
