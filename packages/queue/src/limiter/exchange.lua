-- exchange.lua: one step of the limiter that all processes share, atomic in the queue server. A process hands over the
-- calls that ended and those that wait, and gets back which of the waiting may go now, first come first served. It is one
-- file because the server runs one script, and its parts share one state.
--
-- KEYS: 1 state (packed table), 2 calls let go per quarter of a second (hash), 3 calls let go whose answer isn't stored yet (hash)
-- ARGV: 1 the question, JSON (see limiter-protocol.ts); the answer is JSON too. All times in ms of the server's clock.

local QUARTER = 250
local MINUTE = 60000
-- What may pass between the grant of a call and its arrival, so that two calls a minute apart stay a minute apart.
local JITTER = 50
-- A burst of this share of a minute's quota is let through at once: it makes up for timers that fire late.
local BURST = 0.004
local PROCESS_LIFE = 10000
local STATE_LIFE_S = 2 * 86400
-- Counts that nobody needs any more are dropped this often.
local TIDY = 60000
-- Concurrency: first guess, share that is left after a setback, share of failing calls that is one.
local FIRST_CONCURRENCY, DECREASE, TROUBLE = 32, 0.7, 0.25
-- Found limits: first try at more after this long, longest pause between tries, first step up, largest step.
local PROBE, PROBE_MAX, STEP, STEP_MAX = 60000, 960000, 0.05, 0.5
-- Refusals are a limit's when they come this often in a row after as many calls, give or take this share.
local STREAK, AGREE = 3, 0.02
-- A clock that jumps back by more than this was set.
local CLOCK_STEP = 1000
-- A longer wait is none that anybody means, and the day's quota starts anew within it.
local MAX_DELAY = 86400000
-- Rounds without an answer: from this many on everybody waits, first for so long, at most for so long; then the run ends.
local SILENCE, SILENCE_PAUSE, SILENCE_PAUSE_MAX, SILENCE_END = 3, 1000, 60000, 12
-- A window that slides and is full gets this long to empty a little; who is told to wait longer is at a fixed one's end.
local DRAIN, SHORT_DELAY = 600, 10000

local ask = cjson.decode(ARGV[1])
local now = ask.now
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end

local stored = redis.call('GET', KEYS[1])
local state = stored and cmsgpack.unpack(stored) or {}
local function get(name, otherwise) return state[name] or otherwise end

-- ── the clock: when it was set back, every moment that is kept goes back with it ──
local setBackMs = get('lastNow', now) - now
if setBackMs > CLOCK_STEP then
  for _, name in ipairs({ 'blockedUntil', 'refusedAt', 'setBackAt', 'brokenAt', 'tidyAt' }) do
    if state[name] then state[name] = state[name] - setBackMs end
  end
  for _, meter in ipairs({ 'requests', 'tokens' }) do
    for _, name in ipairs({ '.at', '.probeAt', '.boundAt', '.foundAt' }) do
      if state[meter .. name] then state[meter .. name] = state[meter .. name] - setBackMs end
    end
  end
  for _, process in pairs(state.processes or {}) do process.expiry = process.expiry - setBackMs end
  redis.call('DEL', KEYS[2])
end
state.lastNow = now

-- ── the day: before anything is written, since the question is asked again then ──
local perDay = ask.limits.requestsPerDay
if perDay == cjson.null then perDay = nil end
if perDay and state.day ~= ask.day then
  if ask.dayCount == nil then return cjson.encode({ kind = 'day-count-needed' }) end
  state.day, state.dayCount = ask.day, ask.dayCount
end

-- ── in flight: each process says how many calls it has under way; one that says nothing for long is gone ──
local others = 0
state.processes = state.processes or {}
for name, process in pairs(state.processes) do
  if process.expiry < now then state.processes[name] = nil
  elseif name ~= ask.process then others = others + process.inFlight end
end
local flying = others + ask.inFlight
-- A question that was sent again, because its answer was lost with a connection, has its ends heard already.
local me = state.processes[ask.process]
local isHeard = me and ask.number <= me.number

local ceiling = ask.limits.concurrency
local concurrency = math.min(get('concurrency', FIRST_CONCURRENCY), ceiling)

-- ── quotas of a minute ──
local NAMES = { 'requests', 'tokens' }
local KNOWN = { requests = ask.limits.requestsPerMinute, tokens = ask.limits.inputTokensPerMinute }

local function limitOf(meter)
  local known, found = KNOWN[meter], state[meter .. '.found']
  if known == cjson.null then known = nil end
  if known and found then return math.min(known, found) end
  return known or found
end

-- Pace: `cost` of a minute's `limit` takes this many ms, so that no 60 seconds ever hold more than the limit.
local function paceOf(limit, cost)
  local whole = math.max(cost, limit - limit % cost)
  local burst = math.max(cost, BURST * whole)
  local msEach = (MINUTE + JITTER) / math.max(cost, whole - burst + cost)
  return msEach, (burst - cost) * msEach
end

local function costOf(meter, tokens) return meter == 'requests' and 1 or math.max(1, tokens) end

