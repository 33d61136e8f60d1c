import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../packages/schema/src/index.ts';

/** As it was first written: slow, and for any value that JSON has a text for. Keys in every store depend on its bytes. */
function reference(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : member,
  );
}

/** Whole numbers from 0 below `limit`, the same for the same seed. */
function createPicker(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const KEYS = [
  'b',
  'a',
  'B',
  'ä',
  '10',
  '9',
  '01',
  '-1',
  '',
  '😀',
  '\ufffd',
  '\ud800',
  'constructor',
  'toString',
];
const LEAVES = [
  null,
  undefined,
  true,
  0,
  -0,
  1.5,
  1e21,
  NaN,
  Infinity,
  '',
  'text',
  '"\\\n\u2028',
  '😀',
  '\ud83d',
];
const UNUSUAL = [
  () => new Date(0),
  () => ({ toJSON: (key: string) => ({ z: key, a: 1 }) }),
  () => JSON.parse('{"b":1,"__proto__":{"y":1,"x":2},"a":2}') as unknown,
  () => new Map([[1, 2]]),
  () => Object.assign(Object.create({ inherited: 1 }), { b: 1, a: 2 }) as unknown,
  () => Object.assign(Object.create(null), { b: 1, a: 2 }) as unknown,
  () => Object('boxed') as unknown,
  () => Object.assign(new Array(3), { 1: 1 }) as unknown, // holes
];

function pickValue(pick: (limit: number) => number, depth: number): unknown {
  const kind = depth === 0 ? 0 : pick(8);
  if (kind < 3) return LEAVES[pick(LEAVES.length)];
  if (kind === 3) return UNUSUAL[pick(UNUSUAL.length)]?.();
  const members = Array.from({ length: pick(6) }, () => pickValue(pick, depth - 1));
  if (kind === 4) return members;
  return Object.fromEntries(members.map((member) => [KEYS[pick(KEYS.length)], member]));
}

describe('canonicalJson', () => {
  it('gives any value the text that its first version gave', () => {
    const pick = createPicker(1);
    for (let i = 0; i < 5_000; i += 1) {
      const value = { value: pickValue(pick, 4) };
      expect(canonicalJson(value)).toBe(reference(value));
    }
  });

  it('sorts keys at every depth and leaves undefined members out', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: { z: 1, y: 'ä' } })).toBe(
      '{"a":{"y":"ä","z":1},"b":[{"d":1}]}',
    );
  });
});
