-- Admits or refuses every request of one batch, and stores the batch's usage in the open slot.
-- The one place where a verification is decided: everything here happens at one instant of this
-- Redis's clock, whatever the number of verifiers.
--
-- Its arguments are read by name, as `arg.groups`: admitArgs.ts makes them and says what they are. Codes and other
-- constants come from TypeScript, too (scripts.ts).
--
-- Returns {'CLOSED'} when the marker is another; {'LATE', now} after the deadline, by this Redis's clock: whoever asked
-- has been given up; {'LAPSED'} without a lease where the region needs one; {'TOKENS', now, place, …} where service
-- tokens of the batch have changed; all of these before anything is decided or written. Else {'OK', now, minutes, days,
-- months, results, repeats}: how many had been counted before it, per key in this minute and on this day, per account
-- in this month; and per request `code,minute,day,renders` as counted after it. Where all requests of a key are
-- admitted at once these three are empty, and `results` is empty where that is so for all keys.
-- Repeats are of requests whose Idempotency-Key was there before: place, code, what was stored of the first one, place,
-- … Nothing is counted for these.
--
-- It runs for each batch of the service, and Redis runs nothing else meanwhile: what most batches do not need is
-- decoded, read and written only where it is needed.
local marker = arg.marker
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
local slotKey = state .. 'slot'
local present = redis.call('MGET', prefix .. 'region', fenceKey, state .. 'lease', slotKey, state .. 'leased')
if present[1] ~= marker then return { 'CLOSED' } end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(arg.deadline) then return { 'LATE', now } end
if tonumber(present[2] or 0) >= tonumber(arg.sequence) then return { 'LATE', now } end
if arg.kind ~= 'unleased' then
  if now >= tonumber(present[3] or 0) then return { 'LAPSED' } end
  -- The clock has gone back since the lease was renewed, by more than a lease allows for: it would last too long.
  if now < tonumber(present[5] or 0) - CLOCK_MARGIN then return { 'LAPSED' } end
end
local openSlot = present[4]
local changed = changedTokens(state, arg.tokens)
if #changed > 0 then return { 'TOKENS', now, unpack(changed) } end
-- Elsewhere than in the primary region renders of test keys and of months are counted there: see reserve.lua.
local further = arg.kind ~= 'primary'

local minuteKey, dayKey, testKey, monthKey = counterKeys(now)

local plain, limits = cjson.decode(arg.plain), cjson.decode(arg.limits)
local cached, ids, accountIds = cjson.decode(arg.cached), cjson.decode(arg.keys), cjson.decode(arg.accounts)
local keys, accounts = #ids, #accountIds
local cachedVersions, cachedAccountVersions = cached[2], cached[3]
local haveOneLimit = #limits == 4
-- From this instant on a key that was plain may have expired.
local soonest = tonumber(arg.soonest)
local isPlain = soonest == 0 or now < soonest

local versions = redis.call('HMGET', state .. 'keys', unpack(cached[1]))
local accountVersions = redis.call('HMGET', state .. 'accounts', unpack(accountIds))
-- Each counter hash says last whether it is there.
ids[keys + 1], accountIds[accounts + 1] = FILLER, FILLER
local minutes = redis.call('HMGET', minuteKey, unpack(ids))
local days = redis.call('HMGET', dayKey, unpack(ids))
local monthsBefore = redis.call('HMGET', monthKey, unpack(accountIds))
local hasMinute, hasDay, hasMonth = minutes[keys + 1], days[keys + 1], monthsBefore[accounts + 1]
ids[keys + 1], accountIds[accounts + 1] = nil, nil
minutes[keys + 1], days[keys + 1], monthsBefore[accounts + 1] = nil, nil, nil
local tests
local months = {}
for place = 1, accounts do
  if not monthsBefore[place] then monthsBefore[place] = '0' end
  months[place] = tonumber(monthsBefore[place])
end

local onceAt
local storedNow = {}
if arg.once ~= '[]' then
  onceAt = {}
  for _, one in ipairs(cjson.decode(arg.once)) do onceAt[one[1]] = one end
end

-- `results` and `groups` are there once a key needs a look at each of its requests.
local results, groups
local size, decided, refused, repeats = 0, 0, 0, {}
local minuteWrites, dayWrites, testWrites, monthWrites, monthChanged = {}, {}, {}, {}, {}

