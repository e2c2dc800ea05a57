-- Confirms that service tokens are in the region as their verifier knows them: for requests that no batch decides.
-- ARGV 1 marker, 2 prefix, 3 [digests, versions], 4 `unleased` where the region needs no lease
-- Returns {'CLOSED'} when the marker is another, {'LAPSED'} without a lease, {'TOKENS', now, place, …} with the places
-- of those that are not, else {'OK', now}.
local marker, prefix, tokens, kind = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if kind ~= 'unleased' and now >= tonumber(redis.call('GET', state .. 'lease') or 0) then return { 'LAPSED' } end
local changed = changedTokens(state, tokens)
if #changed == 0 then return { 'OK', now } end
return { 'TOKENS', now, unpack(changed) }
