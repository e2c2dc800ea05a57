-- Reads the states of keys by digest, each with its account's.
-- ARGV 1 marker, 2 prefix, 3… digests. Answers {'CLOSED'}, or {'OK', key, account, key, account, …} as JSON,
-- with empty strings for what the region does not know.
local marker, prefix = ARGV[1], ARGV[2]
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local state = prefix .. string.match(marker, '|(.+)$') .. ':'
local answer = { 'OK' }
for index = 3, #ARGV do
  local key = redis.call('HGET', state .. 'keys', 'state:' .. ARGV[index])
  local account = key and redis.call('HGET', state .. 'accounts', 'state:' .. cjson.decode(key).accountId)
  answer[#answer + 1] = account and key or ''
  answer[#answer + 1] = account or ''
end
return answer
