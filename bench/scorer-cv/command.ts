import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureScorerEnvironment, startScorer } from '@retort/pipeline';
import { DEFAULT_PROFILE, readProfiles, type ScorerEvent } from '@retort/scorer';
import type { Command } from 'commander';
import { z } from 'zod';
import { REPOSITORY, readProvenance } from '../machine.ts';
import { userPath } from '../print-reports.ts';
import { renderTable } from '../table.ts';
import { writeLists } from './lists.ts';

interface Flags {
  readonly dataset: string;
  readonly profile: string;
  readonly by: string;
  readonly heads?: string;
  readonly aspect?: string;
  readonly out: string;
}

const value = z.number().nullable();
const resultSchema = z.object({
  aspects: z.record(
    z.string(),
    z.object({
      heads: z.record(
        z.string(),
        z.object({
          n: z.number(),
          srcc: value,
          plcc_raw: value,
          intervals: z.object({ srcc: z.tuple([z.number(), z.number()]).nullable() }),
          within_generator: z.object({ srcc_mean: value }),
        }),
      ),
      notes: z.array(z.string()),
      coverage: z.object({ wanted: z.number(), mean: value, parts: z.record(z.string(), value) }),
    }),
  ),
});

type Coverage = z.infer<typeof resultSchema>['aspects'][string]['coverage'];

const HELP = `
Encodes what the folder --out doesn't have yet, then fits every head of the profile fold by fold; killed, it goes on.
AGIQA-3K's 2,385 images take about half an hour on two cores; with --heads kernel-ridge,ridge six minutes.

Examples:
  pnpm bench scorer-cv ../agiqa-3k
  pnpm bench scorer-cv ../agiqa-3k --by generator --heads kernel-ridge --out /tmp/cv`;

/** `pnpm bench scorer-cv DIR`: five-fold cross-validation by image prompt of the scorer's heads, or by text-to-image model. */
export function addScorerCvBench(program: Command): void {
  program
    .command('scorer-cv')
    .description('what each head reaches on image prompts, or text-to-image models, that it never saw')
    .argument('<dir>', 'folder of the dataset')
    .option('--dataset <reader>', 'how it is read', 'agiqa-3k')
    .option('--profile <name>', Object.keys(readProfiles()).join(' or '), DEFAULT_PROFILE)
    .option('--by <unit>', 'image-prompt or generator', 'image-prompt')
    .option('--heads <list>', "some of the profile's heads")
    .option('--aspect <name>', 'this aspect alone')
    .option('--out <dir>', 'features and finished folds', join(REPOSITORY, '.cache', 'bench', 'scorer-cv'))
    .addHelpText('after', HELP)
    .action(async (dir: string, flags: Flags) => {
      const { command, machine, commit } = readProvenance(process.argv.slice(2), new Date());
      console.log(`command  ${command}\nmachine  ${machine}\ncommit   ${commit ?? 'unknown'}\n`);
      for (const [aspect, { heads, notes, coverage }] of Object.entries(
        (await measure(dir, flags)).aspects,
      )) {
        const rows = Object.entries(heads).map(([name, head]) => [
          name,
          String(head.n),
          figure(head.srcc),
          head.intervals.srcc?.map(figure).join(' to ') ?? '',
          figure(head.plcc_raw),
          figure(head.within_generator.srcc_mean),
        ]);
        console.log(renderTable([[aspect, 'n', 'SRCC', '95 %', 'PLCC raw', 'SRCC in a setting'], ...rows]));
        console.log(`${[...notes, coverageText(coverage)].join('\n')}\n`);
      }
    });
}

function coverageText({ wanted, mean, parts }: Coverage): string {
  const by = Object.entries(parts).map(([name, share]) => `${name} ${figure(share)}`);
  return `The scorer's ${100 * wanted} % intervals, calibrated on the rows of the other parts, hold ${figure(mean)} of all rows: ${by.join(', ')}.`;
}

async function measure(dir: string, flags: Flags): Promise<z.infer<typeof resultSchema>> {
  const profile = readProfiles()[flags.profile];
  if (profile === undefined) throw new Error(`There is no profile ${flags.profile}.`);
  const out = userPath(flags.out);
  await mkdir(out, { recursive: true });
  const lists = await writeLists(flags.dataset, userPath(dir), out);
  const heads = flags.heads?.split(',');
  const config = { ...profile.config, ...(heads === undefined ? {} : { heads, members: heads.slice(0, 1) }) };
  const aspects = flags.aspect === undefined ? lists.aspects : [flags.aspect];
  const cacheDir = process.env.RETORT_CACHE ?? join(REPOSITORY, '.cache');
  const onInstall = (): void => console.error('installing PyTorch (about 1 GB, once)');
  const scorer = startScorer(await ensureScorerEnvironment({ cacheDir, env: process.env, onInstall }));
  try {
    const shared = { feature_store: join(out, 'features'), encoder: profile.encoder };
    await scorer.run({ command: 'encode', ...shared, images: lists.images, threads: 2 }, tell);
    const folder = join(out, [flags.profile, flags.by, ...(heads ?? [])].join('-'));
    const result = await scorer.run(
      { command: 'cross-validate', ...shared, rows: lists.rows, aspects, config, by: flags.by, out: folder },
      tell,
    );
    return resultSchema.parse(result);
  } finally {
    await scorer.stop();
  }
}

function tell(event: ScorerEvent): void {
  if (event.event === 'progress' && (event.unit !== 'image' || event.done % 100 === 0))
    console.error(`  ${event.done} of ${event.total} ${event.unit}s ${event.note ?? ''}`);
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(4);
}
