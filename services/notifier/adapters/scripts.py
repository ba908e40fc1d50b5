"""The atomic steps on Redis, as Lua; each is on disk before it answers (`appendfsync always`).

A script that takes a token does nothing and answers 0 once the lease belongs to another token;
one that takes the completion of the log does nothing and answers -1 where there is none.
"""

IF_LEASED = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
"""

IF_COMPLETE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
"""

READY = """
local function make_ready(job, id, due, post, edit)
  local read = redis.call('HMGET', job, 'priority', 'lane', 'since')
  for _, set in ipairs({due, post, edit}) do redis.call('ZREM', set, id) end
  local score = read[1] * 1e13 + read[3]
  redis.call('ZADD', read[2] == 'edit' and edit or post, score, id)
end
"""
"""Due now, behind what is more urgent: milliseconds since 1970 are below 1e13."""

_QUEUE = """
local queued = tonumber(redis.call('HGET', KEYS[5], 'revision') or '0')
if tonumber(ARGV[3]) <= queued then return 1 end
if queued > 0 and redis.call('EXISTS', KEYS[6]) == 0 then
  for i = 9, #ARGV do redis.call('RPUSH', KEYS[7], ARGV[i]) end
end
redis.call('HSET', KEYS[5], 'revision', ARGV[3], 'raw', ARGV[4], 'position', ARGV[5])
redis.call('HSET', KEYS[5], 'priority', ARGV[7], 'lane', ARGV[8])
if redis.call('HDEL', KEYS[5], 'idle') == 1 then redis.call('HDEL', KEYS[5], 'since') end
redis.call('HSETNX', KEYS[5], 'since', ARGV[6])
make_ready(KEYS[5], ARGV[2], KEYS[2], KEYS[3], KEYS[4])
return 1
"""

_QUEUED = "due post edit job lease outbox; ARGV "
_JOB = " id revision raw position now priority lane record...\n"

PUT = f"-- KEYS completion {_QUEUED}-{_JOB}" + READY + IF_COMPLETE + _QUEUE

CLAIM = (
    "-- KEYS completion due post edit, then the lanes to claim from;\n"
    "-- ARGV now lease_ms token jobs_prefix leases_prefix log_prefix\n"
    + READY
    + IF_COMPLETE
    + """
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, 256)) do
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then redis.call('ZREM', KEYS[2], id)
  else make_ready(ARGV[4] .. id, id, KEYS[2], KEYS[3], KEYS[4]) end
end
local function find_first()
  local id, least, lane
  for i = 5, #KEYS do
    local head = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
    if head[1] and (not least or tonumber(head[2]) < least) then
      id, least, lane = head[1], tonumber(head[2]), KEYS[i]
    end
  end
  return id, lane
end
for _ = 1, 16 do
  local id, lane = find_first()
  if not id then return false end
  local lease = ARGV[5] .. id
  redis.call('ZREM', lane, id)
  if redis.call('SET', lease, ARGV[3], 'NX', 'PX', ARGV[2]) then
    redis.call('ZADD', KEYS[2], ARGV[1] + ARGV[2], id)
    redis.call('HDEL', ARGV[4] .. id, 'touched')
    local job = redis.call('HMGET', ARGV[4] .. id, 'raw', 'position', 'since', 'attempts', 'held')
    local entry = redis.call('GET', ARGV[6] .. id) or ''
    return {id, job[1], job[2], job[3], job[4] or '0', entry, job[5] or '0'}
  end
  redis.call('ZADD', KEYS[2], ARGV[1] + redis.call('PTTL', lease), id)
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

_CLAIMED = "-- KEYS lease log job due post edit outbox; ARGV token entry ttl_ms id revision "

_HAS_NEWER = (
    "(tonumber(redis.call('HGET', KEYS[3], 'revision') or '0') > tonumber(ARGV[5])"
    " or redis.call('HEXISTS', KEYS[3], 'touched') == 1)"
)
"""A newer revision was queued since the claim, or something else that a decision depends on."""

WRITE = (
    f"{_CLAIMED} lease_ms now record...\n"
    + IF_LEASED
    + _STORE_ENTRY
    + """
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[4], 'XX', ARGV[7] + ARGV[6], ARGV[4])
for i = 8, #ARGV do redis.call('RPUSH', KEYS[7], ARGV[i]) end
return 1
"""
)

FINISH = (
    f"{_CLAIMED} now priority lane record...\n"
    + READY
    + IF_LEASED
    + _STORE_ENTRY
    + f"if {_HAS_NEWER} then"
    + """
  redis.call('HSET', KEYS[3], 'attempts', '0', 'since', ARGV[6])
  redis.call('HSET', KEYS[3], 'priority', ARGV[7], 'lane', ARGV[8])
  make_ready(KEYS[3], ARGV[4], KEYS[4], KEYS[5], KEYS[6])
else
  redis.call('DEL', KEYS[3])
  for i = 4, 6 do redis.call('ZREM', KEYS[i], ARGV[4]) end
end
for i = 9, #ARGV do redis.call('RPUSH', KEYS[7], ARGV[i]) end
redis.call('DEL', KEYS[1])
return 1
"""
)

DEFER = (
    f"{_CLAIMED} until attempts priority lane idle held record...\n"
    + READY
    + IF_LEASED
    + _STORE_ENTRY
    + f"local is_newer = {_HAS_NEWER}"
    + """
redis.call('HSET', KEYS[3], 'attempts', ARGV[7])
if ARGV[11] == '1' then redis.call('HSET', KEYS[3], 'held', '1') end
if is_newer then
  make_ready(KEYS[3], ARGV[4], KEYS[4], KEYS[5], KEYS[6])
else
  redis.call('HSET', KEYS[3], 'priority', ARGV[8], 'lane', ARGV[9])
  if ARGV[10] == '1' then redis.call('HSET', KEYS[3], 'idle', '1', 'since', ARGV[6]) end
  redis.call('ZADD', KEYS[4], ARGV[6], ARGV[4])
  redis.call('ZREM', KEYS[5], ARGV[4])
  redis.call('ZREM', KEYS[6], ARGV[4])
end
for i = 12, #ARGV do redis.call('RPUSH', KEYS[7], ARGV[i]) end
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

IF_LEASED_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], 15000)
"""

RENEW = "-- KEYS rebuild_lease; ARGV token\n" + IF_LEASED_RENEW + "return 1\n"

REQUEUE = f"-- KEYS rebuild_lease {_QUEUED}token{_JOB}" + READY + IF_LEASED_RENEW + _QUEUE

KEEP = (
    "-- KEYS rebuild_lease log outbox; ARGV token entry ttl_ms serial record...\n"
    + IF_LEASED_RENEW
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
    + IF_LEASED
    + """
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1])
return 1
"""
)
