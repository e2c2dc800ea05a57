-- Stores a batch of reported events as one metering job, and says which ids it has seen in the last minutes.
-- ARGV 1 marker, 2 prefix, 3 time slot (a number that grows by one every `seconds`), 4 seconds, 5 claim ids (a
--      JSON list), 6 BullMQ's key prefix of the metering queue, 7 options of the job, 8 the job's data
-- Returns {'CLOSED'}, or {'OK', id, …}: the ids already seen. They are only counted for the answer: what decides is
-- the claim in Postgres.
local marker, prefix, slotText, secondsText, ids, queue, options, data = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slot, seconds = tonumber(slotText), tonumber(secondsText)
local current, earlier = prefix .. 'events:seen:' .. slot, prefix .. 'events:seen:' .. (slot - 1)
local answer = { 'OK' }
for _, id in ipairs(cjson.decode(ids)) do
  if redis.call('SISMEMBER', earlier, id) == 1 or redis.call('SADD', current, id) == 0 then answer[#answer + 1] = id end
end
redis.call('EXPIRE', current, 2 * seconds)
storeJob(queue, 'roll-up-events', now, options, data)
return answer
