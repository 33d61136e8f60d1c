import type { AuditRow } from '@retort/corpus';
import { type Aspect, wordLabelOf } from '@retort/schema';
import { withTurn } from './plant.ts';

/** A corpus with one fault in it as a whole, and the rows that its finding should list. */
export interface PlantedCorpus {
  readonly rows: readonly AuditRow[];
  /** Ids; empty where the finding is about the corpus. */
  readonly expected: ReadonlySet<string>;
}

type CorpusKind = (rows: readonly AuditRow[], random: () => number) => PlantedCorpus;

const ASPECT: Aspect = 'quality';
/** Rows that are left of a word. */
const FEW = 3;
/** Words that say nothing of an image; one for each fifth of the MOS. */
const SAID = ['Bluntly put.', 'On the whole.', 'All told.', 'To be brief.', 'Seen closely.'];

/** Faults of a whole corpus by the code whose warning should tell them, in its quality rows. */
export const CORPUS_KINDS: Readonly<Record<string, Readonly<Record<string, CorpusKind>>>> = {
  'class-imbalance': {
    'three rows left of a word': (rows, random) => {
      const word = ['bad', 'poor', 'fair', 'good'][Math.floor(random() * 4)];
      const having = rows.filter((row) => row.aspect === ASPECT && wordLabelOf(mosOf(row)) === word);
      const kept = new Set(shuffled(having, random).slice(0, FEW));
      const left = rows.filter((row) => kept.has(row) || !having.includes(row));
      return { rows: left, expected: idsOf([...kept]) };
    },
  },
  'generator-confounded': {
    'a generator that is always bad': (rows, random) => {
      const generators = [...new Set(rows.map(({ generator }) => generator))].sort();
      const bad = generators[Math.floor(random() * generators.length)];
      const isPlanted = (row: AuditRow) => row.aspect === ASPECT && row.generator === bad;
      return {
        rows: shuffledMos(rows, random).map((row) => (isPlanted(row) ? rated(row, 0.5) : row)),
        expected: idsOf(rows.filter(isPlanted)),
      };
    },
  },
  'metadata-floor': {
    'MOS by the setting alone': (rows, random) => {
      const settings = [...new Set(rows.map(({ generatorSetting }) => generatorSetting))];
      const means = new Map(settings.map((setting, i) => [setting, ((i + 0.5) * 5) / settings.length]));
      const planted = (row: AuditRow) =>
        rated(row, clamped((means.get(row.generatorSetting) ?? 0) + (random() - 0.5) * 0.5));
      return { rows: rows.map((row) => (row.aspect === ASPECT ? planted(row) : row)), expected: new Set() };
    },
  },
  'label-leak': {
    'a phrase for each fifth of the MOS, in half of the rows': (rows, random) => {
      const planted = shuffledMos(rows, random).map((row) => {
        const text = row.turns.length === 4 ? row.turns[1]?.text : undefined;
        if (row.aspect !== ASPECT || text === undefined || random() < 0.5) return row;
        return withTurn(row, 1, `${text} ${SAID[Math.min(4, Math.floor(mosOf(row)))]}`);
      });
      return { rows: planted, expected: new Set() };
    },
  },
  'conversation-missing': {
    'a tenth of an aspect left out': (rows, random) => {
      const quality = rows.filter(({ aspect }) => aspect === ASPECT);
      const left = new Set(shuffled(quality, random).slice(0, Math.floor(quality.length / 10)));
      const images = new Set([...left].map(({ imageKey }) => imageKey));
      const kept = rows.filter((row) => !left.has(row));
      return { rows: kept, expected: idsOf(kept.filter(({ imageKey }) => images.has(imageKey))) };
    },
  },
};

/** The same rows with the MOS of an aspect dealt out anew: nothing says it any more. */
export function shuffledMos(rows: readonly AuditRow[], random: () => number): readonly AuditRow[] {
  const values = shuffled(rows.filter(({ aspect }) => aspect === ASPECT).map(mosOf), random);
  let next = 0;
  return rows.map((row) => {
    if (row.aspect !== ASPECT) return row;
    next += 1;
    return rated(row, values[next - 1] ?? 0);
  });
}

function rated(row: AuditRow, mos: number): AuditRow {
  const word = wordLabelOf(mos);
  return {
    ...withTurn(row, row.turns.length - 1, word),
    ratings: { ...row.ratings, [ASPECT]: mos },
    wordLabel: word,
  };
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

const mosOf = (row: AuditRow): number => row.ratings[ASPECT] ?? 0;
const clamped = (mos: number): number => Math.max(0, Math.min(5, mos));
const idsOf = (rows: readonly AuditRow[]): ReadonlySet<string> => new Set(rows.map(({ id }) => id));
