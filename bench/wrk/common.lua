-- What the scripts share. Arguments after `--`: a file of `keyId value` lines, a service token, a prefix for event ids.
local common = {}

function common.keys(file)
  local keys = {}
  for line in io.lines(file) do
    local id, value = line:match('^(%S+) (%S+)$')
    keys[#keys + 1] = { id = id, value = value }
  end
  return keys
end

-- Gives out ready-made requests in turn, so that the load generator has next to nothing to do.
function common.rotate(requests)
  local at = 0
  return function()
    at = at % #requests + 1
    return requests[at]
  end
end

-- One line of JSON for the caller; latencies in microseconds.
function common.done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"badStatus":%d,"socketErrors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end

return common
