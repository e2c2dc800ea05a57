-- Takes renders out of what is exact over all regions: a test key's day, an account's month. Runs in the primary region, for
-- verifiers of further ones; verifiers of the primary do the same within admit.lua.
--
-- ARGV 1 marker   `runId|epoch` as the caller's connection knows it
--      2 prefix   of every key
--      3 claims   JSON list of [1 for a test key's day, digest, key's or account's ID, units, limit (-1: none)]; negative
--                 units give back
-- Answers {'CLOSED'} when the marker is another, else {'OK', results}: per claim `granted,used after it`, where granted is 1 or
-- 0, or 2 where this epoch has not seen the key's state: its counters may begin too low. Fill it, then ask again.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'

local time = redis.call('TIME')
local date = civilDate(math.floor(time[1] / 86400))
local testKey = prefix .. 'test-renders:day:' .. date
local monthKey = prefix .. 'renders:month:' .. string.sub(date, 1, 7)

local results = {}
for place, claim in ipairs(cjson.decode(ARGV[3])) do
  local isTest, digest, id, units, limit = claim[1] == 1, claim[2], claim[3], claim[4], claim[5]
  local key = isTest and testKey or monthKey
  local used = tonumber(redis.call('HGET', key, id) or 0)
  local granted = 1
  if redis.call('HEXISTS', state .. 'keys', digest) == 0 then granted = 2
  elseif units > 0 and limit >= 0 and used + units > limit then granted = 0
  else
    used = math.max(0, used + units)
    redis.call('HSET', key, id, used)
    redis.call('EXPIRE', key, (isTest and 40 or 70) * 86400)
  end
  results[place] = granted .. ',' .. used
end
return { 'OK', table.concat(results, ',') }
