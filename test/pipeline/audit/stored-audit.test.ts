import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WHOLE_CORPUS } from '@retort/corpus';
import {
  auditCorpus,
  auditFiles,
  buildRunCorpus,
  exportRunCorpus,
  exportStoredCorpus,
  fixCorpus,
  type PipelineDeps,
} from '@retort/pipeline';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { change } from '../../store/raw-database.ts';
import { openBed, runToAnswers, samplePlan } from '../pipeline-bed.ts';
import { NO_FACTS } from './file-bed.ts';

/** Nobody counts tokens here. */
const UNCOUNTED = { tokenCounter: null, maxTokens: null };

const codesOf = ({ findings }: { readonly findings: readonly { readonly code: string }[] }) =>
  findings.map(({ code }) => code);

const auditOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'audit.json'), 'utf8'));

async function storedCorpus(): Promise<{ deps: PipelineDeps; key: string; exported: () => Promise<string> }> {
  const deps = openBed();
  const run = await runToAnswers(deps, samplePlan(20));
  const key = await buildRunCorpus(deps, run);
  return { deps, key, exported: () => exportRunCorpus(deps, key) };
}

/** As if all pictures looked alike. */
function makeAlike(deps: PipelineDeps): void {
  change(deps.home.dir, `UPDATE image_fingerprints SET bits = (SELECT bits FROM image_fingerprints LIMIT 1)`);
}

function exportShaped(deps: PipelineDeps, corpus: string, dir: string) {
  return exportStoredCorpus(deps, {
    corpus,
    formats: ['ms-swift'],
    dir,
    shape: { ...WHOLE_CORPUS, splits: ['train', 'val', 'test'] },
    imageMode: 'path',
    overwrite: false,
    dryRun: false,
    counter: null,
  });
}

describe('the audit of a stored corpus', () => {
  it('makes the fingerprints that a home from before them lacks', async () => {
    const { deps, key } = await storedCorpus();
    const before = await auditCorpus(deps, key, UNCOUNTED, {});
    change(deps.home.dir, 'DELETE FROM image_fingerprints');
    expect(await auditCorpus(deps, key, UNCOUNTED, {})).toEqual(before);
    change(deps.home.dir, 'DELETE FROM image_fingerprints');
    expect((await fixCorpus(deps, key)).key).toBe(key);
  });

  it('goes with a shape of the corpus whole: a part is compared and rated as the corpus is', async () => {
    const { deps, key } = await storedCorpus();
    makeAlike(deps);
    const dir = join(temporaryFolder(), 'out');
    await exportShaped(deps, key, dir);
    expect(codesOf(auditOf(dir))).toContain('near-duplicate');
  });

  it('is made again where an older Retort made it, for exports and reports', async () => {
    const { deps, key, exported } = await storedCorpus();
    const today = auditOf(await exported());
    change(deps.home.dir, `UPDATE corpora SET audit = '{"rows":40,"findings":[]}'`);
    expect(auditOf(await exported())).toEqual(today);
    expect(deps.store.corpora.get(key)?.audit).toMatchObject({
      rows: 40,
      findings: today.findings.map(({ code }: { code: string }) => expect.objectContaining({ code })),
    });
  });
});

describe('the audit of an exported folder', () => {
  it('compares its pictures', async () => {
    const { exported } = await storedCorpus();
    const dir = await exported();
    const file = join(dir, 'rows.jsonl');
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const alike = lines.map((row) => ({ ...row, image: lines[0].image }));
    writeFileSync(file, `${alike.map((row) => JSON.stringify(row)).join('\n')}\n`);
    expect(codesOf(await auditFiles([dir], NO_FACTS, {}, {}))).toContain('near-duplicate');
  });

  it('believes a table of ratings that somebody gives more than its own rows', async () => {
    const { exported } = await storedCorpus();
    const dir = await exported();
    const rated = {
      name: '',
      imagePrompt: null,
      generator: null,
      generatorSetting: null,
      ratings: { quality: 0.1, correspondence: 0.1 },
    };
    const ratings = { find: () => rated, images: 1, rejected: [], found: () => 1, narrow: [] };
    expect(codesOf(await auditFiles([dir], { ...NO_FACTS, ratings }, {}, {}))).toContain('label-mismatch');
  });
});
