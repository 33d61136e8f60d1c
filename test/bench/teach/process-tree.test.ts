import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryOf, readProcessTree } from '../../../bench/teach/process-tree.ts';

describe.runIf(process.platform === 'linux')('readProcessTree', () => {
  it('counts a process and its children, with their CPU time and memory', async () => {
    const busy = 'while (process.cpuUsage().user < 150_000); console.log(1); process.stdin.resume()';
    const script = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: ['pipe', 'inherit', 'inherit'] });
      process.stdin.on('end', () => child.stdin.end()).resume();`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(async () => {
      parent.stdin.end();
      await once(parent, 'close');
    });
    await once(parent.stdout, 'data');
    const tree = readProcessTree(parent.pid ?? -1);
    expect(tree.map(({ role }) => role)).toEqual(['coordinator', 'other']);
    expect(tree[1]?.cpuSeconds).toBeGreaterThan(0.1);
    expect(tree.every(({ rssBytes }) => rssBytes > 1e6)).toBe(true);
    expect(memoryOf(parent.pid ?? -1, 'VmHWM')).toBeGreaterThanOrEqual(tree[0]?.rssBytes ?? Number.NaN);
  });

  it('is empty for a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'close');
    expect(readProcessTree(child.pid ?? -1)).toEqual([]);
  });
});
