-- Begins a new epoch, unless the marker has changed since the caller read it. Everything written in the earlier epoch
-- is out of sight from now on; states come back from Postgres as verifiers ask for them.
-- ARGV 1 prefix, 2 the marker as the caller read it (empty: there was none), 3 the new marker. Returns 1, or 0 where it
-- changed nothing.
local prefix, before, fresh = ARGV[1], ARGV[2], ARGV[3]
local current = redis.call('GET', prefix .. 'region') or ''
if current ~= before then return 0 end
local epoch = string.match(current, '|(.+)$')
if epoch then
  local old = prefix .. epoch .. ':'
  redis.call('UNLINK', old .. 'keys', old .. 'accounts', old .. 'lease', old .. 'leased',
    old .. 'sweep', old .. 'tokens')
end
redis.call('SET', prefix .. 'region', fresh)
return 1
