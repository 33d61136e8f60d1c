import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'packages', 'cli', 'src', 'main.ts');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts the real `distill`, without pnpm around it, so that signals reach it and not a parent. */
export function startDistill(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const clean = { ...process.env, INIT_CWD: ROOT, NO_COLOR: '1', ...env };
  for (const name of [
    'GOOGLE_API_KEY',
    'GEMINI_API_KEY',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    'REDIS_URL',
    'RETORT_HOME',
  ]) {
    if (!(name in env)) Reflect.deleteProperty(clean, name);
  }
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: clean });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

export function runDistill(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return startDistill(args, env).finished;
}

/** Runs to a good end and reads the one JSON object. */
export async function runJson(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runDistill([...args, '--json'], env);
  if (code !== 0) throw new Error(`distill ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>; // one JSON object is what is under test
}

/** A folder that goes with the test; outside a test (in a hook) with the returned function. */
export async function temporaryFolder(
  name = 'retort-e2e-',
): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), name));
  return { dir, remove: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }) };
}

export async function testFolder(): Promise<string> {
  const { dir, remove } = await temporaryFolder();
  onTestFinished(remove);
  return dir;
}
