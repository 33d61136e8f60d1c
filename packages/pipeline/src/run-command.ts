import { quoteForShell, type RunPlan } from '@retort/schema';

/** The command that brings this run about again; the sample needs no options. */
export function runCommand({
  dataset,
  recordings,
  aspects,
  teacher,
  model,
  limit,
  seed,
  splitBy,
  fold,
  holdOut,
  allowLeakage,
  combined,
  strict,
  repeat,
  ...form
}: RunPlan): string {
  const promptName = promptNameOf(form);
  const sample = isSample({ dataset });
  const words = [
    'pnpm distill',
    ...(sample ? [] : ['--dataset', dataset.reader, '--path', quoteForShell(dataset.path)]),
    ...(sample || dataset.csv === null ? [] : ['--csv', quoteForShell(dataset.csv)]),
    ...(dataset.columns === null
      ? []
      : [
          '--columns',
          quoteForShell(
            Object.entries(dataset.columns)
              .map((pair) => pair.join('='))
              .join(','),
          ),
        ]),
    ...(dataset.scale === null ? [] : ['--scale', `${dataset.scale.min}:${dataset.scale.max}`]),
    ...(dataset.name === null ? [] : ['--dataset-name', quoteForShell(dataset.name)]),
    ...(sample || recordings === null ? [] : ['--recordings', quoteForShell(recordings)]),
    ...(teacher === 'replay' ? [] : ['--teacher', teacher, '--model', model]),
    ...(aspects === null ? [] : ['--aspects', aspects.join(',')]),
    ...(limit === null ? [] : ['--limit', String(limit)]),
    ...(seed === 0 ? [] : ['--seed', String(seed)]),
    ...(splitBy === 'image-prompt' ? [] : ['--split-by', splitBy]),
    ...(fold === undefined ? [] : ['--folds', String(fold.folds), '--fold', String(fold.fold)]),
    ...(holdOut === undefined ? [] : ['--hold-out', quoteForShell(holdOut)]),
    ...(allowLeakage === undefined ? [] : ['--allow-leakage']),
    ...(promptName === 'label-aware' ? [] : ['--prompt', promptName]),
    ...(combined === undefined ? [] : [combined === 'json' ? '--combined' : `--combined ${combined}`]),
    ...(strict ? ['--strict'] : []),
    ...(repeat === undefined ? [] : ['--repeat', String(repeat)]),
    ...scorerWords(form),
  ];
  return words.join(' ');
}

/** What a run with a config was given: the plan has its content, not its file, and metrics.json has it too. */
const SCORER_CONFIG_FILE = 'SCORER-CONFIG.json';
/** The same of tuned stages: their revision is in the plan, they themselves in the home and in the checkpoint. */
const TUNED_STAGES_FILE = 'TUNED-STAGES.safetensors';

function scorerWords({
  profile,
  scorerConfig,
  tunedStages,
  refit,
  protocol,
}: Pick<RunPlan, 'profile' | 'scorerConfig' | 'tunedStages' | 'refit' | 'protocol'>): string[] {
  return [
    ...(profile === undefined ? [] : ['--profile', quoteForShell(profile)]),
    ...(scorerConfig === undefined ? [] : ['--scorer-config', SCORER_CONFIG_FILE]),
    ...(tunedStages === undefined ? [] : ['--tuned-stages', TUNED_STAGES_FILE]),
    ...(refit === undefined ? [] : ['--refit', refit]),
    ...(protocol === undefined ? [] : ['--protocol', protocol]),
  ];
}

/** The same for readers of a corpus elsewhere: paths of this machine are placeholders, and how a scorer is fitted is left out. */
export function portableRunCommand({
  profile: _profile,
  scorerConfig: _config,
  tunedStages: _stages,
  refit: _refit,
  protocol: _protocol,
  ...plan
}: RunPlan): string {
  const { dataset, recordings } = plan;
  if (isSample(plan)) return runCommand(plan);
  const csv = dataset.csv === null ? null : 'TABLE.csv';
  return runCommand({
    ...plan,
    dataset: { ...dataset, path: 'DATASET', csv },
    recordings: recordings === null ? null : 'RECORDINGS.jsonl',
  });
}

function isSample({ dataset }: Pick<RunPlan, 'dataset'>): boolean {
  return dataset.path.endsWith('/packages/datasets/sample');
}

/** As `--prompt` takes it. */
export function promptNameOf({
  promptForm,
  promptVersion,
}: Pick<RunPlan, 'promptForm' | 'promptVersion'>): string {
  return promptVersion === undefined ? promptForm : `${promptForm}.v${promptVersion}`;
}
