#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "records/agent_files.hpp"
#include "records/event_name.hpp"

namespace tw {

namespace {

constexpr std::int64_t mebibyte = 1 << 20, whole_gpu = 1000;
constexpr std::int64_t most_seconds = 1'000'000'000, most_mebibytes = std::int64_t{1} << 40;

// Digits alone, no leading zero, at most `most`.
template <class Number>
bool read_number(const std::string& text, Number& out, std::int64_t most) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    auto [stop, failure] = std::from_chars(text.data(), end, number);
    bool plain = !text.empty() && text[0] != '-' && (text.size() == 1 || text[0] != '0');
    if (!plain || failure != std::errc() || stop != end || number > most) return false;
    out = static_cast<Number>(number);
    return true;
}

std::int64_t whole_up(Seconds duration) {
    double seconds = std::ceil(duration.count());
    return seconds > 0 ? static_cast<std::int64_t>(std::min<double>(seconds, most_seconds)) : 0;
}

std::int64_t gpu_thousandths(const Resources& needs) {
    if (needs.gpus == 1) return std::clamp<std::int64_t>(needs.gpu_share, 1, whole_gpu);
    return std::clamp<std::int64_t>(needs.gpus, 0, 1'000'000) * whole_gpu;
}

bool read_attempt(const std::vector<std::string>& parts, std::size_t first, TrialId& trial, AttemptKey& key) {
    if (parts.size() < first + 5 || !is_trial_id(parts[first])) return false;
    auto read = AttemptKey::parse(
        join({parts[first + 1], parts[first + 2], parts[first + 3], parts[first + 4]}, "."));
    if (!read) return false;
    trial = parts[first];
    key = *read;
    return true;
}

bool read_resources(const std::vector<std::string>& parts, AgentJobName& job) {
    std::int64_t memory = 0, gpus = 0, time = 0, grace = 0;
    constexpr std::int64_t most = 1'000'000'000;
    bool good = read_number(parts[5], job.resources.cpus, most) &&
                read_number(parts[6], memory, most_mebibytes) && read_number(parts[7], gpus, most) &&
                read_number(parts[8], job.resources.nodes, most) &&
                read_number(parts[9], job.resources.ranks, most) &&
                read_number(parts[10], time, most_seconds) && read_number(parts[11], grace, most_seconds);
    bool part = gpus > 0 && gpus < whole_gpu;
    if (!part && gpus % whole_gpu != 0) return false;
    job.resources.gpus = part ? 1 : static_cast<int>(gpus / whole_gpu);
    if (part) job.resources.gpu_share = static_cast<int>(gpus);
    job.resources.memory = memory * mebibyte;
    if (time > 0) job.resources.time = Seconds(static_cast<double>(time));
    job.grace = Seconds(static_cast<double>(grace));
    return good && job.resources.cpus > 0 && job.resources.nodes > 0 && job.resources.ranks > 0;
}

}  // namespace

std::string job_file_name(const AgentJobName& job) {
    const Resources& needs = job.resources;
    std::int64_t memory = std::clamp<std::int64_t>(needs.memory, 0, INT64_MAX - mebibyte);
    return fmt::format("{}.{}.{}.{}.{}.{}.{}.{}.{}", job.trial, job.key.name(), std::max(1, needs.cpus),
                       (memory + mebibyte - 1) / mebibyte, gpu_thousandths(needs), std::max(1, needs.nodes),
                       std::max(1, needs.ranks),
                       needs.time ? std::max<std::int64_t>(1, whole_up(*needs.time)) : 0,
                       whole_up(job.grace));
}

Result<AgentJobName> parse_job_file_name(std::string_view name) {
    auto parts = split(name, '.');
    AgentJobName job;
    if (parts.size() == 12 && read_attempt(parts, 0, job.trial, job.key) && read_resources(parts, job))
        return job;
    return fail(Code::invalid, fmt::format("'{}' is not the name of an agent's job", name));
}

bool is_agent_id(std::string_view name) {
    auto dot = name.rfind('.');
    auto all = [](std::string_view text, bool dash) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [dash](unsigned char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   (dash && c == '-');
        });
    };
    if (dot == name.npos || name.size() > 128 || is_temporary(name)) return false;
    return all(name.substr(0, dot), true) && all(name.substr(dot + 1), false);
}

std::string agent_note_name(const AgentNote& note) {
    switch (note.kind) {
        case AgentNote::Kind::beat: return fmt::format("beat.{}", note.number);
        case AgentNote::Kind::end: return fmt::format("end.{}.{}", note.trial, note.key.name());
        case AgentNote::Kind::kill: return fmt::format("kill.{}.{}", note.trial, note.key.name());
        case AgentNote::Kind::drain: return "drain";
        case AgentNote::Kind::left: return "left";
    }
    return "";
}

std::optional<AgentNote> parse_agent_note(std::string_view name) {
    using Kind = AgentNote::Kind;
    AgentNote note;
    auto parts = split(name, '.');
    if (name == "drain" || name == "left") {
        note.kind = name == "left" ? Kind::left : Kind::drain;
        return note;
    }
    if (parts[0] == "beat" && parts.size() == 2 && read_number(parts[1], note.number, INT64_MAX)) return note;
    if ((parts[0] != "end" && parts[0] != "kill") || parts.size() != 6) return {};
    note.kind = parts[0] == "end" ? Kind::end : Kind::kill;
    if (!read_attempt(parts, 1, note.trial, note.key)) return {};
    return note;
}

}  // namespace tw
