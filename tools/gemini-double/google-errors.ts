import type { QuotaLimits } from './quota.ts';

/** A whole HTTP answer, ready to be sent. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tokens that its usageMetadata names; absent where it has none. */
  readonly usage?: TokenCounts;
}

export interface TokenCounts {
  readonly input: number;
  readonly output: number;
}

const JSON_TYPE = 'application/json; charset=UTF-8';
const HTML_TYPE = 'text/html; charset=UTF-8';

export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(value), headers };
}

export function htmlReply(
  status: number,
  title: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>gemini-double</body></html>\n`;
  return { status, contentType: HTML_TYPE, body, headers };
}

/** Google's error JSON: `{error{code,message,status,details[]}}`. */
export function errorReply(
  code: number,
  status: string,
  message: string,
  details: readonly object[] = [],
): Reply {
  const error = { code, message, status, ...(details.length > 0 ? { details } : {}) };
  return { status: code, contentType: JSON_TYPE, body: JSON.stringify({ error }, null, 2) };
}

export function invalidArgument(message: string): Reply {
  return errorReply(400, 'INVALID_ARGUMENT', message);
}

export function notFound(message: string): Reply {
  return errorReply(404, 'NOT_FOUND', message);
}

/** What Google answers a key it doesn't know. */
export function keyInvalid(): Reply {
  return errorReply(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
  ]);
}

export function permissionDenied(): Reply {
  return errorReply(
    403,
    'PERMISSION_DENIED',
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}

/** Names as they stood in real 429s (googleapis/python-genai#2044, RooCodeInc/Roo-Code#3883, checked 2026-11-23). */
const QUOTA_NAMES: Readonly<Record<keyof QuotaLimits, { readonly metric: string; readonly id: string }>> = {
  requestsPerMinute: {
    metric: 'generate_content_free_tier_requests',
    id: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
  },
  inputTokensPerMinute: {
    metric: 'generate_content_free_tier_input_token_count',
    id: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
  },
  requestsPerDay: {
    metric: 'generate_content_free_tier_requests',
    id: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
  },
};

/** A quota that is used up. `retryDelayMs` null leaves RetryInfo out. Never a Retry-After header: Google sends none. */
export function quotaExceeded(
  model: string,
  violated: readonly (keyof QuotaLimits)[],
  limits: QuotaLimits,
  retryDelayMs: number | null,
): Reply {
  const violations = violated.map((name) => ({
    quotaMetric: `generativelanguage.googleapis.com/${QUOTA_NAMES[name].metric}`,
    quotaId: QUOTA_NAMES[name].id,
    quotaDimensions: { location: 'global', model },
    ...(limits[name] === null ? {} : { quotaValue: String(limits[name]) }),
  }));
  const delay = retryDelayMs === null ? null : `${(retryDelayMs / 1000).toFixed(3).replace(/\.?0+$/, '')}s`;
  const message =
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.';
  return errorReply(
    429,
    'RESOURCE_EXHAUSTED',
    delay === null ? message : `${message} Please retry in ${delay}.`,
    [
      { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
      {
        '@type': 'type.googleapis.com/google.rpc.Help',
        links: [
          {
            description: 'Learn more about Gemini API quotas',
            url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
          },
        ],
      },
      ...(delay === null ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay }]),
    ],
  );
}
