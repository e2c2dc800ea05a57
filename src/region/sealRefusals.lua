-- Puts the refused requests that were added up so far aside, so that they can be counted: what comes from now on is
-- added up apart. Safe to repeat. ARGV 1 marker, 2 prefix
-- Returns {'CLOSED'} when the marker is another, else {'OK', the ID of each that is set aside}.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local merged, sealed = prefix .. 'refusals', prefix .. 'refusals:sealed'
local id = redis.call('HGET', merged, 'id')
if id then
  redis.call('RENAME', merged, merged .. ':' .. id)
  redis.call('SADD', sealed, id)
end
local answer = redis.call('SMEMBERS', sealed)
table.insert(answer, 1, 'OK')
return answer
