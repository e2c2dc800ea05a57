-- What admit.lua and takeBack.lua have in common: where a batch of that instant is counted, and how usage is stored.
local prefix = arg.prefix
-- Of the verifier: what its last batch came to, and the last of its batches that it took back.
local recordKey, fenceKey = prefix .. 'batch:' .. arg.verifier, prefix .. 'fence:' .. arg.verifier
local DAY = 86400
-- What `results` say of a request whose key had all of its requests admitted at once.
local ADMITTED = ADMIT .. ',,,'

local function counterKeys(at)
  local date = civilDate(math.floor(at / 86400000))
  return prefix .. 'requests:minute:' .. math.floor(at / 60000), prefix .. 'requests:day:' .. date,
    prefix .. 'test-renders:day:' .. date, prefix .. 'renders:month:' .. string.sub(date, 1, 7)
end

-- The batch as it was decided at that instant, in JSON. `part`: instead of the whole batch, its JSON texts `keys`,
-- `contexts` and `groups`.
local function decidedBatch(at, results, part)
  return '{"batchId":"' .. arg.batchId .. '","region":"' .. arg.region .. '","at":' .. string.format('%d', at) .. ',"keys":' .. part.keys
    .. ',"accounts":' .. arg.accounts .. ',"contexts":' .. part.contexts .. ',"groups":' .. part.groups
    .. ',"results":"' .. results .. '"}'
end

-- Adds a decided batch to the open slot, the list of that ID. `slotKey` has the ID until a worker takes the slot
-- (closeSlot.lua) or it is full. Where no slot is open this batch begins one, and its job is stored in the same step.
local function storeInSlot(slotKey, open, now, decided)
  local slot = open or arg.batchId
  if not open then
    redis.call('SET', slotKey, slot, 'EX', SLOT_SECONDS)
    storeJob(arg.slots, 'roll-up-slot', now, arg.options, '{"region":"' .. arg.region .. '","slot":"' .. slot .. '"}')
  end
  if redis.call('RPUSH', prefix .. 'slot:' .. slot, decided) >= SLOT_BATCHES then redis.call('DEL', slotKey) end
end
