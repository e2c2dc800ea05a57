-- Removes states of keys or accounts that have ended. A verifier that asks for one later gets "unknown", and asks
-- Postgres.
--
-- A fill whose states were read before this moment is not written any more (see putStates.lua): it might be older than
-- what is removed here. One that begins after it reads from Postgres what was removed, or what is newer.
--
-- ARGV 1 marker, 2 prefix, 3 `keys` or `accounts`, 4 JSON list of [digest or account's ID, the version that was seen]
-- Returns {'CLOSED'} when the marker is another, else {'OK', how many were removed}.
local marker, prefix, kind, ended = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
redis.call('HINCRBY', state .. 'sweep', 'count', 1)
local removed = 0
for _, one in ipairs(cjson.decode(ended)) do
  if redis.call('HGET', state .. kind, one[1]) == one[2] then
    redis.call('HDEL', state .. kind, one[1], 'state:' .. one[1])
    removed = removed + 1
  end
end
return { 'OK', removed }
