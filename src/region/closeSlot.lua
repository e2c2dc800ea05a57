-- Closes a slot, so that nothing is added to it any more, and reads it. Safe to repeat: a slot that is closed does not
-- change. ARGV 1 marker, 2 prefix, 3 ID of the slot
-- Returns {'CLOSED'} when the marker is another, else {'OK', batch, …}: each as admit.lua has stored it. None where it
-- was counted before.
--
-- A slot of an earlier epoch is closed: no script has that epoch's marker any more.
local marker, prefix, slot = unpack(ARGV)
if redis.call('GET', prefix .. 'region') ~= marker then return { 'CLOSED' } end
local open = prefix .. string.match(marker, '|(.+)$') .. ':slot'
if redis.call('GET', open) == slot then redis.call('DEL', open) end
local answer = redis.call('LRANGE', prefix .. 'slot:' .. slot, 0, -1)
table.insert(answer, 1, 'OK')
return answer
