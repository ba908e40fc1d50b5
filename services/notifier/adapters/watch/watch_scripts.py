"""The atomic steps on Redis for alerts and for what people do, as Lua."""

STORE_ALERT = """
-- KEYS alert firing ended places
-- ARGV id revision raw position summary is_over kept_ms most_ended alerts_prefix
local known = redis.call('HGET', KEYS[1], 'revision')
if known and tonumber(known) >= tonumber(ARGV[2]) then return 0 end
local place = redis.call('INCR', KEYS[4])
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'raw', ARGV[3], 'position', ARGV[4])
redis.call('HSET', KEYS[1], 'summary', ARGV[5], 'place', place)
local is_over = ARGV[6] == '1'
redis.call('ZREM', is_over and KEYS[2] or KEYS[3], ARGV[1])
redis.call('ZADD', is_over and KEYS[3] or KEYS[2], place, ARGV[1])
if is_over then redis.call('PEXPIRE', KEYS[1], ARGV[7]) else redis.call('PERSIST', KEYS[1]) end
local excess = redis.call('ZCARD', KEYS[3]) - tonumber(ARGV[8])
if excess > 0 then
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, math.min(excess, 100) - 1)) do
    redis.call('DEL', ARGV[9] .. id)
    redis.call('ZREM', KEYS[3], id)
  end
end
return known and 1 or 2
"""
"""0: not newer than what is kept; 1: newer; 2: the alert was not known."""

_KEEP = """
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4])
redis.call('INCR', KEYS[4])
for i = 7, #ARGV do redis.call('RPUSH', KEYS[5], ARGV[i]) end
return 1
"""

_KNOWN = """
local known = redis.call('GET', KEYS[2])
local serial = known and cjson.decode(known).serial or 0
"""

_RECORD = "-- KEYS completion record ends version outbox; ARGV serial record kept_ms id ends trim "

PUT_RECORD = (
    f"{_RECORD} outbox_record...\n"
    "if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end\n"
    + _KNOWN
    + "if serial + 1 ~= tonumber(ARGV[1]) then return 0 end\n"
    + _KEEP
)

RESTORE_RECORD = (
    f"{_RECORD}\n" + _KNOWN + "if serial >= tonumber(ARGV[1]) then return 0 end\n" + _KEEP
)

TOUCH_WAITING = """
-- KEYS due; ARGV now jobs_prefix leases_prefix
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('EXISTS', ARGV[3] .. id) == 1 then
    redis.call('HSET', ARGV[2] .. id, 'touched', '1')
  else
    redis.call('ZADD', KEYS[1], ARGV[1], id)
  end
end
return 1
"""
"""Every job that waits is decided again; one that is claimed, once its claim has ended."""

TOUCH_ALERT = """
-- KEYS due post edit job lease log; ARGV id now revision raw position priority lane
if redis.call('EXISTS', KEYS[4]) == 0 then
  if redis.call('EXISTS', KEYS[6]) == 0 then return 0 end
  redis.call('HSET', KEYS[4], 'revision', ARGV[3], 'raw', ARGV[4], 'position', ARGV[5])
  redis.call('HSET', KEYS[4], 'priority', ARGV[6], 'lane', ARGV[7], 'since', ARGV[2])
elseif redis.call('EXISTS', KEYS[5]) == 1 then
  redis.call('HSET', KEYS[4], 'touched', '1')
  return 1
end
for i = 2, 3 do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
"""
"""The alert is decided again at a receiver that has it queued, or in its log."""
