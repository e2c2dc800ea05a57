-- Lets a region admit requests until a time of its own clock. The lease belongs to the epoch. It is shortened only
-- where this clock has gone back: it then ends later than any lease that is given now.
-- ARGV 1 marker, 2 prefix, 3 Unix ms of this Redis's clock from which it is counted, 4 its length in ms, 5 0 to extend
--      only a lease that has not run out
-- Returns {'CLOSED'} when the marker is another, {'LAPSED'} where there was no lease to extend or the clock has gone
-- back since the caller read it, else {'OK'}.
local marker, prefix, sinceText, msText, begins = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
local since, ms = tonumber(sinceText), tonumber(msText)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if since > now then return { 'LAPSED' } end
local until_ = tonumber(redis.call('GET', state .. 'lease') or 0)
if begins == '0' and now >= until_ then return { 'LAPSED' } end
if until_ < since + ms or until_ > now + ms then
  redis.call('SET', state .. 'lease', string.format('%d', since + ms))
end
redis.call('SET', state .. 'leased', string.format('%d', now))
return { 'OK' }
