import type { TriedSetting } from '@retort/pipeline';
import type { Aspect } from '@retort/schema';
import { formatDuration } from './terminal/meter.ts';
import { type TableColumn, tableLines } from './terminal/table.ts';

/** Rows of the table; tried.jsonl has them all. */
const SHOWN_SETTINGS = 20;
const DIGITS = 4;

export interface Tuned {
  readonly tried: readonly TriedSetting[];
  readonly aspects: readonly Aspect[];
  readonly folds: number;
  readonly triedFile: string;
  readonly bestConfig: string;
  /** Null: the fast one. */
  readonly profile: string | null;
}

/** What was tried, the best first, with how many there were: the best of many is a little too good. */
export function tuneText(tuned: Tuned, color: boolean): string {
  const { tried, aspects, folds, triedFile, bestConfig, profile } = tuned;
  const best = tried.toSorted((a, b) => (b.score ?? -2) - (a.score ?? -2));
  const columns: TableColumn[] = [
    { title: '#', align: 'right' },
    ...aspects.map((aspect) => ({ title: `${aspect} SRCC/PLCC` })),
    { title: 'time', align: 'right' },
    { title: 'setting' },
  ];
  const rows = best
    .slice(0, SHOWN_SETTINGS)
    .map((setting) => [
      String(setting.number),
      ...aspects.map((aspect) => figures(setting, aspect)),
      formatDuration(setting.seconds),
      describeChanges(setting.changes),
    ]);
  const counted = tried.length === 1 ? '1 setting' : `${tried.length} settings`;
  const more = tried.length > SHOWN_SETTINGS ? `, the best ${SHOWN_SETTINGS} shown` : '';
  const flag = profile === null ? '' : ` --profile ${profile}`;
  return [
    `${counted} tried${more}: ${folds} folds by image prompt, train rows alone, the scorer's figures over all held-out rows.`,
    ...tableLines(columns, rows, { color }),
    'The first line was chosen by these figures, so they are a little too good for it: its own stand in the report of a run with it.',
    `All of them: ${triedFile}`,
    `Fit with the best: pnpm distill …${flag} --scorer-config ${bestConfig}`,
  ].join('\n');
}

function figures({ aspects }: TriedSetting, aspect: Aspect): string {
  const scorer = aspects[aspect]?.heads.scorer;
  return [scorer?.srcc, scorer?.plcc].map((value) => value?.toFixed(DIGITS) ?? '–').join(' / ');
}

function describeChanges(changes: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(changes).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return members.length === 0 ? 'the profile as it is' : members.join(', ');
}
