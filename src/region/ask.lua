-- Stores a question of a verifier that has no Postgres, as a job of the region's workers.
-- ARGV 1 marker, 2 prefix, 3 BullMQ's key prefix of the queue, 4 name of the job, 5 options of the job, 6 the
--      job's data, a JSON object, to which `at`, Unix ms of this Redis's clock, is added
-- Returns {'CLOSED'}, or {'OK'}.
local marker, prefix, queue, name, options, data = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
storeJob(queue, name, now, options, '{"at":' .. string.format('%d', now) .. ',' .. string.sub(data, 2))
return { 'OK' }
