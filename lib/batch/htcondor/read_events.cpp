#include "batch/htcondor/read_events.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr std::array<std::pair<int, CondorEventKind>, 16> kinds{{{0, CondorEventKind::submitted},
                                                                 {1, CondorEventKind::executing},
                                                                 {4, CondorEventKind::evicted},
                                                                 {5, CondorEventKind::terminated},
                                                                 {7, CondorEventKind::shadow_exception},
                                                                 {9, CondorEventKind::aborted},
                                                                 {10, CondorEventKind::suspended},
                                                                 {11, CondorEventKind::resumed},
                                                                 {12, CondorEventKind::held},
                                                                 {13, CondorEventKind::released},
                                                                 {21, CondorEventKind::starter_error},
                                                                 {22, CondorEventKind::disconnected},
                                                                 {23, CondorEventKind::reconnected},
                                                                 {24, CondorEventKind::reconnect_failed},
                                                                 {35, CondorEventKind::factory_submitted},
                                                                 {36, CondorEventKind::factory_removed}}};

CondorEventKind kind_of(int number) {
    for (const auto& [code, kind] : kinds) {
        if (code == number) return kind;
    }
    return CondorEventKind::other;
}

// Takes a number and the character behind it off the front.
template <class Number>
bool take(std::string_view& text, Number& number, char after) {
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    auto length = static_cast<std::size_t>(stop - text.data());
    if (failure != std::errc() || length >= text.size() || *stop != after) return false;
    text.remove_prefix(length + 1);
    return true;
}

std::string_view take_word(std::string_view& text) {
    std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// The number behind `words`, as in "(return value 3)".
std::optional<int> number_after(std::string_view text, std::string_view words) {
    std::size_t at = text.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + words.size());
    int number = 0;
    auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return failure == std::errc() ? std::optional<int>(number) : std::nullopt;
}

// "slot1_2@node7" -> "node7", up to what cannot be in a host's name.
std::string host_of_slot(std::string_view text) {
    std::size_t at = text.find('@');
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + 1);
    std::size_t end =
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
    return std::string(text.substr(0, end));
}

// "<10.0.0.7:9618?addrs=...&alias=node7&...>": the alias, else the address.
std::string host_of_address(std::string_view text) {
    std::size_t open = text.find('<');
    if (open == std::string_view::npos) return {};
    text = text.substr(open + 1, text.find('>', open) - open - 1);
    std::size_t alias = text.find("alias=");
    if (alias != std::string_view::npos) {
        text.remove_prefix(alias + 6);
        return std::string(text.substr(0, text.find('&')));
    }
    return std::string(text.substr(0, text.find_first_of("?")));
}

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(trim(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void read_held(const Lines& body, CondorEvent& event) {
    for (std::string_view line : body) {
        auto code = line.starts_with("Code ") ? number_after(line, "Code ") : std::nullopt;
        if (!code && event.reason.empty()) event.reason = std::string(line);
        if (!code) continue;
        event.hold_code = *code;
        event.hold_subcode = number_after(line, "Subcode ").value_or(0);
    }
}

void read_terminated(const Lines& body, CondorEvent& event) {
    for (std::string_view line : body) {
        if (auto status = number_after(line, "(return value ")) event.status = *status;
        if (auto signal = number_after(line, "(signal ")) event.status = 128 + (*signal & 127);
    }
}

void read_executing(const Lines& body, CondorEvent& event) {
    event.host = host_of_address(event.title);
    for (std::string_view line : body) {
        if (line.starts_with("SlotName: ")) event.host = host_of_slot(line);
    }
}

// "via condor_rm (by user ada)" and perhaps "Job terminated by <address> at ...", which the node has said.
void read_aborted(const Lines& body, CondorEvent& event) {
    for (std::string_view line : body) {
        if (line.starts_with("Job terminated by ")) event.ended_there = true;
        if (event.reason.empty()) event.reason = std::string(line);
    }
}

void read_error(const Lines& body, CondorEvent& event) {
    for (std::string_view line : body) {
        if (line.starts_with("Error from ") || event.kind != CondorEventKind::evicted) {
            if (event.reason.empty()) event.reason = std::string(line);
        }
    }
}

void read_body(const Lines& body, CondorEvent& event) {
    switch (event.kind) {
        case CondorEventKind::submitted:
        case CondorEventKind::factory_submitted:
            if (!body.empty()) event.notes = std::string(body.front());
            break;
        case CondorEventKind::executing: read_executing(body, event); break;
        case CondorEventKind::terminated: read_terminated(body, event); break;
        case CondorEventKind::aborted: read_aborted(body, event); break;
        case CondorEventKind::held: read_held(body, event); break;
        case CondorEventKind::reconnected: event.host = host_of_slot(event.title); break;
        case CondorEventKind::evicted:
        case CondorEventKind::starter_error:
        case CondorEventKind::shadow_exception:
        case CondorEventKind::disconnected:
        case CondorEventKind::reconnect_failed: read_error(body, event); break;
        default: break;
    }
    for (std::string_view line : {std::string_view(event.reason), std::string_view(event.title)}) {
        if (event.host.empty() && line.starts_with("Error from ")) event.host = host_of_slot(line);
    }
}

// "005 (012.003.000) 2026-11-25 16:05:06 Job terminated.", or "11/25 16:05:06", or one word
// "2026-11-25T16:05:06Z".
std::optional<CondorEvent> read_event(std::string_view text) {
    CondorEvent event;
    std::string_view line = text.substr(0, text.find('\n'));
    std::int64_t subproc = 0;
    if (!take(line, event.number, ' ') || !line.starts_with('(')) return std::nullopt;
    line.remove_prefix(1);
    if (!take(line, event.job.cluster, '.') || !take(line, event.job.proc, '.')) return std::nullopt;
    if (!take(line, subproc, ')') || !line.starts_with(' ')) return std::nullopt;
    line.remove_prefix(1);
    event.time = std::string(take_word(line));
    if (event.time.find('T') == std::string::npos) event.time += " " + std::string(take_word(line));
    event.title = std::string(trim(line));
    event.kind = kind_of(event.number);
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    read_body(lines_of(text), event);
    return event;
}

}  // namespace

EventsRead read_events(std::string_view text) {
    constexpr std::string_view last_line = "...\n";
    EventsRead result;
    std::size_t line = 0;
    while (true) {
        std::size_t end = text.find('\n', line);
        if (end == std::string_view::npos) return result;
        bool ends = text.substr(line, end + 1 - line) == last_line;
        if (ends) {
            auto event = read_event(text.substr(result.used, line - result.used));
            if (event) result.events.push_back({std::move(*event), result.used});
            if (!event) ++result.strange;
            result.used = end + 1;
        }
        line = end + 1;
    }
}

}  // namespace tw
