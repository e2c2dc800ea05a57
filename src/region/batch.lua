-- What admit.lua and takeBack.lua have in common: where a batch of that instant is counted, and its metering job.
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

-- `part`: instead of the whole batch, its JSON texts `keys`, `contexts` and `groups`.
local function storeBatch(name, now, at, results, part)
  part = part or arg
  storeJob(arg.queue, name, now, arg.options,
    '{"batchId":"' .. arg.batchId .. '","region":"' .. arg.region .. '","at":' .. string.format('%d', at) .. ',"keys":' .. part.keys
    .. ',"accounts":' .. arg.accounts .. ',"contexts":' .. part.contexts .. ',"groups":' .. part.groups
    .. ',"results":"' .. results .. '"}')
end
