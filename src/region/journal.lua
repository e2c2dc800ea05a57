-- Adds entries to the region's journal: what ended, in the order of Postgres's commits. It outlives epochs. Entries of
-- more than JOURNAL_MS ago leave; the newest one always stays.
-- ARGV 1 marker, 2 prefix, 3 JSON list of entries, each {sequence, id, kind, subject, until, at} as JSON in JSON
-- Returns {'CLOSED'} when the marker is another, {'OLD'} when the region has another entry of the same sequence (then
-- Postgres is not the one that the region has followed, and nothing is added), else {'OK'}.
local marker, prefix, texts = ARGV[1], ARGV[2], cjson.decode(ARGV[3])
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local journal = prefix .. 'journal'

local fresh = {}
for _, text in ipairs(texts) do
  local entry = cjson.decode(text)
  local present = redis.call('ZRANGEBYSCORE', journal, entry.sequence, entry.sequence)[1]
  if not present then
    fresh[#fresh + 1] = string.format('%d', entry.sequence)
    fresh[#fresh + 1] = text
  elseif cjson.decode(present).id ~= entry.id then
    return { 'OLD' }
  end
end
if #fresh == 0 then return { 'OK' } end
redis.call('ZADD', journal, unpack(fresh))

local time = redis.call('TIME')
local since = time[1] * 1000 - JOURNAL_MS
local oldest = redis.call('ZRANGE', journal, 0, 99)
local size = redis.call('ZCARD', journal)
for _, text in ipairs(oldest) do
  if size == 1 or cjson.decode(text).at >= since then break end
  redis.call('ZREM', journal, text)
  size = size - 1
end
return { 'OK' }
