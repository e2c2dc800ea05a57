-- What admit.lua and confirmTokens.lua have in common.
-- `json`: [digests, versions] of service tokens as their verifier knows them. Returns the places, from 1, of those
-- whose version is not the region's; none as a rule.
local function changedTokens(state, json)
  local changed = {}
  if json == '[]' then return changed end
  local tokens = cjson.decode(json)
  local stored = redis.call('HMGET', state .. 'tokens', unpack(tokens[1]))
  for place, version in ipairs(tokens[2]) do
    if stored[place] ~= version then changed[#changed + 1] = place end
  end
  return changed
end
