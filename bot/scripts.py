"""The Lua scripts that Redis runs: each is one atomic step on the keys of one lane or one channel."""

# Compare-and-set of a record with all that belongs to it. Answers:
#   {"ok"} | {"seen"} | {"full"} | {"fenced"} | {"conflict", version, body}
# An empty new version leaves the record as it is (the version is compared all the same).
COMMIT = """
local record, dirty, timers, open, journal, tally, lease, seen, audit, short, begun, letters, noise = unpack(KEYS)
local key, body, line, numbers = unpack(ARGV)
local given = {}
for number in string.gmatch(numbers, '%S+') do given[#given + 1] = number == '-' and '' or number end
local expected, version, ttl, urgency, now, due, is_open = unpack(given)
local kept, tally_ttl, token, seen_ttl, bound, anew, repeats = unpack(given, 8)
local audit_kept, audit_ttl, began, history, to_mail = unpack(given, 15)
if token ~= '' and redis.call('HGET', lease, 'token') ~= token then return {'fenced'} end
if seen_ttl ~= '' and redis.call('EXISTS', seen) == 1 then return {'seen'} end
local known = redis.call('HGET', record, 'v') or '0'
if known ~= expected then return {'conflict', known, redis.call('HGET', record, 'b') or ''} end
if expected == '0' and urgency ~= '' and redis.call('ZCARD', dirty) >= tonumber(bound) then return {'full'} end
if version ~= '' then
  redis.call('HSET', record, 'v', version, 'b', body)
  redis.call('SET', short, key, 'EX', ttl)
  if anew == '1' then redis.call('HDEL', record, 'r', 'h') end
  if urgency == '' then
    redis.call('ZREM', dirty, key)
  else
    local old = redis.call('ZSCORE', dirty, key)
    if not old or math.floor(old / 1e13) ~= tonumber(urgency) then
      redis.call('ZADD', dirty, string.format('%.0f', urgency * 1e13 + now), key)
    end
  end
  if to_mail == '' then redis.call('ZREM', letters, key) else redis.call('ZADD', letters, to_mail, key) end
  if due == '' then redis.call('ZREM', timers, key) else redis.call('ZADD', timers, due, key) end
  if began ~= '' then
    redis.call('ZADD', begun, began, key)
    redis.call('ZREMRANGEBYSCORE', begun, '-inf', now - history * 1000)
    redis.call('EXPIRE', begun, history)
  end
  if is_open == '1' then redis.call('ZADD', open, now, key) else redis.call('ZREM', open, key) end
end
if repeats == '1' then redis.call('HINCRBY', record, 'r', 1) redis.call('HSET', record, 'h', now) end
if version ~= '' or repeats == '1' then redis.call('EXPIRE', record, ttl) end
if line ~= '' then
  redis.call('XADD', journal, 'MAXLEN', '~', kept, '*', 'j', line)
  redis.call('EXPIRE', journal, 1209600)
end
if audit_kept ~= '' then
  redis.call('XADD', audit, 'MAXLEN', '~', audit_kept, '*', 'j', line)
  redis.call('EXPIRE', audit, audit_ttl)
end
for i = 5, #ARGV do
  local count, field = string.match(ARGV[i], '^(%d+) (.*)$')
  local counts = tally
  if string.sub(field, 1, 7) == '=alert|' then
    counts = noise
    if redis.call('HLEN', noise) >= 2000 then -- names from outside fill no memory; what is known is counted on, whole
      local alert, what = string.match(field, '^(.*|)([^|]*)$')
      local counted = redis.call('HMGET', noise, field, alert .. 'opened', alert .. 'pings', alert .. 'people')
      if not (counted[1] or counted[2] or counted[3] or counted[4]) then field = '=alert|...|...|' .. what end
    end
  end
  redis.call('HINCRBY', counts, field, count)
  if counts == noise then redis.call('EXPIRE', noise, 3456000) end
end
if #ARGV >= 5 then redis.call('EXPIRE', tally, tally_ttl) end
if seen_ttl ~= '' then redis.call('SET', seen, 1, 'EX', seen_ttl) end
return {'ok'}
"""

# Take or keep the lease of a lane. Answers the fencing token, or the name of another process that has it.
LEASE = """
local lease, fence = unpack(KEYS)
local owner, ttl = unpack(ARGV)
local holder = redis.call('HGET', lease, 'owner')
if holder and holder ~= owner then return holder end
local token = holder and redis.call('HGET', lease, 'token') or redis.call('INCR', fence)
redis.call('HSET', lease, 'owner', owner, 'token', token)
redis.call('PEXPIRE', lease, ttl)
return tonumber(token)
"""

RELEASE = """
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

# One place in the pace of a channel (GCRA, by Redis' own time). Answers 0 (go) or milliseconds to wait.
# After a 429 the channel has an interval of its own, without bursts, that shortens again with each message that goes.
PACE = """
local pace, slow, hold = unpack(KEYS)
local held = redis.call('PTTL', hold)
if held > 0 then return held end
local interval, burst, ease, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local slower = tonumber(redis.call('GET', slow) or 0)
local step = interval
if slower > interval then step = slower burst = 1 end
local at = tonumber(redis.call('GET', pace) or now)
if at < now then at = now end
local wait = at - now - step * (burst + ahead - 1)
if wait > 0 then return math.ceil(wait) end
redis.call('SET', pace, string.format('%.0f', at + step), 'PX', math.ceil(at + step - now) + 1000)
if slower > interval then redis.call('SET', slow, slower * ease, 'KEEPTTL') end
return 0
"""

# Slack said to wait: nobody posts to the channel before that, and more slowly for a while after it.
HOLD = """
local slow, hold = KEYS[2], KEYS[3]
local wait, interval, slowest, keep = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
redis.call('SET', hold, 1, 'PX', wait)
local slower = tonumber(redis.call('GET', slow) or interval) * 2
redis.call('SET', slow, math.min(slower, slowest), 'PX', keep)
return 1
"""

# One ping within the hour's budget of a channel; the same step asks twice and is counted once.
# Answers 0 (may ping) or the unix milliseconds from which there is room again.
PING = """
local step, limit, hour = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - hour)
if redis.call('ZSCORE', KEYS[1], step) then return 0 end
if redis.call('ZCARD', KEYS[1]) >= limit then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return (first[2] or now) + hour
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), step)
redis.call('PEXPIRE', KEYS[1], hour)
return 0
"""

# A new incident arrives in a channel. Answers those that arrived within the window, this one included.
ARRIVE = """
local key, now, within = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - within)
redis.call('ZADD', KEYS[1], 'NX', now, key)
redis.call('PEXPIRE', KEYS[1], within)
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""
