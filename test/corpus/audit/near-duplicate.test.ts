import { FINGERPRINT, type Split } from '@retort/schema';
import { describe, expect, it } from 'vitest';
import { type AuditRow, auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { createRandom } from '../../../packages/corpus/src/compare/random.ts';
import { audit } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';
import { only } from './planted.ts';

const random = createRandom(3);
const randomBits = () => Uint8Array.from({ length: FINGERPRINT.bytes }, () => Math.floor(256 * random()));

/** `bits` with the first `count` bits of every third place turned over. */
function turned(bits: Uint8Array, count: number): Uint8Array {
  const changed = Uint8Array.from(bits);
  for (let i = 0; i < count; i += 1)
    changed[(3 * i) >> 3] = (changed[(3 * i) >> 3] ?? 0) ^ (1 << ((3 * i) & 7));
  return changed;
}

function row(
  name: string,
  split: Split | null,
  fingerprint: Uint8Array | null,
  change: Partial<AuditRow> = {},
): AuditRow {
  return {
    ...auditRowOf(buildRow({ imageHash: `sha256:${name}` }, name), {}, fingerprint),
    split,
    ...change,
  };
}

/** Rows of images that have nothing to do with each other. */
function strangers(count = 60): readonly AuditRow[] {
  return Array.from({ length: count }, (_, i) =>
    row(`stranger-${i}.jpg`, i % 3 === 0 ? 'test' : 'train', randomBits()),
  );
}

async function find(rows: readonly AuditRow[]) {
  return (await audit(rows)).findings.filter(({ code }) => code === 'near-duplicate');
}

describe('near-duplicate', () => {
  it('finds nothing among images that have nothing to do with each other', async () => {
    expect(await find(strangers(300))).toEqual([]);
  });

  it('lists the row outside the split that has most of the group, for every distance up to 20', async () => {
    for (const distance of [0, 1, 12, 20]) {
      const bits = randomBits();
      const planted = [
        row('one.jpg', 'train', bits),
        row('two.jpg', 'train', turned(bits, distance)),
        row('copy.jpg', 'test', turned(bits, distance)),
      ];
      const finding = only(await find([...strangers(), ...planted]));
      expect(finding).toMatchObject({ severity: 'error', rows: ['made-up/quality/copy.jpg'], rowCount: 1 });
      expect(finding.evidence).toContain('2 of its rows in train and 1 of its rows in test');
    }
  });

  it('takes images further apart for different ones', async () => {
    const bits = randomBits();
    expect(
      await find([...strangers(), row('one.jpg', 'train', bits), row('copy.jpg', 'test', turned(bits, 21))]),
    ).toEqual([]);
  });

  it('joins images over others between them', async () => {
    const bits = randomBits();
    const chain = [
      row('a.jpg', 'train', bits),
      row('b.jpg', 'train', turned(bits, 16)),
      row('c.jpg', 'val', turned(bits, 32)),
    ];
    expect(only(await find([...strangers(), ...chain])).rows).toEqual(['made-up/quality/c.jpg']);
  });

  it('tells copies within a split, or in a file without splits, as a fact', async () => {
    const bits = randomBits();
    for (const split of ['train', null] as const) {
      const copies = [
        row('a.jpg', split, bits),
        row('b.jpg', split, turned(bits, 3)),
        row('c.jpg', split, turned(bits, 5)),
      ];
      const finding = only(await find([...strangers(), ...copies]));
      expect(finding.severity).toBe('info');
      expect(finding.rows).toEqual(['made-up/quality/b.jpg', 'made-up/quality/c.jpg']);
    }
  });

  it('lists all aspects of an image, and never takes an image for its own copy', async () => {
    const bits = randomBits();
    const aspects = (name: string, split: Split, fingerprint: Uint8Array) =>
      (['correspondence', 'quality'] as const).map((aspect) =>
        row(name, split, fingerprint, { aspect, id: `made-up/${aspect}/${name}` }),
      );
    expect(await find([...strangers(), ...aspects('a.jpg', 'train', bits)])).toEqual([]);
    const finding = only(
      await find([...strangers(), ...aspects('a.jpg', 'train', bits), ...aspects('b.jpg', 'test', bits)]),
    );
    expect(finding.rows).toEqual(['made-up/correspondence/b.jpg', 'made-up/quality/b.jpg']);
  });

  it('says nothing of images without a fingerprint', async () => {
    expect(await find([row('a.jpg', 'train', null), row('b.jpg', 'test', null)])).toEqual([]);
  });
});
