-- Lets a region admit requests until a time of its own clock. A lease is never shortened, and belongs to the epoch.
-- ARGV 1 marker, 2 prefix, 3 Unix ms of this Redis's clock, 4 0 to extend only a lease that has not run out
-- Returns {'CLOSED'} when the marker is another, {'LAPSED'} where there was no lease to extend, else {'OK'}.
local marker, prefix, till, begins = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local lease = prefix .. string.match(marker, '|(.+)$') .. ':lease'
local until_ = tonumber(redis.call('GET', lease) or 0)
local time = redis.call('TIME')
if begins == '0' and time[1] * 1000 + math.floor(time[2] / 1000) >= until_ then return { 'LAPSED' } end
if until_ < tonumber(till) then redis.call('SET', lease, till) end
return { 'OK' }
