import { describe, expect, it } from 'vitest';
import { eachRow } from '../../packages/corpus/src/each-row.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('eachRow', () => {
  it('visits rows in their order, and waits for a visit before the next', async () => {
    const seen: string[] = [];
    await eachRow(numbers(3), async (row) => {
      seen.push(`begin ${row}`);
      await Promise.resolve();
      seen.push(`end ${row}`);
    });
    expect(seen).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('takes rows that come by and by', async () => {
    const seen: number[] = [];
    await eachRow(
      (async function* () {
        yield* numbers(5);
      })(),
      (row) => {
        seen.push(row);
      },
    );
    expect(seen).toEqual(numbers(5));
  });

  it('lets others have the event loop in the middle of many rows', async () => {
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns += 1;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    await eachRow(numbers(5_000), () => undefined);
    going = false;
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('ends with the error of a visit, and closes the rows', async () => {
    let closed = false;
    function* rows() {
      try {
        yield* numbers(10);
      } finally {
        closed = true;
      }
    }
    const visit = (row: number): void => {
      if (row === 3) throw new Error('the fourth');
    };
    await expect(eachRow(rows(), visit)).rejects.toThrow('the fourth');
    expect(closed).toBe(true);
  });
});
