import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CorpusRow, Turn } from '@retort/schema';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS_FORMATS, CorpusRowError } from '../../../packages/corpus/src/index.ts';
import { readAll } from '../../contracts/format.ts';
import { buildRow } from '../build-row.ts';
import { writeFormat } from './write-format.ts';

/** Pieces that real loaders stumble over, beside any Unicode and any code unit. */
const ODD = fc.constantFrom(
  '<image>',
  '<image_00>',
  '<|im_end|>',
  '</s>',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\r\n',
  '\\u0041',
  '"],[{',
  'שלום',
  '🙂🏽',
  '\ud83d',
  '\udc00',
  'e\u0301',
  'x'.repeat(100_000),
);
const TEXT = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
      { weight: 1, arbitrary: ODD },
    ),
    {
      maxLength: 4,
    },
  )
  .map((pieces) => pieces.join(''));
const ROLE = fc.constantFrom<Turn['role']>('user', 'assistant');
const ORDERLY = fc
  .tuple(TEXT, fc.array(TEXT, { minLength: 1, maxLength: 3 }))
  .map(([question, rest]) =>
    [`<image>\n${question}`, ...rest].map(
      (text, i): Turn => ({ role: i % 2 === 0 ? 'user' : 'assistant', text }),
    ),
  );
const TURNS = fc.oneof(
  { weight: 4, arbitrary: ORDERLY },
  { weight: 1, arbitrary: fc.array(fc.record({ role: ROLE, text: TEXT }), { maxLength: 5 }) },
);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'retort any '));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('any conversation', () => {
  it.each(CORPUS_FORMATS.map((format) => [format.name, format] as const))(
    'comes back equal from %s, or is refused with its reason',
    async (_name, format) => {
      let [kept, refused] = [0, 0];
      const check = async (turns: readonly Turn[]) => {
        const row: CorpusRow = buildRow({ turns });
        let files: ReadonlyMap<string, Uint8Array>;
        try {
          files = await writeFormat(format, [row]);
        } catch (error) {
          if (!(error instanceof CorpusRowError)) throw error;
          expect(error.message).toMatch(/glide_normal_001\.jpg: expected \S+/);
          refused += 1;
          return;
        }
        const paths = [...files].map(([name, bytes]) => {
          writeFileSync(join(dir, name), bytes);
          return join(dir, name);
        });
        expect(await readAll(format.read(paths))).toMatchObject([{ kind: 'row', row: { turns } }]);
        kept += 1;
      };
      await fc.assert(fc.asyncProperty(TURNS, check), { numRuns: 300, seed: 5 });
      expect(Math.min(kept, refused)).toBeGreaterThan(20);
    },
    60_000,
  );
});
