#!lua name=zhishou
-- Every change of hot state that must be all or nothing, one function each.
-- Keys of the fold, always in this order: meta, state, packed, due, outbox, claims.

local CHUNK = 1000 -- arguments of one inner call; Lua's stack takes about 8000

local function fence(keys, term)
  local newest = tonumber(redis.call('HGET', keys[1], 'term') or '0')
  if term < newest then
    return redis.error_reply('STALETERM term ' .. term .. ' is over, ' .. newest .. ' leads')
  end
  if term > newest then
    redis.call('HSET', keys[1], 'term', term)
    redis.call('DEL', keys[6])
  end
  return nil
end

-- Reads counted lists out of the flat argument list.
local function reader(args, at)
  return function(width)
    local count = tonumber(args[at])
    local first = at + 1
    at = first + count * width
    return first, at - 1
  end
end

local function in_chunks(command, key, args, first, last)
  while first <= last do
    local stop = math.min(first + CHUNK - 1, last)
    redis.call(command, key, unpack(args, first, stop))
    first = stop + 1
  end
end

local function packed_names(keys)
  local names = {}
  for _, name in ipairs(redis.call('SMEMBERS', keys[3])) do
    names[name] = true
  end
  return names
end

local function put_all(keys, args, first, last, packed)
  local plain = {}
  for i = first, last, 2 do
    if packed[args[i]] then
      redis.call('SET', keys[3] .. ':' .. args[i], args[i + 1])
    else
      plain[#plain + 1] = args[i]
      plain[#plain + 1] = args[i + 1]
    end
  end
  in_chunks('HSET', keys[2], plain, 1, #plain)
end

local function delete_all(keys, args, first, last, packed)
  in_chunks('HDEL', keys[2], args, first, last)
  in_chunks('SREM', keys[6], args, first, last)
  for i = first, last do
    if packed[args[i]] then
      redis.call('DEL', keys[3] .. ':' .. args[i])
      redis.call('SREM', keys[3], args[i])
      packed[args[i]] = nil
    end
  end
end

local function append_all(keys, args, first, last, packed)
  for i = first, last, 2 do
    local name, place = args[i], keys[3] .. ':' .. args[i]
    if not packed[name] then
      redis.call('SADD', keys[3], name)
      redis.call('SET', place, redis.call('HGET', keys[2], name) or '')
      redis.call('HDEL', keys[2], name)
      packed[name] = true
    end
    redis.call('APPEND', place, args[i + 1])
  end
end

local function commit(keys, args)
  local stale = fence(keys, tonumber(args[1]))
  if stale then return stale end
  local stored = tonumber(redis.call('HGET', keys[1], 'seq') or '0')
  if stored ~= tonumber(args[2]) then
    return redis.error_reply('CURSORMOVED stored ' .. stored .. ', expected ' .. args[2])
  end
  local packed = packed_names(keys)
  local next_list = reader(args, 8)
  local first, last = next_list(1)
  delete_all(keys, args, first, last, packed)
  first, last = next_list(2)
  put_all(keys, args, first, last, packed)
  first, last = next_list(2)
  append_all(keys, args, first, last, packed)
  first, last = next_list(2)
  in_chunks('ZADD', keys[4], args, first, last)
  first, last = next_list(1)
  in_chunks('ZREM', keys[4], args, first, last)
  first, last = next_list(1)
  in_chunks('RPUSH', keys[5], args, first, last)
  redis.call('HSET', keys[1], 'incarnation', args[3], 'seq', args[4], 'fact_hash', args[5], 'low_seq', args[6])
  if args[7] ~= '' then redis.call('HSET', keys[1], 'freeze', args[7]) end
  return redis.status_reply('OK')
end

local function take_office(keys, args)
  return fence(keys, tonumber(args[1])) or redis.status_reply('OK')
end

local function reset(keys, args)
  if args[2] == '1' then
    redis.call('HDEL', keys[1], 'term')
  end
  local stale = fence(keys, tonumber(args[1]))
  if stale then return stale end
  for name in pairs(packed_names(keys)) do
    redis.call('DEL', keys[3] .. ':' .. name)
  end
  redis.call('UNLINK', keys[2], keys[3], keys[4], keys[5], keys[6])
  redis.call('HDEL', keys[1], 'incarnation', 'seq', 'fact_hash', 'low_seq', 'freeze')
  return redis.status_reply('OK')
end

-- args: term, then one counted list of names and values
local function fill(keys, args)
  local stale = fence(keys, tonumber(args[1]))
  if stale then return stale end
  local first, last = reader(args, 2)(2)
  put_all(keys, args, first, last, packed_names(keys))
  return redis.status_reply('OK')
end

local function drop_outbox(keys, args)
  local stale = fence(keys, tonumber(args[1]))
  if stale then return stale end
  redis.call('LTRIM', keys[5], args[2], -1)
  return redis.status_reply('OK')
end

-- args: term, effect key, end of the stream, freeze epoch, "1" if the caller may have it already
local function claim(keys, args)
  local stale = fence(keys, tonumber(args[1]))
  if stale then return stale end
  local meta = redis.call('HMGET', keys[1], 'seq', 'freeze')
  if not meta[1] or tonumber(meta[1]) < tonumber(args[3]) then return 0 end
  if tonumber(meta[2] or '0') ~= tonumber(args[4]) then return 0 end
  local fresh = redis.call('SADD', keys[6], args[2])
  if fresh == 1 or args[5] == '1' then return 1 end
  return 0
end

local function load(keys)
  local cursor = redis.call('HMGET', keys[1], 'incarnation', 'seq', 'fact_hash', 'low_seq')
  if not cursor[2] then return {} end
  local appended = {}
  for name in pairs(packed_names(keys)) do
    appended[#appended + 1] = name
    appended[#appended + 1] = redis.call('GET', keys[3] .. ':' .. name) or ''
  end
  return { cursor, redis.call('HGETALL', keys[2]), appended, redis.call('LRANGE', keys[5], 0, -1) }
end

local function get(keys, args)
  local found = {}
  for i, name in ipairs(args) do
    found[i] = redis.call('HGET', keys[2], name) or redis.call('GET', keys[3] .. ':' .. name)
  end
  return found
end

local function queue(keys, args)
  local offset, limit = tonumber(args[1]), tonumber(args[2])
  local page = {}
  if limit > 0 then
    page = redis.call('ZRANGE', keys[4], offset, offset + limit - 1, 'WITHSCORES')
  end
  return { page, redis.call('ZCARD', keys[4]) }
end

local function lease(keys, args)
  local holder = redis.call('GET', keys[1])
  if holder and holder ~= args[1] then return 0 end
  redis.call('SET', keys[1], args[1], 'PX', args[2])
  return 1
end

local function release(keys, args)
  if redis.call('GET', keys[1]) == args[1] then return redis.call('DEL', keys[1]) end
  return 0
end

-- A token bucket on the server's own time; returns the seconds to wait as text, "0" if granted.
local function spend(keys, args)
  local rate, burst = tonumber(args[1]), tonumber(args[2])
  local time = redis.call('TIME')
  local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
  local kept = redis.call('HMGET', keys[1], 'tokens', 'at')
  local tokens = tonumber(kept[1] or burst)
  local passed = math.max(0, now - tonumber(kept[2] or now))
  tokens = math.min(burst, tokens + passed * rate)
  local wait = 0
  if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
  redis.call('HSET', keys[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.17g', now))
  redis.call('PEXPIRE', keys[1], math.ceil((burst / rate + 1) * 1000))
  return string.format('%.17g', wait)
end

redis.register_function('zs_commit', commit)
redis.register_function('zs_take_office', take_office)
redis.register_function('zs_reset', reset)
redis.register_function('zs_fill', fill)
redis.register_function('zs_drop_outbox', drop_outbox)
redis.register_function('zs_claim', claim)
redis.register_function{ function_name = 'zs_load', callback = load, flags = { 'no-writes' } }
redis.register_function{ function_name = 'zs_get', callback = get, flags = { 'no-writes' } }
redis.register_function{ function_name = 'zs_queue', callback = queue, flags = { 'no-writes' } }
redis.register_function('zs_lease', lease)
redis.register_function('zs_release', release)
redis.register_function('zs_spend', spend)
