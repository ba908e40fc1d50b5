"""The atomic steps on Redis, as Lua; each is on disk before it answers (`appendfsync always`).

A script that takes a token does nothing and answers 0 once the lease belongs to another token;
one that takes the completion of the log does nothing and answers -1 where there is none.
"""

_IF_LEASED = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
"""

_IF_COMPLETE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
"""

_QUEUE = """
local queued = tonumber(redis.call('HGET', KEYS[3], 'revision') or '0')
if tonumber(ARGV[3]) <= queued then return 1 end
if queued > 0 and redis.call('EXISTS', KEYS[4]) == 0 then
  for i = 7, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
end
redis.call('HSET', KEYS[3], 'revision', ARGV[3], 'raw', ARGV[4], 'position', ARGV[5])
redis.call('HSETNX', KEYS[3], 'since', ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[6], ARGV[2])
return 1
"""

PUT = (
    "-- KEYS completion due job lease outbox; ARGV - id revision raw position now record...\n"
    + _IF_COMPLETE
    + _QUEUE
)

CLAIM = (
    "-- KEYS completion due; ARGV now lease_ms token jobs_prefix leases_prefix log_prefix\n"
    + _IF_COMPLETE
    + """
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 16)
for _, id in ipairs(due) do
  local lease = ARGV[5] .. id
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then
    redis.call('ZREM', KEYS[2], id)
  elseif redis.call('SET', lease, ARGV[3], 'NX', 'PX', ARGV[2]) then
    redis.call('ZADD', KEYS[2], ARGV[1] + ARGV[2], id)
    local job = redis.call('HMGET', ARGV[4] .. id, 'raw', 'position', 'since', 'attempts')
    return {id, job[1], job[2], job[3], job[4] or '0', redis.call('GET', ARGV[6] .. id) or ''}
  else
    redis.call('ZADD', KEYS[2], ARGV[1] + redis.call('PTTL', lease), id)
  end
end
return false
"""
)

_STORE_ENTRY = """
if ARGV[2] ~= '' then
  if ARGV[3] == '0' then redis.call('SET', KEYS[2], ARGV[2])
  else redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
end
"""

_CLAIMED = "-- KEYS lease log job due outbox; ARGV token entry ttl_ms id revision "

_HAS_NEWER = "tonumber(redis.call('HGET', KEYS[3], 'revision') or '0') > tonumber(ARGV[5])"

WRITE = (
    f"{_CLAIMED} lease_ms now record...\n"
    + _IF_LEASED
    + _STORE_ENTRY
    + """
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[4], ARGV[7] + ARGV[6], ARGV[4])
for i = 8, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
return 1
"""
)

FINISH = (
    f"{_CLAIMED} now record...\n"
    + _IF_LEASED
    + _STORE_ENTRY
    + f"if {_HAS_NEWER} then"
    + """
  redis.call('HSET', KEYS[3], 'attempts', '0', 'since', ARGV[6])
  redis.call('ZADD', KEYS[4], ARGV[6], ARGV[4])
else
  redis.call('DEL', KEYS[3])
  redis.call('ZREM', KEYS[4], ARGV[4])
end
for i = 7, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
redis.call('DEL', KEYS[1])
return 1
"""
)

DEFER = (
    f"{_CLAIMED} until attempts record...\n"
    + _IF_LEASED
    + _STORE_ENTRY
    + f"redis.call('ZADD', KEYS[4], {_HAS_NEWER} and '0' or ARGV[6], ARGV[4])"
    + """
redis.call('HSET', KEYS[3], 'attempts', ARGV[7])
for i = 8, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
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

_IF_LEASED_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], 15000)
"""

RENEW = "-- KEYS rebuild_lease; ARGV token\n" + _IF_LEASED_RENEW + "return 1\n"

REQUEUE = (
    "-- KEYS rebuild_lease due job lease outbox; ARGV token id revision raw position now\n"
    + _IF_LEASED_RENEW
    + _QUEUE
)

KEEP = (
    "-- KEYS rebuild_lease log outbox; ARGV token entry ttl_ms serial record...\n"
    + _IF_LEASED_RENEW
    + """
local known = redis.call('GET', KEYS[2])
if known and (cjson.decode(known).serial or 0) > tonumber(ARGV[4]) then return 1 end
"""
    + _STORE_ENTRY
    + """
for i = 5, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[i]) end
return 1
"""
)

COMPLETE = (
    "-- KEYS rebuild_lease completion; ARGV token completion\n"
    + _IF_LEASED
    + """
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 1
"""
)
