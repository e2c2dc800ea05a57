-- A proxy asks about a request that carries its own key.
local common = dofile(debug.getinfo(1, 'S').source:match('^@(.*/)') .. 'common.lua')
done = common.done

function init(args)
  local requests = {}
  for _, key in ipairs(common.keys(args[1])) do
    requests[#requests + 1] = wrk.format('GET', '/forward-auth?permission=renders:write', {
      Authorization = 'Bearer ' .. key.value,
    })
  end
  request = common.rotate(requests)
end
