-- Lets a further region admit requests until a time of its own clock. A lease is never shortened, and belongs to the epoch.
-- ARGV 1 marker, 2 prefix, 3 Unix ms of this Redis's clock
-- Answers {'CLOSED'} when the marker is another, else {'OK'}.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local lease = prefix .. string.match(marker, '|(.+)$') .. ':lease'
if tonumber(redis.call('GET', lease) or 0) < tonumber(ARGV[3]) then redis.call('SET', lease, ARGV[3]) end
return { 'OK' }
