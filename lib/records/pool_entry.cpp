#include "records/pool_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "records/agent_files.hpp"

namespace tw {

namespace {

constexpr const char* stage = "agent";
constexpr std::size_t backend_digits = 8;

// In the order of PoolEntry::State.
constexpr std::array<std::string_view, 6> words{"wanted", "withdrawn", "begun", "left", "unused", "over"};

bool has_agent(PoolEntry::State state) {
    using State = PoolEntry::State;
    return state == State::begun || state == State::left || state == State::unused;
}

bool is_backend(std::string_view text) {
    auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == backend_digits && std::all_of(text.begin(), text.end(), hex);
}

}  // namespace

std::string pool_entry_name(const PoolEntry& entry) {
    std::string name =
        fmt::format("{}.{}.{}", entry.number, entry.backend, words[static_cast<std::size_t>(entry.state)]);
    return has_agent(entry.state) ? name + "." + entry.agent : name;
}

std::optional<PoolEntry> parse_pool_entry(std::string_view name) {
    auto parts = split(name, '.');
    if (parts.size() < 3 || !is_backend(parts[1])) return std::nullopt;
    // A number as keys have it.
    auto key = AttemptKey::parse(join({parts[0], stage, "0", "1"}, "."));
    auto word = std::find(words.begin(), words.end(), parts[2]);
    if (!key || word == words.end()) return std::nullopt;
    PoolEntry entry{key->incarnation, parts[1], static_cast<PoolEntry::State>(word - words.begin()), ""};
    entry.agent = join({parts.begin() + 3, parts.end()}, ".");
    if (has_agent(entry.state) ? !is_agent_id(entry.agent) : parts.size() > 3) return std::nullopt;
    return entry;
}

std::string pool_backend(const BackendSpec& backend, const std::string& host) {
    std::string text = backend.type;
    if (backend.type == "local") text += " of " + host;
    for (auto& [name, value] : backend.options) text += fmt::format("\n{}={}", name, value);
    return content_hash(text).substr(0, backend_digits);
}

AttemptKey pool_key(std::int64_t number) {
    return {number, stage, 0, 1};
}

}  // namespace tw
