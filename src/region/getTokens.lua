-- Reads the states of service tokens by digest.
-- ARGV 1 marker, 2 prefix, 3… digests. Returns {'CLOSED'}, or {'OK', state, …} as JSON, with empty strings for what the
-- region does not know.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
local answer = { 'OK' }
for index = 3, #ARGV do
  answer[#answer + 1] = redis.call('HGET', state .. 'tokens', 'state:' .. ARGV[index]) or ''
end
return answer
