#include "records/event_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace tw {

namespace {

// A file name has room for 255 bytes; nobody needs more of a host name to find the machine.
constexpr std::size_t longest_host = 64;
constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

char letter_of(SpoolKind kind) {
    switch (kind) {
        case SpoolKind::exit: return 'x';
        case SpoolKind::blocked: return 'b';
        case SpoolKind::timeout: return 't';
        case SpoolKind::infra: return 'i';
        case SpoolKind::evicted: return 'e';
        case SpoolKind::bell: return 'r';
    }
    return '?';
}

std::optional<SpoolKind> kind_of(std::string_view letter) {
    for (SpoolKind kind : {SpoolKind::exit, SpoolKind::blocked, SpoolKind::timeout, SpoolKind::infra,
                           SpoolKind::evicted, SpoolKind::bell})
        if (letter.size() == 1 && letter[0] == letter_of(kind)) return kind;
    return {};
}

std::string file_name_host(std::string_view host) {
    std::string name(host.substr(0, longest_host));
    for (char& c : name)
        if (host_letters.find(c) == std::string_view::npos) c = '-';
    return name;
}

bool is_nonce(std::string_view text) {
    auto allowed = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    return !text.empty() && text != "tmp" && std::all_of(text.begin(), text.end(), allowed);
}

// As it is written: no sign, no leading zero.
template <class Number>
bool read_whole(std::string_view text, Number& out) {
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, out);
    if (text.size() > 1 && text[0] == '0') return false;
    return !text.empty() && text[0] != '-' && failure == std::errc() && stop == end;
}

bool parse_bell(const std::vector<std::string>& parts, SpoolEvent& event) {
    if (parts.size() != 3 || !is_nonce(parts[2])) return false;
    if (!is_trial_id(parts[1]) && parts[1] != "@experiment") return false;
    event.trial = parts[1];
    event.nonce = parts[2];
    return true;
}

// The host may contain dots: it is what stands between the marker and the nonce.
bool parse_attempt_event(const std::vector<std::string>& parts, SpoolEvent& event) {
    if (parts.size() < 10 || !is_trial_id(parts[1]) || !is_nonce(parts.back())) return false;
    auto key = AttemptKey::parse(join({parts[2], parts[3], parts[4], parts[5]}, "."));
    if (!key || !read_whole(parts[6], event.rc) || (parts[7] != "0" && parts[7] != "1")) return false;
    event.trial = parts[1];
    event.key = *key;
    event.marker = parts[7] == "1";
    event.host = join({parts.begin() + 8, parts.end() - 1}, ".");
    if (event.host != file_name_host(event.host)) return false;
    event.nonce = parts.back();
    return true;
}

}  // namespace

std::string event_name(const SpoolEvent& event) {
    const char letter = letter_of(event.kind);
    if (event.kind == SpoolKind::bell) return fmt::format("{}.{}.{}", letter, event.trial, event.nonce);
    return fmt::format("{}.{}.{}.{}.{}.{}.{}", letter, event.trial, event.key.name(), event.rc,
                       event.marker ? 1 : 0, file_name_host(event.host), event.nonce);
}

Result<SpoolEvent> parse_event_name(std::string_view name) {
    const std::vector<std::string> parts = split(name, '.');
    const auto kind = kind_of(parts[0]);
    SpoolEvent event;
    if (kind) event.kind = *kind;
    if (kind && (*kind == SpoolKind::bell ? parse_bell(parts, event) : parse_attempt_event(parts, event)))
        return event;
    return fail(Code::invalid, fmt::format("'{}' is not the name of an event", name));
}

std::string spool_shard(std::string_view trial) {
    if (!is_numbered(trial)) return "00";
    const int last = (trial[trial.size() - 2] - '0') * 10 + (trial.back() - '0');
    return fmt::format("{:02}", last % 16);
}

bool is_temporary(std::string_view name) {
    return name.empty() || name[0] == '.' || name.ends_with(".tmp") || name.back() == '~';
}

Result<Claim> parse_claim(std::string_view text) {
    if (text.empty() || text.back() != '\n')
        return fail(Code::not_yet, "the claim is not written to its end");
    text.remove_suffix(1);
    Claim claim;
    if (text == "void") {
        claim.voided = true;
        return claim;
    }
    const std::vector<std::string> parts = split(text, ' ');
    auto control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (std::any_of(text.begin(), text.end(), control) || parts.size() != 5 || parts[0].empty() || parts[1].empty() || !read_whole(parts[2], claim.pid) ||
        !read_whole(parts[3], claim.start_time) || !is_nonce(parts[4]))
        return fail(Code::invalid,
                    "the claim is neither 'void' nor '<host> <boot id> <pid> <start time> <nonce>'");
    claim.host = parts[0];
    claim.boot_id = parts[1];
    claim.nonce = parts[4];
    return claim;
}

}  // namespace tw
