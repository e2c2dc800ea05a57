-- Admits or refuses every request of one batch, and stores the batch's usage as one metering job.
-- The one place where a verification is decided: everything here happens at one instant of this
-- Redis's clock, whatever the number of verifiers.
--
-- Its arguments are read by name, as `arg.groups`: admitArgs.ts makes them and says what they are. Codes and other
-- constants come from TypeScript, too (scripts.ts).
--
-- Returns {'CLOSED'} when the marker is another; {'LATE', now} after the deadline, by this Redis's clock: whoever asked
-- has been given up; {'LAPSED'} without a lease where the region needs one; {'TOKENS', now, place, …} where service
-- tokens of the batch have changed; all of these before anything is decided or written. Else {'OK', now, results,
-- repeats}: results are per request `code,minute,day,renders` as counted after it.
-- Repeats are of requests whose Idempotency-Key was there before: place, code, what was stored of the first one, place,
-- … Nothing is counted for these.
local marker = arg.marker
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(arg.deadline) then return { 'LATE', now } end
if tonumber(redis.call('GET', fenceKey) or 0) >= tonumber(arg.sequence) then return { 'LATE', now } end
if arg.kind ~= 'unleased' and now >= tonumber(redis.call('GET', state .. 'lease') or 0) then return { 'LAPSED' } end
local changed = changedTokens(state, arg.tokens)
if #changed > 0 then return { 'TOKENS', now, unpack(changed) } end
-- Elsewhere than in the primary region renders of test keys and of months are counted there: see reserve.lua.
local further = arg.kind ~= 'primary'

local minuteKey, dayKey, testKey, monthKey = counterKeys(now)

local groups, limits = cjson.decode(arg.groups), cjson.decode(arg.limits)
local keys, accounts = #groups, #limits
local cached, ids, accountIds = cjson.decode(arg.cached), cjson.decode(arg.keys), cjson.decode(arg.accounts)
local cachedVersions, cachedAccountVersions = cached[2], cached[3]

local versions = redis.call('HMGET', state .. 'keys', unpack(cached[1]))
local accountVersions = redis.call('HMGET', state .. 'accounts', unpack(accountIds))
local minutes = redis.call('HMGET', minuteKey, unpack(ids))
local days = redis.call('HMGET', dayKey, unpack(ids))
local months = redis.call('HMGET', monthKey, unpack(accountIds))
local tests
for place = 1, accounts do months[place] = tonumber(months[place] or 0) end

local onceAt
local storedNow = {}
if arg.once ~= '[]' then
  onceAt = {}
  for _, one in ipairs(cjson.decode(arg.once)) do onceAt[one[1]] = one end
end

local results, size, decided, refused, repeats = {}, 0, 0, 0, {}
local minuteWrites, dayWrites, testWrites, monthWrites, monthChanged = {}, {}, {}, {}, {}

for index, group in ipairs(groups) do
  local place, expiresAt, isTest = group[1], group[2], group[3] == 1
  local perMinute, perDay, perMonth, hard = unpack(limits[place])
  local stale = versions[index] ~= cachedVersions[index] or accountVersions[place] ~= cachedAccountVersions[place]
  local inMinute, inDay, inTest = tonumber(minutes[index] or 0), tonumber(days[index] or 0), 0
  if isTest then
    tests = tests or redis.call('HMGET', testKey, unpack(ids))
    inTest = tonumber(tests[index] or 0)
  end
  local before, testBefore = inMinute, inTest

  for at = 4, #group, 3 do
    local verdict, units = group[at], group[at + 1]
    local code
    size = size + 1
    local once = onceAt and onceAt[size]
    local onceKey = once and prefix .. 'idempotent:' .. once[2]
    local first = once and redis.call('GET', onceKey)
    if first then
      -- A repeat is no new verification, but its key must still be one that may do this.
      if string.sub(first, 1, #once[3] + 1) ~= once[3] .. '|' then code = CONFLICT
      elseif stale then code = STALE
      elseif verdict == REVOKED or verdict == DELETED then code = verdict
      elseif expiresAt > 0 and now >= expiresAt then code = EXPIRED
      elseif verdict ~= ADMIT and verdict ~= QUOTA and verdict ~= MONTH then code = verdict
      else code = REPEATED end
      -- From now on somebody has been given this decision: it is not taken back any more (takeBack.lua).
      if code == REPEATED and not storedNow[onceKey] then redis.call('APPEND', onceKey, '|') end
      local last = #repeats
      repeats[last + 1], repeats[last + 2], repeats[last + 3] = size, code, string.sub(first, #once[3] + 2)
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

  if inMinute > before then
    local id, at = ids[index], #minuteWrites
    minuteWrites[at + 1], minuteWrites[at + 2] = id, inMinute
    dayWrites[at + 1], dayWrites[at + 2] = id, inDay
    if inTest > testBefore then
      at = #testWrites
      testWrites[at + 1], testWrites[at + 2] = id, inTest
    end
  end
end
for place in pairs(monthChanged) do
  local at = #monthWrites
  monthWrites[at + 1], monthWrites[at + 2] = accountIds[place], months[place]
end

-- Redis keeps a hash of few and short fields as a list, in which each look-up is a walk; one long value makes it a
-- table.
local LONG = string.rep('-', 65)
local function write(key, pairs, seconds)
  local size = #pairs
  if size == 0 then return end
  pairs[size + 1], pairs[size + 2] = FILLER, LONG
  redis.call('HSET', key, unpack(pairs))
  redis.call('EXPIRE', key, seconds)
end
write(minuteKey, minuteWrites, 120)
write(dayKey, dayWrites, 40 * 86400)
write(testKey, testWrites, 40 * 86400)
write(monthKey, monthWrites, 70 * 86400)

local counted = table.concat(results, ',')
if decided > 0 then
  local part, stored, grain = arg, counted, ''
  if refused > 0 and isCrowded(counted) then
    local codes = {}
    for place, result in ipairs(results) do codes[place] = tonumber(string.match(result, '^%d+')) end
    grain = mergedGrain()
    mergeRefusals(codes, groups, ids, accountIds, now, grain, 1)
    part, stored = admittedPart(codes, results, groups, ids)
  end
  if part then storeBatch('roll-up-verifications', now, now, stored, part) end
  redis.call('SET', recordKey, arg.sequence .. '|' .. string.format('%d', now) .. '|' .. grain .. '|' .. counted, 'EX', DAY)
end
return { 'OK', now, counted, repeats }
