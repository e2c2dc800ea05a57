import { addStandardJob } from 'bullmq/dist/esm/scripts/addStandardJob-9.js'
import { TEST_RENDERS_PER_DAY } from '../domain/accounts/plans.ts'
import * as codes from '../domain/metering/decisionCodes.ts'
import { leaseMarginMs } from '../domain/regions.ts'
import { ADMIT_ARGS } from './admitArgs.ts'
import { JOURNAL_MS } from './Journal.ts'
import { source } from './source.ts'

/** The field of a counter hash that counts nothing (see admit.lua). */
export const FILLER = '-'

/** For how long the decision about a request with an Idempotency-Key is kept. Each takes some 300 bytes of Redis. */
export const ONCE_SECONDS = 600

/**
 * From this many bytes on, waiting in the metering queue by estimate, refused requests are added up instead (see
 * mergeRefusals.lua).
 */
const UNMERGED_BYTES = 16 * 1024 * 1024
/** What a job takes beside what it carries, and a batch in a slot beside its parts. */
const JOB_BYTES = 800
const BATCH_BYTES = 150
/** Above so many fields of refused requests their times are those of hours, above twice as many those of days. */
const MERGED_FIELDS = 50_000

/** Batches in one slot at most, so that a job is bounded however long no worker runs. */
export const SLOT_BATCHES = 100
/** A slot that no worker has taken is left open for so long, should somebody have removed its job. */
const SLOT_SECONDS = 3600

/** TypeScript's constants as Lua's, under the same names. */
const constants = (values: Record<string, number | string>) =>
  Object.entries(values)
    .map(([name, value]) => `local ${name} = ${JSON.stringify(value)}\n`)
    .join('')

/**
 * BullMQ's own script for adding a job, as a function inside ours: the metering job is stored in the very
 * step that admits the requests, and by the installed version's code rather than by a copy of it.
 */
const addJob = `local function addStandardJob(KEYS, ARGV)\n${addStandardJob.content}\nend\n${source('storeJob')}`

const ofBatches =
  source('tokens') +
  constants({
    ...codes,
    TEST_RENDERS_PER_DAY,
    FILLER,
    ONCE_SECONDS,
    UNMERGED_BYTES,
    JOB_BYTES,
    BATCH_BYTES,
    MERGED_FIELDS,
    SLOT_BATCHES,
    SLOT_SECONDS,
    CLOCK_MARGIN: leaseMarginMs(0),
  }) +
  ADMIT_ARGS +
  addJob +
  source('civilDate') +
  source('batch') +
  source('mergeRefusals')

/** What a region's Redis runs. Arguments and answers are described at the head of each file. */
export const scripts = {
  beginEpoch: source('beginEpoch'),
  dropStates: source('dropStates'),
  noteSweep: source('noteSweep'),
  getStates: source('getStates'),
  journal: constants({ JOURNAL_MS }) + source('journal'),
  putStates: source('civilDate') + source('putStates'),
  confirmTokens: source('tokens') + source('confirmTokens'),
  getTokens: source('getTokens'),
  putTokens: source('putTokens'),
  sealRefusals: source('sealRefusals'),
  closeSlot: source('closeSlot'),
  renewLease: source('renewLease'),
  reserve: source('civilDate') + source('reserve'),
  acceptEvents: addJob + source('acceptEvents'),
  ask: addJob + source('ask'),
  admit: ofBatches + source('admit'),
  takeBack: ofBatches + source('takeBack'),
}