local function move(meter, ms)
  if state[meter .. '.at'] then state[meter .. '.at'] = state[meter .. '.at'] + ms end
end

local function count(meter, at, amount)
  redis.call('HINCRBY', KEYS[2], meter .. ':' .. math.floor(at / QUARTER), amount)
end

local function countedSince(meter, from)
  local sum, counts = 0, redis.call('HGETALL', KEYS[2])
  for i = 1, #counts, 2 do
    local name, quarter = string.match(counts[i], '^(%a+):(%d+)$')
    if name == meter and tonumber(quarter) >= math.floor(from / QUARTER) then sum = sum + tonumber(counts[i + 1]) end
  end
  return sum
end

-- ── what a refusal teaches ──
local function find(meter, value, delayMs)
  -- The longer a limit holds, the seldomer more is tried.
  local isOld = math.abs(get(meter .. '.held', 0) - value) <= math.max(1, AGREE * value)
  state[meter .. '.probeEvery'] = isOld and math.min(PROBE_MAX, 2 * state[meter .. '.probeEvery']) or PROBE
  state[meter .. '.found'], state[meter .. '.held'] = value, value
  state[meter .. '.foundAt'] = state.refusedAt
  state[meter .. '.probeAt'] = now + state[meter .. '.probeEvery']
  state[meter .. '.step'] = STEP
  -- The pace starts anew where the server's minute does.
  state[meter .. '.at'] = now + delayMs + (delayMs < SHORT_DELAY and DRAIN or 0)
end

local function learn(call, isNew)
  local meter, delayMs = call.meter or 'requests', call.delayMs or MINUTE
  if call.quota then
    if isNew or state[meter .. '.found'] ~= call.quota then find(meter, call.quota, delayMs) end
    return
  end
  -- The server's minute began 60 s before the moment that it names: right for fixed minutes and for sliding ones.
  local from = now - MINUTE + (delayMs < MINUTE and delayMs or 0)
  local counted = math.max(costOf(meter, call.tokens), countedSince(meter, from))
  -- Calls that were under way with the first one refused: each that is refused too makes the count truer.
  if not isNew then counted = math.min(counted, get(meter .. '.seen', counted)) end
  state[meter .. '.seen'] = counted
  if isNew then state[meter .. '.delayMs'] = delayMs end
  if isNew then state[meter .. '.open'] = 1
  elseif state[meter .. '.foundAt'] == state.refusedAt then state[meter .. '.found'] = counted end
end

-- Once the wait is over, the count stands: a limit is what stops us at the same count again and again.
local function conclude(meter)
  if not state[meter .. '.open'] or now < get('blockedUntil', 0) then return end
  local seen, last = state[meter .. '.seen'], state[meter .. '.last']
  local agrees = last and math.abs(seen - last) <= math.max(1, AGREE * seen)
  state[meter .. '.streak'] = agrees and get(meter .. '.streak', 1) + 1 or 1
  state[meter .. '.last'], state[meter .. '.open'] = seen, nil
  if state[meter .. '.streak'] < STREAK then
    if not agrees then state[meter .. '.found'] = nil end
    return
  end
  local isShort = state[meter .. '.delayMs'] < SHORT_DELAY
  find(meter, seen, isShort and 0 or SHORT_DELAY)
  if not isShort then state[meter .. '.at'] = now end
end

-- Nobody answers, again and again: everybody waits, longer and longer, and then somebody should look.
local function noteSilence(call)
  if call.grantedAt <= get('brokenAt', 0) then return end
  state.silence = get('silence', 0) + 1
  state.brokenAt = now
  if state.silence < SILENCE then return end
  local pauseMs = math.min(SILENCE_PAUSE_MAX, SILENCE_PAUSE * 2 ^ (state.silence - SILENCE))
  state.blockedUntil = math.max(get('blockedUntil', 0), now + pauseMs)
end

local function setBack(call)
  if call.grantedAt <= get('setBackAt', 0) then return end
  concurrency = math.max(1, concurrency * DECREASE)
  state.turn = concurrency
  state.setBackAt = now
  state.trouble = 0
end

local function giveBack(call)
  for _, meter in ipairs(NAMES) do
    local limit, cost = limitOf(meter), costOf(meter, call.tokens)
    if limit then move(meter, -cost * paceOf(limit, cost)) end
    count(meter, call.grantedAt, -cost)
  end
  if state.day == ask.day then state.dayCount = math.max(0, get('dayCount', 0) - 1) end
end

local function correctTokens(call)
  local limit = limitOf('tokens')
  if call.usedTokens == nil or call.usedTokens == call.tokens then return end
  local msEach = limit and paceOf(limit, costOf('tokens', call.tokens)) or 0
  move('tokens', (call.usedTokens - call.tokens) * msEach)
  count('tokens', call.grantedAt, call.usedTokens - call.tokens)
end

