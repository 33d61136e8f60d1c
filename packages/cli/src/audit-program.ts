import type { Command } from 'commander';
import { addSubcommand } from './add-subcommand.ts';
import { auditCommand } from './commands/audit.ts';
import type { Terminal } from './terminal/terminal.ts';
import { addTokenizerOptions } from './tokenizer-options.ts';

/** `distill audit` and its options. */
export function addAudit(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const command = addSubcommand(
    program,
    'audit [corpus-or-files...]',
    'what quietly ruins a corpus: of a run, an export, or any MiniCPM-V, ms-swift, LLaMA-Factory, Parquet or WebDataset file',
    [
      'audit                                  the latest run’s corpus',
      'audit 9f2c1a --fail-on warning         a corpus of the home, by the beginning of its key',
      'audit train.json test.json --ratings data.csv --images images --aspect quality',
      'audit train.jsonl --ratings data.csv --fix --out train-fixed.jsonl',
    ],
  )
    .option('--ratings <csv>', 'a table of names and MOS, to check the labels of files against')
    .option('--columns <map>', 'our names for its columns: name=file,image_prompt=caption,mos_quality=score')
    .option('--scale <min:max>', 'range of its MOS (default 0:5)')
    .option('--aspect <name>', 'what every row is about (default: by the row’s id and questions)')
    .option('--images <dir>', 'where the images of files are, if neither beside the file nor here')
    .option('--saw-label', 'the descriptions in the files were written with the MOS in sight')
    .option('--max-rows <n>', 'rows that a finding lists (default: all with --json, 3 without)')
    .option('--max-tokens <n>', 'tokens that a row may have for its trainer (default 2048)')
    .option('--fail-on <severity>', 'exit with 1 when a finding is as severe: error, warning or info')
    .option('--fix', 'write a corpus with the repairs that are safe, and say what is left')
    .option('--out <file>', 'where --fix writes the repaired file')
    .addHelpText(
      'after',
      '\nSplits are told by file names: train, val (valid, dev), test (eval). docs/audit.md says what each finding means.',
    );
  addTokenizerOptions(command).action(async (targets: string[], _flags, self: Command) =>
    exit(await auditCommand(targets, self.optsWithGlobals(), terminal)),
  );
}
