-- Takes back a batch of which its verifier does not know whether it was decided: its callers have been given up. If
-- admit.lua ran, its counts are subtracted; if it did not, it never will. Safe to repeat. Takes the arguments of
-- admit.lua.
--
-- Returns {'CLOSED'} when the marker is another, else {'OK', how many admitted requests were taken back}.
local marker = arg.marker
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end

local sequence = tonumber(arg.sequence)
if tonumber(redis.call('GET', fenceKey) or 0) >= sequence then return { 'OK', 0 } end
redis.call('SET', fenceKey, arg.sequence, 'EX', DAY)
local made, at, grain, counted = string.match(redis.call('GET', recordKey) or '', '^(%d+)|(%d+)|(%d*)|(.*)$')
if tonumber(made) ~= sequence then return { 'OK', 0 } end
redis.call('DEL', recordKey)

local time = redis.call('TIME')
local minuteKey, dayKey, testKey, monthKey = counterKeys(tonumber(at))
local ids, accountIds = cjson.decode(arg.keys), cjson.decode(arg.accounts)
local groups = cjson.decode(arg.groups)
local codes, rests = {}, {}
for code, rest in string.gmatch(counted, '(%d+)(,%d*,%d*,%d*)') do
  codes[#codes + 1], rests[#rests + 1] = tonumber(code), rest
end
if counted == '' then
  -- All were admitted at once.
  for _, group in ipairs(groups) do
    for _ = 4, #group, 3 do codes[#codes + 1], rests[#rests + 1] = ADMIT, ',,,' end
  end
end

-- A repeat of what is taken back is a new verification. But a decision that a repeat has been given stays, and stays
-- counted.
for _, one in ipairs(cjson.decode(arg.once)) do
  local stored = codes[one[1]] ~= STALE and redis.call('GET', prefix .. 'idempotent:' .. one[2])
  if not stored then
    -- It was itself a repeat, or is over.
  elseif string.sub(stored, -1) == '|' then codes[one[1]] = STALE
  else redis.call('DEL', prefix .. 'idempotent:' .. one[2]) end
end

-- What is gone from here (a minute that is over, a Redis that has lost it) is not begun again.
local function lower(key, id, by)
  local count = by > 0 and redis.call('HGET', key, id)
  if count then redis.call('HSET', key, id, math.max(0, count - by)) end
end

local place, total = 0, 0
for index, group in ipairs(groups) do
  local requests, units = 0, 0
  for member = 4, #group, 3 do
    place = place + 1
    if codes[place] == ADMIT then
      requests = requests + 1
      units = units + group[member + 1]
    end
  end
  total = total + requests
  lower(minuteKey, ids[index], requests)
  lower(dayKey, ids[index], requests)
  if arg.kind ~= 'primary' then
    -- Its units were reserved elsewhere; the verifier gives them back.
  elseif group[3] == 1 then lower(testKey, ids[index], units)
  else lower(monthKey, accountIds[group[1]], units) end
end

-- Refused requests that are in no job: taken back where they were added.
local isMerged = grain ~= ''
if isMerged then mergeRefusals(codes, groups, ids, accountIds, tonumber(at), tonumber(grain), -1) end
local results, stored = {}, 0
for index, code in ipairs(codes) do
  if isMerged and code ~= ADMIT then code = STALE end
  if code ~= STALE then stored = stored + 1 end
  results[index] = code .. rests[index]
end
if stored > 0 then
  storeJob(arg.queue, 'take-back-verifications', time[1] * 1000, arg.options, decidedBatch(at, table.concat(results, ','), arg))
end
return { 'OK', total }
