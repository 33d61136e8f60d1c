import { type ProcessRole, readProcessTree } from './process-tree.ts';

/** How often the tree is looked at: 5 Hz finds peaks that last, and costs under 1 % of a core. */
const INTERVAL_MS = 200;

interface TreeSample {
  readonly atMs: number;
  /** CPU seconds of every process seen so far: one that ended keeps what it had. */
  readonly cpuSeconds: Readonly<Record<ProcessRole, number>>;
  readonly rssBytes: Readonly<Record<ProcessRole, number>>;
}

export interface TreeWatch {
  /** CPU seconds that the tree used between two moments (ms since 1970), within a sample's interval. */
  cpuBetween(fromMs: number, toMs: number): Record<ProcessRole, number>;
  /** The most memory resident at one moment, all processes together, and what each then had. Shared pages count in each. */
  peakRss(): { readonly total: number; readonly byRole: Readonly<Record<ProcessRole, number>> };
  stop(): void;
}

/** Looks at `root` and everything below it until `stop`. */
export function watchTree(root: number): TreeWatch {
  const samples: TreeSample[] = [];
  const seen = new Map<number, { role: ProcessRole; cpuSeconds: number }>();
  const look = (): void => {
    const tree = readProcessTree(root);
    for (const { pid, role, cpuSeconds } of tree) {
      // A process that is ending no longer says what it was.
      const known = seen.get(pid)?.role ?? 'other';
      seen.set(pid, { role: role === 'other' ? known : role, cpuSeconds });
    }
    if (tree.length === 0) return;
    samples.push({
      atMs: Date.now(),
      cpuSeconds: sumByRole([...seen.values()].map((each) => [each.role, each.cpuSeconds])),
      rssBytes: sumByRole(tree.map((each) => [each.role, each.rssBytes])),
    });
  };
  look();
  const timer = setInterval(look, INTERVAL_MS);
  return {
    cpuBetween(fromMs, toMs) {
      const at = (ms: number) => cpuAt(samples, ms);
      const [from, to] = [at(fromMs), at(toMs)];
      return sumByRole(ROLES.map((role) => [role, to[role] - from[role]]));
    },
    peakRss() {
      const totals = samples.map(({ rssBytes }) => ({ total: total(rssBytes), byRole: rssBytes }));
      return totals.reduce((most, each) => (each.total > most.total ? each : most), {
        total: 0,
        byRole: sumByRole([]),
      });
    },
    stop() {
      clearInterval(timer);
      look();
    },
  };
}

export const ROLES = ['coordinator', 'worker', 'queue-server', 'other'] as const satisfies ProcessRole[];

export function total(byRole: Readonly<Record<ProcessRole, number>>): number {
  return ROLES.reduce((sum, role) => sum + byRole[role], 0);
}

/** Between two samples CPU time is taken to grow evenly. */
function cpuAt(samples: readonly TreeSample[], ms: number): Record<ProcessRole, number> {
  const after = samples.find(({ atMs }) => atMs >= ms) ?? samples.at(-1);
  const before = samples.findLast(({ atMs }) => atMs <= ms) ?? samples[0];
  if (after === undefined || before === undefined) return sumByRole([]);
  const share = after.atMs === before.atMs ? 0 : (ms - before.atMs) / (after.atMs - before.atMs);
  return sumByRole(
    ROLES.map((role) => [
      role,
      before.cpuSeconds[role] + share * (after.cpuSeconds[role] - before.cpuSeconds[role]),
    ]),
  );
}

function sumByRole(values: readonly (readonly [ProcessRole, number])[]): Record<ProcessRole, number> {
  const sums: Record<ProcessRole, number> = { coordinator: 0, worker: 0, 'queue-server': 0, other: 0 };
  for (const [role, value] of values) sums[role] += value;
  return sums;
}
