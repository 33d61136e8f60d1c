import { type AppliedDecisions, applyDecisions, readDecisions, readJsonLines } from '@retort/pipeline';
import { EXIT } from '../exit-codes.ts';
import { userPath } from '../repository.ts';
import { type DecisionFlags, reviewerName, withReviewRun } from '../review-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `distill review apply FILE`: a list of decisions made elsewhere. */
export function reviewApplyCommand(file: string, flags: DecisionFlags, terminal: Terminal): Promise<number> {
  return withReviewRun(flags, terminal, async (deps, run) => {
    const name = file === '-' ? 'stdin' : file;
    const lines =
      file === '-' ? readJsonLines(process.stdin, name) : readDecisions(userPath(file, terminal.env));
    const done = await applyDecisions(deps, run.id, lines, await reviewerName(flags, terminal));
    if (flags.json === true) terminal.print(JSON.stringify(done));
    else terminal.print(describe(done));
    for (const { line, reason } of done.problems) terminal.say(`${name}, line ${line}: ${reason}`);
    if (done.problems.length > 0) terminal.say('Lines with a problem were left out; all others count.');
    if (done.applied > 0) terminal.say('The next "pnpm distill" builds its corpus from it.');
    return done.problems.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

function describe({ applied, unchanged, undecided, problems }: AppliedDecisions): string {
  return `${applied} decisions noted, ${unchanged} stood already, ${undecided} lines decide nothing, ${problems.length} with a problem`;
}
