import type { Aspect, Split } from '@retort/schema';
import { type AuditRow, auditRowOf } from '../../../packages/corpus/src/audit/audit-row.ts';
import { createRandom } from '../../../packages/corpus/src/compare/random.ts';
import { audit } from '../../../packages/corpus/src/index.ts';
import { buildRow } from '../build-row.ts';

export const GENERATORS = ['old', 'new', 'newer', 'newest'];

export interface RatedRow {
  readonly generator: string;
  readonly imagePrompt: string;
  readonly mos: number;
  readonly description?: string;
  readonly split?: Split;
  readonly sawLabel?: boolean;
}

/** An audit's row of an image that somebody rated; a test says how. */
export function ratedRow(row: RatedRow, index: number, aspect: Aspect = 'quality'): AuditRow {
  const { generator, imagePrompt, mos, description, split = 'train', sawLabel = false } = row;
  const name = `${String(index).padStart(5, '0')}.jpg`;
  const built = auditRowOf(
    buildRow(
      { aspect, generator, generatorSetting: generator, imagePrompt, mos, wordLabel: null, split, sawLabel },
      name,
    ),
  );
  if (description === undefined) return built;
  return { ...built, turns: built.turns.map((turn, i) => (i === 1 ? { ...turn, text: description } : turn)) };
}

/** Rows of `generators` for each of `prompts` image prompts; `mosOf` and `describe` may draw. */
export function ratedRows(
  { generators, prompts }: { readonly generators: readonly string[]; readonly prompts: number },
  rate: (
    generator: string,
    prompt: number,
    random: () => number,
  ) => Omit<RatedRow, 'generator' | 'imagePrompt'>,
  seed = 1,
): readonly AuditRow[] {
  const random = createRandom(seed);
  return Array.from({ length: prompts }, (_, prompt) =>
    generators.map((generator, index) =>
      ratedRow(
        { generator, imagePrompt: `a photo of thing ${prompt}`, ...rate(generator, prompt, random) },
        prompt * generators.length + index,
      ),
    ),
  ).flat();
}

/** The first number after a text of the evidence. */
export function figure(evidence: string, after: string): number {
  return Number(/-?\d+\.\d+/.exec(evidence.slice(evidence.indexOf(after) + after.length))?.[0]);
}

export async function findIn(code: string, rows: readonly AuditRow[]) {
  return (await audit(rows)).findings.filter((finding) => finding.code === code);
}
