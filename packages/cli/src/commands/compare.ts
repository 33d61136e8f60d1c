import { rename, writeFile } from 'node:fs/promises';
import { compareAnswers } from '@retort/pipeline';
import { renderComparison } from '@retort/report';
import { errorCodeOf, quoteForShell } from '@retort/schema';
import { describeComparison } from '../comparison-text.ts';
import { EXIT } from '../exit-codes.ts';
import { userPath } from '../repository.ts';
import { parseSide } from '../side-selector.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { withLatestRun } from './open-home.ts';

export interface CompareFlags {
  readonly home?: string;
  readonly json?: boolean;
  readonly html?: string;
}

/** `distill compare A B`: two prompts, models or dates on the images that both have. Works beside a running distill. */
export function compareCommand(
  sides: { readonly a: string; readonly b: string },
  flags: CompareFlags,
  terminal: Terminal,
): Promise<number> {
  return withLatestRun(flags, terminal, async (deps) => {
    const [a, b] = [parseSide(sides.a, deps.store), parseSide(sides.b, deps.store)];
    const data = await compareAnswers(deps, {
      a,
      b,
      command: `pnpm distill compare ${quoteForShell(a.selector)} ${quoteForShell(b.selector)}`,
      thumbnails: flags.html !== undefined,
    });
    if (flags.html !== undefined) {
      const path = userPath(flags.html, terminal.env);
      await writePage(path, await renderComparison(data));
      terminal.say(`The comparison as a page: ${path}`);
    }
    const examples = data.examples.map((example) => ({ ...example, thumbnail: null }));
    terminal.print(
      flags.json === true
        ? JSON.stringify({ ...data, examples })
        : describeComparison(data, { color: terminal.color }),
    );
    return EXIT.ok;
  });
}

/** Whole or not at all. @throws UsageError where nothing can be written */
async function writePage(path: string, page: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, page);
    await rename(partial, path);
  } catch (cause) {
    throw new UsageError(
      `--html: ${path} can't be written (${errorCodeOf(cause) ?? 'unknown'}): name a file in a folder that exists.`,
      { cause },
    );
  }
}
