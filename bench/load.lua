-- wrk: ask the queries of a file in turn, with a part that never comes twice if there is a marker; report in one line.
-- Arguments: file of request targets (one a line), media type to accept, marker ("" if there is none), where to begin.
local targets, head, tail, count, at, run = {}, {}, {}, 0, 0, ""

function init(args)
  local file, accept, marker = args[1], args[2], args[3]
  at, run = tonumber(args[4]), args[4]
  wrk.headers["Accept"] = accept
  for target in io.lines(file) do
    local request = wrk.format("GET", target)
    count = count + 1
    if marker == "" then
      targets[count] = request
    else
      local first, last = request:find(marker, 1, true)
      head[count], tail[count] = request:sub(1, first - 1) .. run, request:sub(last + 1)
    end
  end
end

function request()
  at = at + 1
  local which = at % count + 1
  return targets[which] or (head[which] .. string.format("%d", at) .. tail[which])
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, latency:percentile(50), latency:percentile(99),
    latency.max))
end
