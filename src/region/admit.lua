-- Admits or refuses every request of one batch, and stores the batch's usage as one metering job.
-- The one place where a verification is decided: everything here happens at one instant of this
-- Redis's clock, whatever the number of verifiers.
--
-- ARGV 1 marker    `runId|epoch` of this region as the caller's connection knows it
--      2 prefix    of every key
--      3 batch     JSON {g: groups, a: accounts}
--                    account [accountId, version, perMinute, perDay, rendersPerMonth, hard]   (-1: unlimited)
--                    group   [digest, version, keyId, account's place, expiresAt, test, plan, units, context, …]
--                    (the last three once per request of that key)
--      4 contexts  JSON list, passed on to the job as it is
--      5 batchId   claimed by the worker, so that the job counts once
--      6 queue     BullMQ's key prefix of the metering queue
--      7 options   JSON, of the job
-- Answers {'CLOSED'} when the marker is another, else {'OK', now, results}: results are per request
-- `code,minute,day,renders,` as counted after it.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'

local ADMIT, STALE, PER_MINUTE, PER_DAY, QUOTA, MONTH, EXPIRED = 0, 1, 2, 3, 4, 5, 6
local REVOKED, DELETED, AUTHENTICATE = 7, 10, 20

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local minute = math.floor(now / 60000)
local date = civilDate(math.floor(now / 86400000))
local minuteKey = prefix .. 'requests:minute:' .. minute
local dayKey = prefix .. 'requests:day:' .. date
local testKey = prefix .. 'test-renders:day:' .. date
local monthKey = prefix .. 'renders:month:' .. string.sub(date, 1, 7)

local batch = cjson.decode(ARGV[3])
local groups, accounts = batch.g, batch.a
local digests, keyIds, accountIds = {}, {}, {}
for index, group in ipairs(groups) do
  digests[index] = group[1]
  keyIds[index] = group[3]
end
for index, account in ipairs(accounts) do accountIds[index] = account[1] end

local versions = redis.call('HMGET', state .. 'key-version', unpack(digests))
local accountVersions = redis.call('HMGET', state .. 'account-version', unpack(accountIds))
local minutes = redis.call('HMGET', minuteKey, unpack(keyIds))
local days = redis.call('HMGET', dayKey, unpack(keyIds))
local tests = redis.call('HMGET', testKey, unpack(keyIds))
local months = redis.call('HMGET', monthKey, unpack(accountIds))
local monthOf, monthChanged = {}, {}
for index = 1, #accounts do monthOf[index] = tonumber(months[index] or 0) end

local results, rows = {}, {}
local minuteWrites, dayWrites, testWrites, monthWrites = {}, {}, {}, {}

for index, group in ipairs(groups) do
  local place, expiresAt, isTest = group[4], group[5], group[6] == 1
  local account = accounts[place]
  local perMinute, perDay, perMonth, hard = account[3], account[4], account[5], account[6] == 1
  local stale = versions[index] ~= group[2] or accountVersions[place] ~= account[2]
  local inMinute, inDay = tonumber(minutes[index] or 0), tonumber(days[index] or 0)
  local inTest = tonumber(tests[index] or 0)
  local before, testBefore = inMinute, inTest
  local rowOf = {}

  for at = 7, #group, 3 do
    local plan, units, context = group[at], group[at + 1], group[at + 2]
    local code
    if stale then code = STALE
    elseif plan == REVOKED or plan == DELETED then code = plan
    elseif expiresAt > 0 and now >= expiresAt then code = EXPIRED
    elseif plan ~= ADMIT then code = plan
    elseif perMinute >= 0 and inMinute >= perMinute then code = PER_MINUTE
    elseif perDay >= 0 and inDay >= perDay then code = PER_DAY
    elseif units > 0 and isTest and inTest + units > TEST_RENDERS_PER_DAY then code = QUOTA
    elseif units > 0 and not isTest and hard and perMonth >= 0 and monthOf[place] + units > perMonth then code = MONTH
    else
      code = ADMIT
      inMinute = inMinute + 1
      inDay = inDay + 1
      if units > 0 and isTest then
        inTest = inTest + units
      elseif units > 0 then
        monthOf[place] = monthOf[place] + units
        monthChanged[place] = true
      end
    end

    local size = #results
    results[size + 1] = code
    results[size + 2] = inMinute
    results[size + 3] = inDay
    results[size + 4] = isTest and inTest or monthOf[place]

    if code ~= STALE then
      local name = code .. ':' .. context
      local row = rowOf[name]
      if not row then
        row = { group[3], place - 1, context, code, 0, 0, group[6] }
        rowOf[name] = row
        rows[#rows + 1] = row
      end
      row[5] = row[5] + 1
      if code == ADMIT then row[6] = row[6] + units end
    end
  end

  if inMinute > before then
    minuteWrites[#minuteWrites + 1] = group[3]
    minuteWrites[#minuteWrites + 1] = inMinute
    dayWrites[#dayWrites + 1] = group[3]
    dayWrites[#dayWrites + 1] = inDay
  end
  if inTest > testBefore then
    testWrites[#testWrites + 1] = group[3]
    testWrites[#testWrites + 1] = inTest
  end
end
for place in pairs(monthChanged) do
  monthWrites[#monthWrites + 1] = accountIds[place]
  monthWrites[#monthWrites + 1] = monthOf[place]
end

local function write(key, pairs, seconds)
  if #pairs == 0 then return end
  redis.call('HSET', key, unpack(pairs))
  redis.call('EXPIRE', key, seconds)
end
write(minuteKey, minuteWrites, 120)
write(dayKey, dayWrites, 40 * 86400)
write(testKey, testWrites, 40 * 86400)
write(monthKey, monthWrites, 70 * 86400)

if #rows > 0 then
  local queue = ARGV[6]
  local data = '{"batchId":"' .. ARGV[5] .. '","at":' .. string.format('%d', now)
    .. ',"contexts":' .. ARGV[4] .. ',"accounts":' .. cjson.encode(accountIds) .. ',"rows":' .. cjson.encode(rows) .. '}'
  addStandardJob(
    { queue .. 'wait', queue .. 'paused', queue .. 'meta', queue .. 'id', queue .. 'completed', queue .. 'delayed',
      queue .. 'active', queue .. 'events', queue .. 'marker' },
    { cmsgpack.pack({ queue, '', 'roll-up-verifications', now }), data, cmsgpack.pack(cjson.decode(ARGV[7])) }
  )
end
return { 'OK', now, table.concat(results, ',') }
