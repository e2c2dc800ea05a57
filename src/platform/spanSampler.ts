import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'

/** What BullMQ does between jobs, many times a second: it belongs to no request and no job. */
const HOUSEKEEPING =
  /^(getNextJob|moveStalledJobsToWait|startStalledCheckTimer|extendLocks|rateLimit|pause|resume|close)\b/

/** Records a share of the traces, 0 to 1, and of each the whole: in every process that continues it. */
export function createSampler(ratio: number): Sampler {
  const inner = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  return {
    shouldSample: (context, traceId, name, ...rest) =>
      HOUSEKEEPING.test(name)
        ? { decision: SamplingDecision.NOT_RECORD }
        : inner.shouldSample(context, traceId, name, ...rest),
    toString: () => `${inner}, without housekeeping`,
  }
}
