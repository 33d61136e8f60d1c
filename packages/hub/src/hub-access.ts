/** A hub and who one is there. */
export interface HubAccess {
  /** Without a slash at its end. */
  readonly url: string;
  /** Never printed, and in no message. */
  readonly token: string;
  readonly fetch: typeof fetch;
}
