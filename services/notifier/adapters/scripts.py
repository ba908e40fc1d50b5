"""What must happen at once in Redis, as Lua.

Each writes to disk before it answers (`appendfsync always`). A script that takes a token does
nothing, and answers 0, once the lease is not that token's any more; one that takes the mark of a
complete log does nothing, and answers -1, where there is none.
"""

_FENCE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
"""

_MARK = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
"""

_QUEUE = """
local queued = tonumber(redis.call('HGET', KEYS[3], 'revision') or '0')
if tonumber(ARGV[3]) <= queued then return 1 end
if queued > 0 and redis.call('EXISTS', KEYS[4]) == 0 then
  for place = 7, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[place]) end
end
redis.call('HSET', KEYS[3], 'revision', ARGV[3], 'raw', ARGV[4], 'origin', ARGV[5])
redis.call('HSETNX', KEYS[3], 'since', ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[6], ARGV[2])
return 1
"""

PUT = (
    "-- KEYS mark due job lease outbox; ARGV - id revision raw origin now letter...\n"
    + _MARK
    + _QUEUE
)

CLAIM = (
    "-- KEYS mark due; ARGV now lease_ms token jobs_prefix leases_prefix log_prefix\n"
    + _MARK
    + """
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 16)
for _, id in ipairs(due) do
  local lease = ARGV[5] .. id
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then
    redis.call('ZREM', KEYS[2], id)
  elseif redis.call('SET', lease, ARGV[3], 'NX', 'PX', ARGV[2]) then
    redis.call('ZADD', KEYS[2], ARGV[1] + ARGV[2], id)
    local job = redis.call('HMGET', ARGV[4] .. id, 'raw', 'origin', 'since', 'attempts')
    return {id, job[1], job[2], job[3], job[4] or '0', redis.call('GET', ARGV[6] .. id) or ''}
  else
    redis.call('ZADD', KEYS[2], ARGV[1] + redis.call('PTTL', lease), id)
  end
end
return false
"""
)

_KEEP = """
if ARGV[2] ~= '' then
  if ARGV[3] == '0' then redis.call('SET', KEYS[2], ARGV[2])
  else redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
end
"""

WRITE = (
    "-- KEYS lease log due outbox; ARGV token entry ttl_ms id lease_ms now letter...\n"
    + _FENCE
    + _KEEP
    + """
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[3], ARGV[6] + ARGV[5], ARGV[4])
for place = 7, #ARGV do redis.call('RPUSH', KEYS[4], ARGV[place]) end
return 1
"""
)

DONE = (
    "-- KEYS lease job due outbox; ARGV token id revision now letter...\n"
    + _FENCE
    + """
if tonumber(redis.call('HGET', KEYS[2], 'revision') or '0') > tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[2], 'attempts', '0', 'since', ARGV[4])
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
else
  redis.call('DEL', KEYS[2])
  redis.call('ZREM', KEYS[3], ARGV[2])
end
for place = 5, #ARGV do redis.call('RPUSH', KEYS[4], ARGV[place]) end
redis.call('DEL', KEYS[1])
return 1
"""
)

LATER = (
    "-- KEYS lease log due job outbox; "
    "ARGV token entry ttl_ms id revision until attempts letter...\n"
    + _FENCE
    + _KEEP
    + """
redis.call('HSET', KEYS[4], 'attempts', ARGV[7])
local newer = tonumber(redis.call('HGET', KEYS[4], 'revision') or '0') > tonumber(ARGV[5])
redis.call('ZADD', KEYS[3], newer and '0' or ARGV[6], ARGV[4])
for place = 8, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[place]) end
redis.call('DEL', KEYS[1])
return 1
"""
)

TRIM = """
-- KEYS lease outbox; ARGV token count
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('LTRIM', KEYS[2], ARGV[2], -1)
redis.call('DEL', KEYS[1])
return 1
"""

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], 15000)
"""

RENEW = "-- KEYS rebuild_lease; ARGV token\n" + _RENEW + "return 1\n"

REQUEUE = (
    "-- KEYS rebuild_lease due job lease outbox; ARGV token id revision raw origin now\n"
    + _RENEW
    + _QUEUE
)

KEEP = (
    "-- KEYS rebuild_lease log outbox; ARGV token entry ttl_ms serial letter...\n"
    + _RENEW
    + """
local known = redis.call('GET', KEYS[2])
if known and (cjson.decode(known).serial or 0) > tonumber(ARGV[4]) then return 1 end
"""
    + _KEEP
    + """
for place = 5, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[place]) end
return 1
"""
)

COMPLETE = (
    "-- KEYS rebuild_lease mark; ARGV token completion\n"
    + _FENCE
    + """
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 1
"""
)
