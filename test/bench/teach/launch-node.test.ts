import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { readProcessTree } from '../../../bench/teach/process-tree.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

const LAUNCH_NODE = new URL('../../../bench/teach/launch-node.ts', import.meta.url);

describe.runIf(process.platform === 'linux')('launchNode', () => {
  it('starts what ends with the bench, even when that is killed', async () => {
    const dir = temporaryFolder();
    const idle = join(dir, 'idle.mjs');
    writeFileSync(idle, 'console.log(process.pid); setInterval(() => undefined, 1000);');
    const script = `
      import { launchNode } from ${JSON.stringify(LAUNCH_NODE.href)};
      await launchNode(${JSON.stringify(idle)}, [], { stdio: ['ignore', 'inherit', 'inherit'] });`;
    const bench = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(createInterface(bench.stdout), 'line')) as [string]; // idle.mjs prints its number first
    const ended = once(bench, 'close'); // its pipe closes when the last of both is gone
    bench.kill('SIGKILL');
    await ended;
    // It closes its files a moment before it is gone.
    await expect.poll(() => readProcessTree(Number(pid)), { timeout: 10_000 }).toEqual([]);
  });
});
