import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from '../machine.ts';
import { launchNode } from './launch-node.ts';
import { type ProcessSample, readProcessTree } from './process-tree.ts';

/** No key of anybody: the double takes any. */
const MADE_UP_KEY = 'made-up-key-of-the-bench';
/** Taken out of the environment, so that a bench never asks a real service or uses another's queue server. */
const FOREIGN = ['GOOGLE_API_KEY', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'REDIS_URL', 'RETORT_HOME'] as const;

export interface DistillEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface DistillProcess {
  readonly pid: number;
  readonly ended: Promise<DistillEnd>;
  tree(): ProcessSample[];
  kill(signal: NodeJS.Signals): void;
  /** Ctrl-C: what is in flight is stored. Ends at once on the second. */
  interrupt(): void;
}

/** Starts the product as a user does, with a queue server of its own, asking `baseUrl`. */
export async function startDistill(
  args: readonly string[],
  baseUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<DistillProcess> {
  const main = join(REPOSITORY, 'packages', 'cli', 'src', 'main.ts');
  const clean: NodeJS.ProcessEnv = {
    ...process.env,
    NO_COLOR: '1',
    GEMINI_API_KEY: MADE_UP_KEY,
    GOOGLE_GEMINI_BASE_URL: baseUrl,
    ...env,
  };
  for (const name of FOREIGN) Reflect.deleteProperty(clean, name);
  const child = await launchNode(main, args, { env: clean, stdio: ['ignore', 'ignore', 'pipe'] });
  return { ...controls(child), ended: endOf(child) };
}

function controls(child: ChildProcess) {
  const pid = child.pid ?? -1;
  return {
    pid,
    tree: () => readProcessTree(pid),
    kill: (signal: NodeJS.Signals) => {
      child.kill(signal);
    },
    interrupt: () => {
      child.kill('SIGINT');
    },
  };
}

function endOf(child: ChildProcess): Promise<DistillEnd> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stderr }));
  });
}

/** @throws with the product's last words when it ended with another code */
export async function expectEnd(
  process: DistillProcess,
  codes: readonly number[] = [0],
): Promise<DistillEnd> {
  const end = await process.ended;
  if (end.code !== null && codes.includes(end.code)) return end;
  throw new Error(`distill ended with ${end.code ?? end.signal}: ${end.stderr.trim().slice(-600)}`);
}

/** What `distill --help` says, to know which options this checkout has. */
export function distillHelp(): Promise<string> {
  const main = join(REPOSITORY, 'packages', 'cli', 'src', 'main.ts');
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}
