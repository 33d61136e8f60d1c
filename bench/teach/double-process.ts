import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { REPOSITORY } from '../machine.ts';
import { launchNode } from './launch-node.ts';
import { readProcessTree } from './process-tree.ts';

const listeningSchema = z.object({ event: z.literal('listening'), base_url: z.url() });

const statsSchema = z.object({
  calls: z.number(),
  in_flight: z.number(),
  most_in_flight: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  distinct_requests: z.number(),
  distinct_answered: z.number(),
  answered_again: z.number(),
  by_outcome: z.record(z.string(), z.number()),
});
export type DoubleStats = z.infer<typeof statsSchema>;

export interface DoubleProcess {
  readonly baseUrl: string;
  stats(): Promise<DoubleStats>;
  /** Counts anew. */
  reset(): Promise<void>;
  setLimits(limits: { readonly requests_per_minute: number | null }): Promise<void>;
  /** CPU seconds since its start: never counted as the product's, but it must not be the bottleneck. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts `pnpm gemini-double` on a free port: at once and without failures, unless `args` say otherwise. */
export async function startDouble(args: readonly string[]): Promise<DoubleProcess> {
  const main = join(REPOSITORY, 'tools', 'gemini-double', 'main.ts');
  const child = await launchNode(main, ['--port', '0', '--scenario', 'instant', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new TypeError('stdout was asked for as a pipe');
  const { stdout } = child;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const first = new Promise<string>((resolve, reject) => {
    createInterface(stdout).once('line', resolve);
    void ended.then(() => reject(new Error(`gemini-double ${args.join(' ')} ended before it listened`)));
  });
  const { base_url: baseUrl } = listeningSchema.parse(JSON.parse(await first));
  const control = (what: string, method: string, body?: object): Promise<Response> =>
    fetch(`${baseUrl}/control/${what}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    baseUrl,
    stats: async () => statsSchema.parse(await (await control('stats', 'GET')).json()),
    reset: async () => {
      await control('stats', 'DELETE');
    },
    setLimits: async (limits) => {
      await control('limits', 'PUT', limits);
    },
    cpuSeconds: () => readProcessTree(child.pid ?? -1)[0]?.cpuSeconds ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
