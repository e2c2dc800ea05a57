-- Notes where the next sweep of states continues. ARGV 1 marker, 2 prefix, 3 `keys` or `accounts`, 4 cursor of HSCAN
-- Returns {'CLOSED'} when the marker is another, else {'OK'}.
local marker, prefix, kind, cursor = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
redis.call('HSET', prefix .. string.match(marker, '|(.+)$') .. ':sweep', kind, cursor)
return { 'OK' }
