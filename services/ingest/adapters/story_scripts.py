"""The scripts of stories on Redis. Each takes many reports and costs the same for every one.

Keys: `i` + identity is the story of an identity; `s` + story its header and what its first reports
say; `b` + number + band the stories that have this band, each with its owner and when it came.
"""

from services.ingest.domain.stories.bands import (
    MOST_CANDIDATES,
    MOST_ENTRIES,
    MOST_OF_ONE_OWNER,
)
from services.ingest.domain.stories.join import MOST_CONTENTS
from services.ingest.domain.stories.signature import BAND_SIZE

DIGEST_SIZE = 16
"""Bytes that identities, stories and owners are hashed to."""

_BANDS = f"""
local function band_keys(packed)
    local keys = {{}}
    for start = 1, #packed, {BAND_SIZE} do
        keys[#keys + 1] = ARGV[1] .. 'b' .. #keys .. ':' ..
            string.sub(packed, start, start + {BAND_SIZE - 1})
    end
    return keys
end
"""

FIND = (
    _BANDS
    + f"""
-- ARGV prefix, then of each report: identity, what it corrects or '', bands
-- returns the time, then of each report: its story or '', {{story, header, contents}} of candidates
local function candidates(packed)
    local shared, names = {{}}, {{}}
    for _, key in ipairs(band_keys(packed)) do
        for _, entry in ipairs(redis.call('LRANGE', key, 0, -1)) do
            local name = string.sub(entry, 1, {DIGEST_SIZE})
            if not shared[name] then names[#names + 1] = name end
            shared[name] = (shared[name] or 0) + 1
        end
    end
    table.sort(names, function(a, b)
        if shared[a] ~= shared[b] then return shared[a] > shared[b] end
        return a < b
    end)
    local found = {{}}
    for index = 1, math.min(#names, {MOST_CANDIDATES}) do
        found[index] = {{names[index], redis.call('LRANGE', ARGV[1] .. 's' .. names[index], 0, -1)}}
    end
    return found
end
local time = redis.call('TIME')
local answer = {{time[1] * 1000000 + time[2]}}
for at = 2, #ARGV, 3 do
    local known = redis.call('GET', ARGV[1] .. 'i' .. ARGV[at])
    if not known and ARGV[at + 1] ~= '' then
        known = redis.call('GET', ARGV[1] .. 'i' .. ARGV[at + 1])
    end
    answer[#answer + 1] = {{known or '', known and {{}} or candidates(ARGV[at + 2])}}
end
return answer
"""
)

FIX = (
    _BANDS
    + f"""
-- ARGV prefix, time of FIND, 1 if it may not ask again, milliseconds of a story, of an identity,
-- then of each report: identity, name of its story, story or '' if it is of what is corrected,
-- its length as found or '' if it is new, header if it is new, content if it adds one, owner, bands
-- returns of each report: its story, or '' if another report came between: ask again
local function is_outdated(story, length, packed)
    if ARGV[3] == '1' or story == '' then return false end
    if length ~= '' then
        return redis.call('LLEN', ARGV[1] .. 's' .. story) ~= tonumber(length)
    end
    for _, key in ipairs(band_keys(packed)) do
        local newest = redis.call('LINDEX', key, -1)
        if newest and tonumber(string.sub(newest, {2 * DIGEST_SIZE + 1})) >= tonumber(ARGV[2]) then
            return true
        end
    end
    return false
end
local function add_entry(key, story, owner, now)
    local entries, own = redis.call('LRANGE', key, 0, -1), {{}}
    for _, entry in ipairs(entries) do
        if string.sub(entry, {DIGEST_SIZE + 1}, {2 * DIGEST_SIZE}) == owner then
            own[#own + 1] = entry
        end
    end
    if #own >= {MOST_OF_ONE_OWNER} then
        redis.call('LREM', key, 1, own[1])
    elseif #entries >= {MOST_ENTRIES} then
        redis.call('LPOP', key)
    end
    redis.call('RPUSH', key, story .. owner .. now)
    redis.call('PEXPIRE', key, ARGV[4])
end
local function found_story(story, header, content, owner, packed)
    local time = redis.call('TIME')
    local now = string.format('%.0f', time[1] * 1000000 + time[2])
    for _, key in ipairs(band_keys(packed)) do add_entry(key, story, owner, now) end
    redis.call('DEL', ARGV[1] .. 's' .. story)
    redis.call('RPUSH', ARGV[1] .. 's' .. story, header, content)
    redis.call('PEXPIRE', ARGV[1] .. 's' .. story, ARGV[4])
end
local function fix(identity, name, story, length, header, content, owner, packed)
    local key = ARGV[1] .. 'i' .. identity
    local known = redis.call('GET', key)
    if known then return known end
    if is_outdated(story, length, packed) then return '' end
    if header ~= '' then
        found_story(story, header, content, owner, packed)
    elseif content ~= '' and redis.call('LLEN', ARGV[1] .. 's' .. story) <= {MOST_CONTENTS} then
        redis.call('RPUSHX', ARGV[1] .. 's' .. story, content)
    end
    redis.call('SET', key, name, 'PX', ARGV[5])
    return name
end
local answer = {{}}
for at = 6, #ARGV, 8 do
    answer[#answer + 1] = fix(unpack(ARGV, at, at + 7))
end
return answer
"""
)