for index = 1, keys do
  local first = index * 3 - 2
  local place, count, asked = plain[first], plain[first + 1], plain[first + 2]
  local limit = haveOneLimit and 0 or place * 4 - 4
  local perMinute, perDay, perMonth, hard = limits[limit + 1], limits[limit + 2], limits[limit + 3], limits[limit + 4]
  local stale = versions[index] ~= cachedVersions[index] or accountVersions[place] ~= cachedAccountVersions[place]
  if not minutes[index] then minutes[index] = '0' end
  if not days[index] then days[index] = '0' end
  local inMinute, inDay, inTest = tonumber(minutes[index]), tonumber(days[index]), 0
  local before, testBefore = inMinute, inTest

  -- If the last of them is within every limit, so are those before it.
  if count > 0 and isPlain and not stale
    and (perMinute < 0 or inMinute + count <= perMinute) and (perDay < 0 or inDay + count <= perDay)
    and (asked == 0 or further or hard ~= 1 or perMonth < 0 or months[place] + asked <= perMonth) then
    if results then
      for at = size + 1, size + count do results[at] = ADMITTED end
    end
    size, decided = size + count, decided + count
    inMinute, inDay = inMinute + count, inDay + count
    if asked > 0 and not further then
      months[place] = months[place] + asked
      monthChanged[place] = true
    end
  else
    if not results then
      results, groups = {}, cjson.decode(arg.groups)
      for at = 1, size do results[at] = ADMITTED end
    end
    local group = groups[index]
    local expiresAt, isTest = group[2], group[3] == 1
    if isTest then
      if not tests then
        ids[keys + 1] = FILLER
        tests = redis.call('HMGET', testKey, unpack(ids))
        ids[keys + 1] = nil
      end
      inTest = tonumber(tests[index] or 0)
      testBefore = inTest
    end

    for at = 4, #group, 3 do
      local verdict, units = group[at], group[at + 1]
      local code
      size = size + 1
      local once = onceAt and onceAt[size]
      local onceKey = once and prefix .. 'idempotent:' .. once[2]
      local stored = once and redis.call('GET', onceKey)
      if stored then
        -- A repeat is no new verification, but its key must still be one that may do this.
        if string.sub(stored, 1, #once[3] + 1) ~= once[3] .. '|' then code = CONFLICT
        elseif stale then code = STALE
        elseif verdict == REVOKED or verdict == DELETED then code = verdict
        elseif expiresAt > 0 and now >= expiresAt then code = EXPIRED
        elseif verdict ~= ADMIT and verdict ~= QUOTA and verdict ~= MONTH then code = verdict
        else code = REPEATED end
        -- From now on somebody has been given this decision: it is not taken back any more (takeBack.lua).
        if code == REPEATED and not storedNow[onceKey] then redis.call('APPEND', onceKey, '|') end
        local last = #repeats
        repeats[last + 1], repeats[last + 2], repeats[last + 3] = size, code, string.sub(stored, #once[3] + 2)
        code = STALE
      elseif stale then code = STALE
      elseif verdict == REVOKED or verdict == DELETED then code = verdict
      elseif expiresAt > 0 and now >= expiresAt then code = EXPIRED
      elseif verdict ~= ADMIT then code = verdict
      elseif perMinute >= 0 and inMinute >= perMinute then code = PER_MINUTE
      elseif perDay >= 0 and inDay >= perDay then code = PER_DAY
      elseif further then code = ADMIT
      elseif units > 0 and isTest and inTest + units > TEST_RENDERS_PER_DAY then code = QUOTA
      elseif units > 0 and not isTest and hard == 1 and perMonth >= 0 and months[place] + units > perMonth then code = MONTH
      else code = ADMIT end
      if code == ADMIT then
        inMinute = inMinute + 1
        inDay = inDay + 1
        if further then
          -- Nothing: these units were reserved.
        elseif units > 0 and isTest then
          inTest = inTest + units
        elseif units > 0 then
          months[place] = months[place] + units
          monthChanged[place] = true
        end
      end
      results[size] = string.format('%d,%d,%d,%d', code, inMinute, inDay, isTest and inTest or months[place])
      if code ~= STALE then
        decided = decided + 1
        if code ~= ADMIT then refused = refused + 1 end
        if once then
          redis.call('SET', onceKey, once[3] .. '|' .. once[4] .. ',' .. string.format('%d', now) .. ',' .. results[size], 'EX', ONCE_SECONDS)
          storedNow[onceKey] = true
        end
      end
    end
  end

  if inMinute > before then
    local id, at = ids[index], #minuteWrites
    minuteWrites[at + 1], minuteWrites[at + 2] = id, string.format('%d', inMinute)
    dayWrites[at + 1], dayWrites[at + 2] = id, string.format('%d', inDay)
    if inTest > testBefore then
      at = #testWrites
      testWrites[at + 1], testWrites[at + 2] = id, string.format('%d', inTest)
    end
  end
end
for place in pairs(monthChanged) do
  local at = #monthWrites
  monthWrites[at + 1], monthWrites[at + 2] = accountIds[place], string.format('%d', months[place])
end

-- Redis keeps a hash of few and short fields as a list, in which each look-up is a walk; one long value makes it a
-- table. Its name has its time, so when it expires is said once, as it is made.
local function write(key, pairs, isThere, seconds)
  local size = #pairs
  if size == 0 then return end
  if isThere then
    redis.call('HSET', key, unpack(pairs))
    return
  end
  pairs[size + 1], pairs[size + 2] = FILLER, string.rep('-', 65)
  redis.call('HSET', key, unpack(pairs))
  redis.call('EXPIRE', key, seconds)
end
write(minuteKey, minuteWrites, hasMinute, 120)
write(dayKey, dayWrites, hasDay, 41 * 86400)
write(testKey, testWrites, tests and tests[keys + 1], 41 * 86400)
write(monthKey, monthWrites, hasMonth, 101 * 86400)

local counted = results and table.concat(results, ',') or ''
if decided > 0 then
  local part, stored, grain = arg, counted, ''
  if refused > 0 and isCrowded(counted, openSlot) then
    local codes = {}
    for place, result in ipairs(results) do codes[place] = tonumber(string.match(result, '^%d+')) end
    grain = mergedGrain()
    mergeRefusals(codes, groups, ids, accountIds, now, grain, 1)
    part, stored = admittedPart(codes, results, groups, ids)
  end
  if part then storeInSlot(slotKey, openSlot, now, decidedBatch(now, stored, part)) end
  redis.call('SET', recordKey, arg.sequence .. '|' .. string.format('%d', now) .. '|' .. grain .. '|' .. counted, 'EX', DAY)
end
return { 'OK', now, table.concat(minutes, ','), table.concat(days, ','), table.concat(monthsBefore, ','), counted, repeats }
