import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { audit, auditRowOf, exportCorpus } from '@retort/corpus';
import { describe, expect, it } from 'vitest';
import { pushCommand } from '../../packages/cli/src/commands/push.ts';
import { buildRow } from '../corpus/build-row.ts';
import { optionsFor, rowsOfAllSplits } from '../corpus/export/export-options.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { startHubDouble } from '../hub/hub-double.ts';
import { quietTerminal } from './quiet-terminal.ts';

const REPO = 'lab/corpus';

async function exported(): Promise<string> {
  const { path } = await exportCorpus(await optionsFor(temporaryFolder(), rowsOfAllSplits()));
  return path;
}

describe('distill push', () => {
  it('says in a dry run which files would go where, and asks nobody', async () => {
    const dir = await exported();
    const { terminal, printed } = quietTerminal({ HF_ENDPOINT: 'http://127.0.0.1:1' });
    expect(await pushCommand(dir, { repo: REPO, dryRun: true, private: true }, terminal)).toBe(0);
    expect(printed[0]).toMatch(/ MB {2}ms-swift\/train\.jsonl\n/);
    expect(printed[0]).toMatch(/to http:\/\/127\.0\.0\.1:1\/datasets\/lab\/corpus \(private/);
    await pushCommand(dir, { repo: REPO, dryRun: true, json: true }, terminal);
    const { files } = JSON.parse(printed[1] ?? '');
    const onDisk = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files).toHaveLength(onDisk.length);
    expect(files.slice(-2).map(({ path }: { path: string }) => path)).toEqual(['README.md', 'SHA256SUMS']);
  });

  it('sends the folder, and prints neither token nor noise', async () => {
    const double = await startHubDouble();
    const dir = await exported();
    const { terminal, printed, said } = quietTerminal({
      HF_ENDPOINT: `${double.url}/`,
      HF_TOKEN: 'hf_secret',
    });
    expect(await pushCommand(dir, { repo: REPO, yes: true, json: true }, terminal)).toBe(0);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ repo: REPO, created: true, kept: 0 });
    expect(double.repos.get(REPO)?.get('ms-swift/train.jsonl')?.bytes.toString()).toContain('"messages"');
    expect(double.visibility.get(REPO)).toBe('public');
    expect([...printed, ...said].join()).not.toContain('hf_secret');
  });

  it('needs a token and a yes', async () => {
    const dir = await exported();
    const push = (env: Record<string, string>) =>
      pushCommand(dir, { repo: REPO }, quietTerminal(env).terminal);
    await expect(push({})).rejects.toThrow(/HF_TOKEN is not set/);
    await expect(push({ HF_TOKEN: 'hf_secret' })).rejects.toThrow(/pass --yes/);
  });

  it('refuses a folder that is not what was exported, unless it is told to take it', async () => {
    const dir = await exported();
    const { terminal, printed } = quietTerminal();
    const dryRun = (flags = {}) =>
      pushCommand(dir, { repo: REPO, dryRun: true, json: true, ...flags }, terminal);
    appendFileSync(join(dir, 'ms-swift/train.jsonl'), '{}\n');
    rmSync(join(dir, 'ms-swift/val.jsonl'));
    await expect(dryRun()).rejects.toThrow(/2 files of .* ms-swift\/train\.jsonl: export the corpus again/);
    expect(await dryRun({ allowChanged: true })).toBe(0);
    expect(JSON.parse(printed[0] ?? '').changed).toEqual(['ms-swift/train.jsonl', 'ms-swift/val.jsonl']);
    rmSync(join(dir, 'SHA256SUMS'));
    await expect(dryRun({ allowChanged: true })).rejects.toThrow(/SHA256SUMS isn't there/);
  });

  it('refuses a folder that holds no images, and a repository without an owner', async () => {
    const options = await optionsFor(temporaryFolder(), rowsOfAllSplits());
    const { path } = await exportCorpus({ ...options, imageMode: 'path' });
    const dryRun = (repo: string) => pushCommand(path, { repo, dryRun: true }, quietTerminal().terminal);
    await expect(dryRun(REPO)).rejects.toThrow(/holds no images.*--images copy/);
    await expect(dryRun('corpus')).rejects.toThrow(/owner\/name/);
  });

  it('refuses a corpus whose audit found errors, unless it is told to take it', async () => {
    const options = await optionsFor(temporaryFolder(), [buildRow()]);
    const mislabelled = await audit([auditRowOf(buildRow({ wordLabel: 'excellent' }))]);
    expect(mislabelled.findings.map(({ severity }) => severity)).toContain('error');
    const { path } = await exportCorpus({ ...options, audit: mislabelled });
    const { terminal } = quietTerminal();
    const dryRun = (flags = {}) => pushCommand(path, { repo: REPO, dryRun: true, ...flags }, terminal);
    await expect(dryRun()).rejects.toThrow(/found errors \(label-mismatch/);
    expect(await dryRun({ allowFindings: true })).toBe(0);
  });
});
