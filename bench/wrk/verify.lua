-- A resource server asks about a key that it was given.
local common = dofile(debug.getinfo(1, 'S').source:match('^@(.*/)') .. 'common.lua')
done = common.done

function init(args)
  local requests = {}
  for _, key in ipairs(common.keys(args[1])) do
    local body = string.format(
      '{"key":"%s","permission":"renders:write","ip":"203.0.113.7","endpoint":"/image","method":"POST"}', key.value)
    requests[#requests + 1] = wrk.format('POST', '/verify', {
      Authorization = 'Bearer ' .. args[2],
      ['Content-Type'] = 'application/json',
    }, body)
  end
  request = common.rotate(requests)
end
