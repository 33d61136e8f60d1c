import type { z } from 'zod';
import type { Double } from './double.ts';
import { invalidArgument, jsonReply, notFound, type Reply } from './google-errors.ts';
import { faultRatesSchema, limitsSchema } from './settings.ts';

/** `/control/…`: what tests and benchmarks ask of the double itself. Not Google's; needs no key. */
export function serveControl(double: Double, method: string, path: string, body: string): Reply {
  switch (`${method} ${path}`) {
    case 'GET stats':
      return jsonReply(double.stats.report());
    case 'DELETE stats':
      double.stats.reset();
      return jsonReply({});
    case 'GET limits':
      return jsonReply(limitsOf(double));
    case 'PUT limits':
      return change(body, limitsSchema, (limits) => {
        double.quota.changeLimits({
          ...(limits.requests_per_minute === undefined
            ? {}
            : { requestsPerMinute: limits.requests_per_minute }),
          ...(limits.input_tokens_per_minute === undefined
            ? {}
            : { inputTokensPerMinute: limits.input_tokens_per_minute }),
          ...(limits.requests_per_day === undefined ? {} : { requestsPerDay: limits.requests_per_day }),
        });
        return limitsOf(double);
      });
    case 'GET faults':
      return jsonReply(double.faults);
    case 'PUT faults':
      return change(body, faultRatesSchema, (rates) => {
        double.faults = rates;
        return rates;
      });
    default:
      return notFound(`gemini-double has no ${method} /control/${path}: there are stats, limits and faults.`);
  }
}

function limitsOf({ quota: { limits } }: Double): object {
  return {
    requests_per_minute: limits.requestsPerMinute,
    input_tokens_per_minute: limits.inputTokensPerMinute,
    requests_per_day: limits.requestsPerDay,
  };
}

function change<T>(body: string, schema: z.ZodType<T>, apply: (value: T) => object): Reply {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return invalidArgument('Expected a JSON object.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return jsonReply(apply(parsed.data));
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  return invalidArgument(problems.join('; '));
}
