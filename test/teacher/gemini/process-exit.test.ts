import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GeminiServer, startGeminiServer } from '../../fixtures/teacher/gemini-server.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../fixtures/teacher/ask-once.ts', import.meta.url));

describe('a process that asked gemini', () => {
  let server: GeminiServer;
  beforeEach(async () => {
    server = await startGeminiServer();
  });
  afterEach(() => server.close());

  it('ends when it has its answer, not when the timeout would have struck', async () => {
    // The teacher's timeout in it is ten minutes; a timer left alive runs into this one of 30 s.
    const { stdout } = await run(process.execPath, [program, server.baseUrl], { timeout: 30_000 });
    expect(stdout).toBe('answered\n');
  });
});
