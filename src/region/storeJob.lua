-- Adds a job to a queue, by BullMQ's own script (see scripts.ts).
local function storeJob(queue, name, now, options, data)
  addStandardJob(
    { queue .. 'wait', queue .. 'paused', queue .. 'meta', queue .. 'id', queue .. 'completed', queue .. 'delayed',
      queue .. 'active', queue .. 'events', queue .. 'marker' },
    { cmsgpack.pack({ queue, '', name, now }), data, cmsgpack.pack(cjson.decode(options)) }
  )
end
