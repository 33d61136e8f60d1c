import type { Aspect } from '@retort/schema';
import type { AspectFit } from './fit-data.ts';
import type { ReportData } from './report-data.ts';

export interface FittedAspect {
  readonly aspect: Aspect;
  readonly fit: AspectFit;
}

/** The fits there are, in the order in which the run names its aspects. */
export function fittedAspects(data: ReportData): FittedAspect[] {
  return data.run.aspects.flatMap((aspect) => {
    const fit = data.fit?.[aspect];
    return fit === undefined ? [] : [{ aspect, fit }];
  });
}