local busy = flying + #ask.ended >= concurrency / 2
for _, call in ipairs(isHeard and {} or ask.ended) do
  if call.delayMs then call.delayMs = math.min(call.delayMs, MAX_DELAY) end
  local troubled = call['end'] == 'overloaded' or call['end'] == 'broken'
  if call['end'] == 'unsent' then
    giveBack(call)
  elseif call['end'] == 'refused' then
    giveBack(call)
    local isNew = call.grantedAt > get('refusedAt', 0)
    if isNew then state.refusedAt = now end
    learn(call, isNew)
    setBack(call)
  else
    correctTokens(call)
  end
  if call.delayMs and (call['end'] == 'refused' or call['end'] == 'overloaded') then
    state.blockedUntil = math.max(get('blockedUntil', 0), now + call.delayMs)
  end
  if call['end'] == 'answered' or troubled then
    state.trouble = 0.95 * get('trouble', 0) + (troubled and 0.05 or 0)
    if state.trouble > TROUBLE then setBack(call) end
  end
  if troubled then noteSilence(call)
  elseif call['end'] ~= 'unsent' then state.silence = 0 end
  if call['end'] == 'answered' and busy then
    concurrency = concurrency + (concurrency < get('turn', ceiling) and 1 or 1 / concurrency)
  end
end
concurrency = math.min(concurrency, ceiling)

-- ── more than was found, now and then: limits grow too ──
local function probe(meter)
  local found = state[meter .. '.found']
  if not found or now < state[meter .. '.probeAt'] then return end
  state[meter .. '.probeAt'] = now + PROBE
  if get(meter .. '.boundAt', 0) < now - PROBE then return end
  state[meter .. '.found'] = math.max(found + 1, math.floor(found * (1 + state[meter .. '.step'])))
  state[meter .. '.step'] = math.min(STEP_MAX, state[meter .. '.step'] * 2)
end

-- Ms until the pace lets this cost go; 0 for now.
local function waitOf(meter, tokens)
  local limit = limitOf(meter)
  if not limit then return 0 end
  local cost = costOf(meter, tokens)
  local msEach, slack = paceOf(limit, cost)
  local wait = get(meter .. '.at', 0) - slack - now
  if wait > 0 then state[meter .. '.boundAt'] = now end
  return math.max(0, wait)
end

local function spend(meter, tokens)
  local limit = limitOf(meter)
  local cost = costOf(meter, tokens)
  if limit then state[meter .. '.at'] = math.max(now, get(meter .. '.at', 0)) + cost * paceOf(limit, cost) end
  count(meter, now, cost)
end

-- ── who may go ──
for _, meter in ipairs(NAMES) do
  conclude(meter)
  probe(meter)
end
local granted, taken, why, waitMs = {}, {}, nil, nil
if get('silence', 0) >= SILENCE_END then why = 'silence' end
for _, call in ipairs(ask.waiting) do
  local paceMs = math.max(waitOf('requests', call.tokens), waitOf('tokens', call.tokens))
  local holder = redis.call('HGET', KEYS[3], call.id)
  if why then break
  elseif get('blockedUntil', 0) > now then why, waitMs = 'server', state.blockedUntil - now
  elseif flying >= math.max(1, math.floor(concurrency)) then why = 'concurrency'
  elseif perDay and get('dayCount', 0) >= perDay then why = 'day'
  elseif paceMs > 0 then why, waitMs = 'pace', paceMs end
  if why then break end
  if holder and holder ~= ask.process then
    -- Let go before, by a process that died or only slept: whoever asks now must not make it again.
    taken[#taken + 1] = call.id
  else
    if not holder then
      spend('requests', call.tokens)
      spend('tokens', call.tokens)
      if perDay then state.dayCount = state.dayCount + 1 end
      redis.call('HSET', KEYS[3], call.id, ask.process)
    end
    granted[#granted + 1] = call.id
    flying = flying + 1
  end
end
if why == 'silence' then state.silence, state.blockedUntil = 0, nil end

state.processes[ask.process] = { inFlight = ask.inFlight + #granted, expiry = now + PROCESS_LIFE, number = ask.number }
state.concurrency = concurrency
for _, id in ipairs(ask.settled) do redis.call('HDEL', KEYS[3], id) end
if now >= get('tidyAt', 0) then
  state.tidyAt = now + TIDY
  for i = 2, 3 do redis.call('EXPIRE', KEYS[i], STATE_LIFE_S) end
  for _, name in ipairs(redis.call('HKEYS', KEYS[2])) do
    if tonumber(string.match(name, '%d+$')) < (now - 2 * MINUTE) / QUARTER then redis.call('HDEL', KEYS[2], name) end
  end
end

redis.call('SET', KEYS[1], cmsgpack.pack(state), 'EX', STATE_LIFE_S)

return cjson.encode({
  kind = 'granted',
  granted = #granted > 0 and granted or nil,
  taken = #taken > 0 and taken or nil,
  now = now,
  why = why,
  waitMs = waitMs,
  inFlight = flying,
  concurrency = math.max(1, math.floor(concurrency)),
  requestsPerMinute = limitOf('requests'),
  inputTokensPerMinute = limitOf('tokens'),
})
