import { type Aspect, WORD_LABELS, type WordLabel, wordLabelOf } from '@retort/schema';
import type { AuditCheck, CheckFinding } from '../finding.ts';
import { type Association, associationOf, type GeneratorSums } from '../measures/association.ts';
import { byAspect, ratingOf } from '../measures/rating-of.ts';
import { createRowList, type RowList } from '../row-list.ts';
import { showNumber, showPercent } from '../show-figures.ts';

const CODE = 'generator-confounded';
/** Fewer rows say nothing about an association. Our choice. */
const MIN_ROWS = 100;
/** Share of the variance that is worth a line: Cohen's medium effect (1988); and standard deviations above chance. */
const NOTABLE_ETA_SQUARED = 0.06;
const NOTABLE_SIGMAS = 3;
/** From half of the variance on a scorer gets further by telling generators apart than by looking at the image. */
const HIGH_ETA_SQUARED = 0.5;
/** A generator has one word by accident in fewer than one of a thousand corpora, were words and generators unrelated. */
const RARE = 0.001;

interface Tally {
  count: number;
  sum: number;
  squares: number;
  words: number[];
  /** Its rows while all have one word; null from the second word on. */
  rows: RowList | null;
}

/** Generators whose name says the label: how much of it, and the generators of one word. */
export const generatorConfounded: AuditCheck = {
  code: CODE,
  start() {
    const tallies = byAspect(() => new Map<string, Tally>());
    return {
      see({ position, row }) {
        const rating = ratingOf(row);
        if (rating === null) return;
        const generators = tallies.get(rating.aspect);
        const tally = generators.get(rating.generator) ?? emptyTally();
        generators.set(rating.generator, tally);
        addTo(tally, rating.mos, row.wordLabel ?? wordLabelOf(rating.mos), position);
      },
      finish: () => tallies.entries().flatMap(([aspect, generators]) => judge(aspect, generators)),
    };
  },
};

function emptyTally(): Tally {
  return { count: 0, sum: 0, squares: 0, words: WORD_LABELS.map(() => 0), rows: createRowList() };
}

function addTo(tally: Tally, mos: number, word: WordLabel, position: number): void {
  const place = WORD_LABELS.indexOf(word);
  tally.count += 1;
  tally.sum += mos;
  tally.squares += mos * mos;
  tally.words[place] = (tally.words[place] ?? 0) + 1;
  if (tally.words[place] === tally.count) tally.rows?.add(position);
  else tally.rows = null;
}

function judge(aspect: Aspect, generators: ReadonlyMap<string, Tally>): readonly CheckFinding[] {
  const association = associationOf([...generators.values()]);
  if (association.n < MIN_ROWS || generators.size < 2) return [];
  const single = [...generators].filter(([, tally]) => isSingle(tally, [...generators.values()]));
  const high = association.etaSquared >= HIGH_ETA_SQUARED;
  if (single.length === 0 && !high && !isNotable(association)) return [];
  const rows = createRowList();
  for (const [, tally] of single) rows.addAll(tally.rows);
  const shown = single.map(
    ([name, { words, count }]) => `${name} (${WORD_LABELS[words.indexOf(count)]}, ${count} rows)`,
  );
  return [
    {
      code: CODE,
      severity: high || single.length > 0 ? 'warning' : 'info',
      ...rows.listed(),
      evidence:
        `${aspect}: the generator explains ${showPercent(association.etaSquared)} of the variance of ${association.n} MOS ` +
        `(eta squared; by chance ${showPercent(association.etaSquaredByChance)})${showInformation(association)}, ` +
        `${generators.size} generators.${shown.length > 0 ? ` Of one word alone: ${shown.join(', ')}.` : ''}`,
      advice:
        'A model can read the label off the style of a generator: report figures within each generator, try --split-by generator, ' +
        `and compare with the metadata floor.${shown.length > 0 ? ' Add images of those generators with other labels, or report without them.' : ''}`,
    },
  ];
}

function isNotable({ etaSquared, z }: Association): boolean {
  return etaSquared >= NOTABLE_ETA_SQUARED && z !== null && z >= NOTABLE_SIGMAS;
}

/** True for a generator of one word that others have too seldom for that to be an accident. */
function isSingle({ rows, count, words }: Tally, all: readonly GeneratorSums[]): boolean {
  const word = words.indexOf(count);
  if (rows === null || word < 0) return false;
  const others = all.reduce((sum, tally) => sum + tally.count, 0) - count;
  const same = all.reduce((sum, tally) => sum + (tally.words[word] ?? 0), 0) - count;
  return others > 0 && (same / others) ** count < RARE;
}

function showInformation({ normalisedInformation, informationByChance }: Association): string {
  if (normalisedInformation === null) return '';
  return `, and its word to ${showNumber(normalisedInformation)} (normalised mutual information; by chance ${showNumber(informationByChance)})`;
}
