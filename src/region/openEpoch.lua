-- Agrees on the region's epoch. A Redis that was restarted, restored from a file, failed over or flushed has
-- another run id (or no marker): then a new epoch begins, and everything written in earlier ones is out of
-- sight, so that an old Redis can never speak for the present. States come back from Postgres as they are asked for.
-- ARGV 1 run id, 2 prefix, 3 a fresh epoch. Answers {marker, now}.
local runId, prefix, fresh = ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local marker = redis.call('GET', prefix .. 'region')
if marker and string.sub(marker, 1, #runId + 1) == runId .. '|' then return { marker, now } end
if marker then
  local old = prefix .. string.match(marker, '|(.+)$') .. ':'
  redis.call('UNLINK', old .. 'keys', old .. 'accounts', old .. 'lease')
end
redis.call('SET', prefix .. 'region', runId .. '|' .. fresh)
return { runId .. '|' .. fresh, now }
