import { RetortError } from '@retort/schema';

/** The hub, or the way to it, refused or broke off; what was committed before stays there. */
export class HubError extends RetortError {
  readonly code = 'hub-failed';
}

/** A name or a token that can't be used; nothing was asked of the hub. */
export class HubUsageError extends RetortError {
  readonly code = 'usage';
}
