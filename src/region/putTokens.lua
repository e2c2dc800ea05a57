-- Writes the states of service tokens, never an older over a newer one. None is ever removed: a fill that was read
-- before a revocation finds the newer version, however late it arrives.
-- ARGV 1 marker, 2 prefix, 3 JSON list of [digest, version, state], the state as JSON in JSON
-- Returns {'CLOSED'} when the marker is another, else {'OK'}.
local marker, prefix, states = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local tokens = prefix .. string.match(marker, '|(.+)$') .. ':tokens'
for _, one in ipairs(cjson.decode(states)) do
  local stored = redis.call('HGET', tokens, one[1])
  if not stored or tonumber(stored) < one[2] then redis.call('HSET', tokens, one[1], one[2], 'state:' .. one[1], one[3]) end
end
return { 'OK' }
