-- Writes key and account states, never an older over a newer one, and starts counters from what Postgres
-- knows was admitted when it knows more than this Redis does.
--
-- ARGV 1 marker   `runId|epoch` as the caller's connection knows it
--      2 prefix   of every key
--      3 states   JSON list of {digest, keyId, keyVersion, key, accountId, accountVersion, account, seed}; key and
--                 account are JSON in JSON, kept as they are (Lua would write an empty list as an object)
--      4 sweeps   how often states had been removed when the caller read these (see dropStates.lua)
-- Returns {'CLOSED'} when the marker is another, {'SWEPT'} when states were removed since, else {'OK', now}.
local marker, prefix, states, sweeps = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'

if (redis.call('HGET', state .. 'sweep', 'count') or '0') ~= sweeps then return { 'SWEPT' } end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local date = civilDate(math.floor(now / 86400000))

local function put(kind, id, version, value)
  local stored = redis.call('HGET', state .. kind, id)
  if stored and tonumber(stored) >= version then return end
  redis.call('HSET', state .. kind, id, version, 'state:' .. id, value)
end

local function raise(key, id, count, seconds)
  if count == 0 or tonumber(redis.call('HGET', key, id) or 0) >= count then return end
  redis.call('HSET', key, id, count)
  redis.call('EXPIRE', key, seconds)
end

for _, loaded in ipairs(cjson.decode(states)) do
  local seed = loaded.seed
  put('keys', loaded.digest, loaded.keyVersion, loaded.key)
  put('accounts', loaded.accountId, loaded.accountVersion, loaded.account)
  if seed.day == date then
    raise(prefix .. 'requests:day:' .. date, loaded.keyId, seed.requests, 40 * 86400)
    raise(prefix .. 'test-renders:day:' .. date, loaded.keyId, seed.renders, 40 * 86400)
  end
  if string.sub(seed.month, 1, 7) == string.sub(date, 1, 7) then
    raise(prefix .. 'renders:month:' .. string.sub(date, 1, 7), loaded.accountId, seed.accountRenders, 70 * 86400)
  end
end
return { 'OK', now }
