import { createRandom } from '../../packages/corpus/src/compare/random.ts';
import { descendants, type LiveProcess, type Role, roleOf, until } from './processes.ts';
import { type Finished, type Running, startDistill } from './run-distill.ts';

const ROLES: readonly Role[] = ['parent', 'worker', 'queue-server', 'python'];

/** How long a role that has no process yet is waited for, in ms. */
const ROLE_WAIT_MS = 10_000;

export interface Storm {
  readonly end: Finished;
  /** What was killed, in order. */
  readonly killed: readonly Role[];
  /** How often the command was started. */
  readonly starts: number;
}

/**
 * Runs a command to its end while `kills` of its processes are killed with SIGKILL at seeded moments: each role in turn,
 * or the parent where that role gets no process in time. Whenever the command has ended badly it is started again.
 */
export async function runThroughKills(args: readonly string[], kills: number, seed: number): Promise<Storm> {
  const random = createRandom(seed);
  const killed: Role[] = [];
  let starts = 0;
  let running: Running | null = null;
  let over: Finished | null = null;
  const start = (): Running => {
    const next = startDistill(args);
    starts += 1;
    over = null;
    void next.finished.then((end) => {
      if (running === next) over = end;
    });
    return next;
  };
  running = start();
  while (killed.length < kills) {
    await new Promise((resolve) => setTimeout(resolve, 300 + 2200 * random()));
    if (over !== null) {
      if (isGood(over)) break;
      running = start();
      continue;
    }
    const wanted = ROLES[killed.length % ROLES.length] ?? 'parent';
    killed.push(await killRole(running, wanted, () => over !== null));
  }
  for (;;) {
    const end = await running.finished;
    if (isGood(end)) return { end, killed, starts };
    if (end.signal === null && starts > kills + 5) throw new Error(`it never ended well: ${end.stderr}`);
    running = start();
  }
}

/** The process of that role, waited for a little: Python comes only when its stages do. */
async function findRole(pid: number, role: Role, ended: () => boolean): Promise<LiveProcess | undefined> {
  const find = (): LiveProcess | undefined => descendants(pid).find((process) => roleOf(process) === role);
  const deadline = performance.now() + ROLE_WAIT_MS;
  while (role !== 'parent' && find() === undefined && !ended() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return find();
}

function isGood(end: Finished): boolean {
  return end.code === 0;
}

async function killRole({ child, finished }: Running, role: Role, ended: () => boolean): Promise<Role> {
  const { pid } = child;
  if (pid === undefined) return 'parent';
  const victim = await findRole(pid, role, ended);
  if (victim !== undefined) {
    process.kill(victim.pid, 'SIGKILL');
    return role;
  }
  const below = descendants(pid).map((process) => process.pid);
  child.kill('SIGKILL');
  await finished;
  // Nothing of it may live on.
  await until(() => descendants(1).every((process) => !below.includes(process.pid)), 'the children are gone');
  return 'parent';
}
