/** Everything that is said of a head by its name: the one place that knows what heads are called. */
export interface HeadName {
  /** As tables call it. */
  readonly title: string;
  /** As a sentence calls it. */
  readonly mention: string;
  /** What it is, in a phrase without a full stop. */
  readonly phrase: string;
  /** Floors are what a network must beat on the same features; a legacy network brings its own pooling. */
  readonly kind: 'scorer' | 'network' | 'legacy' | 'floor';
}

/** The head that every other one is compared with on the same features. */
export const REFERENCE_HEAD = 'kernel-ridge';

/** What predicted in fits from before the scorer had a name of its own. */
export const FIRST_SCORER = 'xlstm';

const LEGACY = '-legacy';

const NAMES: Readonly<Record<string, HeadName>> = {
  scorer: named('scorer', 'Scorer', 'the scorer', 'what predicts'),
  xlstm: network('xLSTM', 'mLSTM and sLSTM blocks, the paper’s head'),
  lstm: network('LSTM', 'residual blocks of a bidirectional LSTM'),
  gru: network('GRU', 'residual blocks of a bidirectional GRU'),
  mamba2: network('Mamba-2', 'residual blocks around the Mamba-2 layer'),
  transformer: network('Transformer', 'residual blocks of attention over the tokens'),
  none: named(
    'network',
    'Head without mixer',
    'the head without mixer',
    'nothing between tokens and pooling',
  ),
  'kernel-ridge': floor('Kernel ridge', 'kernel ridge regression on the same features'),
  ridge: floor('Ridge', 'linear ridge regression on the same features'),
};

/** What is said of `name`; a mixer's `-legacy` form is named after the mixer, an unknown head after itself. */
export function headName(name: string): HeadName {
  if (Object.hasOwn(NAMES, name)) return NAMES[name] ?? unknown(name);
  const mixer = name.endsWith(LEGACY) ? name.slice(0, -LEGACY.length) : name;
  const base = mixer !== name && Object.hasOwn(NAMES, mixer) ? NAMES[mixer] : undefined;
  if (base === undefined) return unknown(name);
  const phrase = 'what the paper’s code did under this name, for comparison with its table alone';
  return named('legacy', `${base.title}, legacy`, `${base.mention} (legacy)`, phrase);
}

/** `average of 5 xLSTM networks and kernel ridge`: what a scorer of these members is. */
export function describeMembers(members: readonly string[], networks: number): string {
  const parts = members.map((member) => describeMember(member, networks));
  const last = parts.at(-1) ?? '';
  const list = parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
  const isOne = members.length === 1 && (networks === 1 || headName(members[0] ?? '').kind === 'floor');
  return isOne ? list : `average of ${list}`;
}

function describeMember(member: string, networks: number): string {
  const { title, mention, kind } = headName(member);
  if (kind === 'floor') return mention;
  if (networks === 1) return mention;
  const network = title.replace(/ head\b/, '');
  return network === title ? `${networks} networks of ${mention}` : `${networks} ${network} networks`;
}

function network(mixer: string, phrase: string): HeadName {
  return named('network', `${mixer} head`, `the ${mixer} head`, phrase);
}

function floor(title: string, phrase: string): HeadName {
  return named('floor', title, title.toLowerCase(), phrase);
}

function named(kind: HeadName['kind'], title: string, mention: string, phrase: string): HeadName {
  return { title, mention, phrase, kind };
}

function unknown(name: string): HeadName {
  return network(name, 'a head that this report has no words for');
}
