/** A piece of a JSON list between two commas, still text; `problem` says why a piece can't be one. */
export type ListPiece =
  | { readonly kind: 'element'; readonly text: string }
  | { readonly kind: 'problem'; readonly reason: string };

/** UTF-16 units that one element may have before it is taken for what follows a missing quote. */
const MAX_ELEMENT_UNITS = 64 * 1024 * 1024;

/**
 * Cuts the text of a JSON list into its elements without parsing them, so that a mistake in one costs only that one. Only
 * brackets and quotes are looked at. Holds one element and a piece of the file.
 */
export async function* splitListElements(texts: AsyncIterable<string>): AsyncGenerator<ListPiece> {
  const state = { depth: 0, inString: false, escaped: false, closed: false, count: 0 };
  let held = '';
  for await (const text of texts) {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const end = step(state, text.charCodeAt(at));
      if (end === 'none') continue;
      const element = held + text.slice(from, at);
      held = '';
      from = at + 1;
      if (end === 'open') continue;
      if (element.trim() !== '') yield { kind: 'element', text: element };
      else if (end === 'comma' || state.count > 0)
        yield { kind: 'problem', reason: 'expected a row between the commas, found nothing' };
      if (end === 'comma') state.count += 1;
    }
    held += text.slice(from);
    if (held.length > MAX_ELEMENT_UNITS) break;
  }
  if (state.depth > 0) {
    yield {
      kind: 'problem',
      reason: 'the list isn’t closed: the file is cut off, or a quote or bracket is missing',
    };
  } else if (held.trim() !== '') yield { kind: 'problem', reason: 'more text after the end of the list' };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

interface ScanState {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** The list's own bracket was closed: what follows is no part of it. */
  closed: boolean;
  /** Commas between elements so far. */
  count: number;
}

/** Takes one unit in; says what of the list ends with it. */
function step(state: ScanState, unit: number): 'none' | 'open' | 'comma' | 'close' {
  if (state.closed) return 'none';
  if (state.inString) {
    if (state.escaped) state.escaped = false;
    else if (unit === BACKSLASH) state.escaped = true;
    else if (unit === QUOTE) state.inString = false;
    return 'none';
  }
  if (unit === QUOTE) {
    state.inString = true;
  } else if (OPENING.has(unit)) {
    state.depth += 1;
    if (state.depth === 1) return 'open';
  } else if (CLOSING.has(unit)) {
    state.depth -= 1;
    if (state.depth === 0) {
      state.closed = true;
      return 'close';
    }
  } else if (unit === COMMA && state.depth === 1) {
    return 'comma';
  }
  return 'none';
}
