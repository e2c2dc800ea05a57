-- A resource server reports what became of 500 requests at a time, each with an id that was never used before.
local common = dofile(debug.getinfo(1, 'S').source:match('^@(.*/)') .. 'common.lua')
done = common.done

local EVENTS = 500
local keys, headers, prefix
local count, at = 0, 0

function init(args)
  keys, prefix = common.keys(args[1]), args[3]
  headers = { Authorization = 'Bearer ' .. args[2], ['Content-Type'] = 'application/json' }
end

function request()
  local now = os.date('!%Y-%m-%dT%H:%M:%SZ')
  local events = {}
  for index = 1, EVENTS do
    count, at = count + 1, at % #keys + 1
    events[index] = '{"id":"' .. prefix .. '-' .. count .. '","at":"' .. now .. '","keyId":"' .. keys[at].id
      .. '","status":200,"latencyMs":' .. 20 + count % 300 .. ',"ip":"203.0.113.7","endpoint":"/image","method":"POST"}'
  end
  return wrk.format('POST', '/usage/events', headers, '{"events":[' .. table.concat(events, ',') .. ']}')
end
