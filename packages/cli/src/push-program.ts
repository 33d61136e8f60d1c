import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { pushCommand } from './commands/push.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `distill push` and its options. */
export function addPush(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  addSubcommand(program, 'push [dir]', 'send an exported corpus to the Hugging Face hub, as a dataset', [
    'push --repo my-lab/agiqa-3k-conversations --dry-run',
    'push my-export --repo my-lab/agiqa-3k-conversations --private --yes',
  ])
    .requiredOption('--repo <owner/name>', 'the dataset on the hub; it is made if it is not there')
    .option('--private', 'make it private, if it is made')
    .option('--dry-run', 'say which files would be sent; asks nothing of the hub and needs no token')
    .option('--allow-findings', 'also where the audit found errors')
    .option('--allow-changed', 'also where files are missing or were changed since the export')
    .option('--yes', 'send without asking')
    .addHelpText(
      'after',
      '\nDIR is a folder that was exported (default: that of the latest run). What is there already is not sent again, so the same' +
        '\ncommand goes on where one broke off. Nothing is taken away there.' +
        '\nEnvironment: HF_TOKEN with the right to write; HF_ENDPOINT for another hub.',
    )
    .action(async (dir: string | undefined, _flags, command) =>
      exit(await pushCommand(dir, command.optsWithGlobals(), terminal)),
    );
}
