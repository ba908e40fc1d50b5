"""The atomic steps of groups on Redis, as Lua; otherwise as those of single alerts.

A group has a job, a lease and a log entry under its own id; besides, a hash of its members by
alert id (`REVISION MILLISECONDS ALERT`) and a hash of its state.
"""

from services.notifier.adapters.scripts import IF_COMPLETE, IF_LEASED, IF_LEASED_RENEW, READY

_JOIN = """
local id, revision, now = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[6])
local group, urgent = ARGV[10], ARGV[11]
local job, members, state, pointer = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
if KEYS[9] ~= members then redis.call('HDEL', KEYS[9], id) end
local known = redis.call('HGET', members, id)
if known and tonumber(string.match(known, '^%d+')) >= revision then return 1 end
redis.call('HSET', members, id, ARGV[3] .. ' ' .. ARGV[6] .. ' ' .. ARGV[9])
redis.call('SET', pointer, group)
redis.call('HSETNX', state, 'since', ARGV[6])
redis.call('HINCRBY', state, 'changes', 1)
if redis.call('HDEL', job, 'idle') == 1 then redis.call('HDEL', job, 'since', 'priority') end
redis.call('HSETNX', job, 'since', ARGV[6])
redis.call('HSET', job, 'raw', ARGV[4], 'position', ARGV[5], 'lane', ARGV[8], 'group', '1')
for _, field in ipairs({'priority', 'fresh'}) do
  local known = redis.call('HGET', job, field)
  if not known or tonumber(ARGV[7]) < tonumber(known) then
    redis.call('HSET', job, field, ARGV[7])
  end
end
local flush_at = tonumber(redis.call('HGET', state, 'flush_at') or '0')
local waits = urgent == '0' and flush_at > now and redis.call('ZSCORE', KEYS[2], group)
if not waits then make_ready(job, group, KEYS[2], KEYS[3], KEYS[4]) end
return 1
"""

_ALERT = " id revision raw position now priority lane slim group urgent\n"

JOIN = (
    f"-- KEYS completion due post edit job members state pointer left; ARGV -{_ALERT}"
    + READY
    + IF_COMPLETE
    + _JOIN
)

REJOIN = (
    f"-- KEYS rebuild_lease due post edit job members state pointer left; ARGV token{_ALERT}"
    + READY
    + IF_LEASED_RENEW
    + _JOIN
)

SETTLE = (
    "-- KEYS lease log job due post edit outbox members state;\n"
    "-- ARGV token entry ttl_ms group now until changes since is_timer is_idle attempts\n"
    "-- is_flushed log_prefix pointer_prefix count,\n"
    "-- then for each member: id revision entry ttl_ms leaves; then record...\n"
    + READY
    + IF_LEASED
    + """
local function store(key, entry, ttl)
  if entry == '' then return end
  if ttl == '0' then redis.call('SET', key, entry) else redis.call('SET', key, entry, 'PX', ttl) end
end
store(KEYS[2], ARGV[2], ARGV[3])
local at = 16
for _ = 1, tonumber(ARGV[15]) do
  local id, revision = ARGV[at], tonumber(ARGV[at + 1])
  store(ARGV[13] .. id, ARGV[at + 2], ARGV[at + 3])
  if ARGV[at + 4] == '1' then
    local known = redis.call('HGET', KEYS[8], id)
    if known and tonumber(string.match(known, '^%d+')) <= revision then
      redis.call('HDEL', KEYS[8], id)
      redis.call('DEL', ARGV[14] .. id)
    end
  end
  at = at + 5
end
local function unqueue()
  for i = 4, 6 do redis.call('ZREM', KEYS[i], ARGV[4]) end
end
local changes = tonumber(redis.call('HGET', KEYS[9], 'changes') or '0')
redis.call('HDEL', KEYS[9], 'flush_at')
if ARGV[8] ~= '' then redis.call('HSET', KEYS[9], 'since', ARGV[8]) end
if ARGV[12] == '1' then redis.call('HSET', KEYS[3], 'priority', '3', 'lane', 'post') end
local is_touched = redis.call('HDEL', KEYS[3], 'touched') == 1
if changes > tonumber(ARGV[7]) or is_touched then
  local priority = redis.call('HGET', KEYS[3], 'fresh') or '3'
  redis.call('HSET', KEYS[3], 'attempts', '0', 'priority', priority, 'lane', 'post')
  make_ready(KEYS[3], ARGV[4], KEYS[4], KEYS[5], KEYS[6])
elseif redis.call('HLEN', KEYS[8]) == 0 then
  unqueue()
  redis.call('DEL', KEYS[3], KEYS[9])
elseif ARGV[6] == '0' then
  unqueue()
  redis.call('DEL', KEYS[3])
else
  unqueue()
  redis.call('HSET', KEYS[3], 'attempts', ARGV[11])
  if ARGV[10] == '1' then redis.call('HSET', KEYS[3], 'idle', '1', 'since', ARGV[6]) end
  if ARGV[9] == '1' then redis.call('HSET', KEYS[9], 'flush_at', ARGV[6]) end
  redis.call('ZADD', KEYS[4], ARGV[6], ARGV[4])
end
for i = at, #ARGV do redis.call('RPUSH', KEYS[7], ARGV[i]) end
redis.call('DEL', KEYS[1])
return 1
"""
)
