-- Takes renders out of what is exact over all regions: a test key's day, an account's month. Runs in the primary
-- region, for verifiers of further ones; verifiers of the primary do the same within admit.lua.
--
-- ARGV 1 marker   `runId|epoch` as the caller's connection knows it
--      2 prefix   of every key
--      3 claims   JSON list of [1 for a test key's day, digest, key's or account's ID, units, limit (-1: none), day];
--                 negative units give back what was taken on that day: the counter of another one is left alone
--      4 batchId  of these claims, or empty: claims that are repeated under it within the hour get the first answer
--      5 deadline Unix ms of this Redis's clock
-- Returns {'CLOSED'} when the marker is another, {'LATE', now} after the deadline, else {'OK', now, results, day}: per
-- claim `granted,used after it`, where granted is 1 or 0, or 2 where this epoch has not seen the key's state: its
-- counters may begin too low. Fill it, then ask again.
local marker, prefix, claims, batchId, deadline = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(deadline) then return { 'LATE', now } end
local date = civilDate(math.floor(time[1] / 86400))
local testKey = prefix .. 'test-renders:day:' .. date
local monthKey = prefix .. 'renders:month:' .. string.sub(date, 1, 7)

local repeated = prefix .. 'reserved:' .. batchId
if batchId ~= '' then
  local first = redis.call('HMGET', repeated, 'results', 'day')
  if first[1] then return { 'OK', now, first[1], first[2] } end
end

local results = {}
for place, claim in ipairs(cjson.decode(claims)) do
  local isTest, digest, id, units, limit, day = claim[1] == 1, claim[2], claim[3], claim[4], claim[5], claim[6]
  local key = isTest and testKey or monthKey
  local used = tonumber(redis.call('HGET', key, id) or 0)
  local granted = 1
  if redis.call('HEXISTS', state .. 'keys', digest) == 0 then granted = 2
  elseif units > 0 and limit >= 0 and used + units > limit then granted = 0
  elseif units < 0 and (isTest and day ~= date or string.sub(day, 1, 7) ~= string.sub(date, 1, 7)) then granted = 0
  else
    used = math.max(0, used + units)
    redis.call('HSET', key, id, used)
    redis.call('EXPIRE', key, (isTest and 40 or 70) * 86400)
  end
  results[place] = granted .. ',' .. used
end
local answer = table.concat(results, ',')
if batchId ~= '' then
  redis.call('HSET', repeated, 'results', answer, 'day', date)
  redis.call('EXPIRE', repeated, 3600)
end
return { 'OK', now, answer, date }
