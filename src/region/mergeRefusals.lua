-- What admit.lua and takeBack.lua do with refused requests while too much usage waits: instead of being in a slot, they
-- are added up in one hash, by key, account, time and code. However many there are, and however long Postgres is away,
-- they take no more than a field each of these. See docs/decisions/bounded-usage.md.
local mergedKey = prefix .. 'refusals'

-- A batch of this size, as often as there are batches and jobs waiting: an estimate that costs nothing, and bounds what
-- they take together. Of the slots that wait, all but the open one are full.
local function isCrowded(results, openSlot)
  local bytes = BATCH_BYTES + #results + #arg.groups + #arg.contexts + #arg.keys + #arg.accounts
  local function waiting(queue) return redis.call('LLEN', queue .. 'wait') + redis.call('LLEN', queue .. 'paused') end
  local slots, open = waiting(arg.slots), 0
  if openSlot then
    open = redis.call('LLEN', prefix .. 'slot:' .. openSlot)
    slots = math.max(0, slots - 1)
  end
  return waiting(arg.queue) * (JOB_BYTES + bytes) + (slots * SLOT_BATCHES + open) * bytes > UNMERGED_BYTES
end

-- The more there are, the coarser their times: of a minute, an hour, a day.
local function mergedGrain()
  local fields = redis.call('HLEN', mergedKey)
  if fields < MERGED_FIELDS then return 60000 end
  return fields < 2 * MERGED_FIELDS and 3600000 or 86400000
end

-- Adds `by` for each request that was decided and not admitted. `codes` are those of the batch's requests, in their
-- order.
local function mergeRefusals(codes, groups, ids, accountIds, at, grain, by)
  local start = string.format('%d', math.floor(at / grain) * grain)
  local place = 0
  -- Whoever counts them claims them by this: no other hash ever has it.
  redis.call('HSETNX', mergedKey, 'id', arg.batchId .. (by > 0 and '' or '-back'))
  for index, group in ipairs(groups) do
    local counts = {}
    for _ = 4, #group, 3 do
      place = place + 1
      local code = codes[place]
      if code ~= ADMIT and code ~= STALE then counts[code] = (counts[code] or 0) + by end
    end
    for code, count in pairs(counts) do
      redis.call('HINCRBY', mergedKey, ids[index] .. '|' .. accountIds[group[1]] .. '|' .. start .. '|' .. code, count)
    end
  end
end

-- The admitted requests of a batch as `part` of storeBatch, and their results; nil where there are none. Contexts that
-- do not decode (half a surrogate pair) stay as they are: then the whole batch is stored, with its other requests as
-- STALE.
local function admittedPart(codes, results, groups, ids)
  local isRead, contexts = pcall(cjson.decode, arg.contexts)
  local part, kept, placeOf = { keys = {}, contexts = {}, groups = {} }, {}, {}
  local whole, place, admitted = {}, 0, false
  for index, group in ipairs(groups) do
    local own = { group[1], group[2], group[3] }
    for member = 4, #group, 3 do
      place = place + 1
      local isAdmitted = codes[place] == ADMIT
      whole[place] = isAdmitted and results[place] or STALE .. ',0,0,0'
      if isAdmitted then
        admitted = true
        local context = group[member + 2]
        if isRead and not placeOf[context] then
          placeOf[context] = #part.contexts
          part.contexts[#part.contexts + 1] = contexts[context + 1]
        end
        local size = #own
        own[size + 1], own[size + 2], own[size + 3] = group[member], group[member + 1], placeOf[context]
        kept[#kept + 1] = results[place]
      end
    end
    if #own > 3 then
      part.keys[#part.keys + 1], part.groups[#part.groups + 1] = ids[index], own
    end
  end
  if not admitted then return nil end
  if not isRead then return arg, table.concat(whole, ',') end
  return { keys = cjson.encode(part.keys), contexts = cjson.encode(part.contexts), groups = cjson.encode(part.groups) },
    table.concat(kept, ',')
end
