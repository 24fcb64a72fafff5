#include "base/ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace tw {

namespace {

// Numbers of more digits could not be held in 64 bits.
constexpr std::size_t longest_number = 18;
constexpr std::size_t longest_trial_name = 64;
constexpr std::size_t longest_stage_name = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_joiner(char c) {
    return c == '_' || c == '-';
}

bool is_chosen_name(std::string_view id) {
    auto allowed = [](char c) { return is_letter(c) || is_digit(c) || is_joiner(c); };
    return !id.empty() && id.size() <= longest_trial_name && is_letter(id[0]) &&
           std::all_of(id.begin(), id.end(), allowed);
}

// Only as the toolkit writes numbers: no sign, no leading zero.
bool read_number(std::string_view text, std::int64_t& out) {
    if (text.empty() || text.size() > longest_number || !std::all_of(text.begin(), text.end(), is_digit))
        return false;
    if (text.size() > 1 && text[0] == '0') return false;
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

}  // namespace

Status check_trial_id(std::string_view id) {
    if (is_numbered(id) || is_chosen_name(id)) return {};
    Error error{Code::invalid, fmt::format("'{}' cannot be the name of a trial", id)};
    error.hint =
        "six to eighteen digits, or a letter and then letters, digits, '_' and '-', at most 64 characters";
    return fail(error);
}

bool is_trial_id(std::string_view id) {
    return id == "@before" || id == "@after" || check_trial_id(id).has_value();
}

bool is_numbered(std::string_view id) {
    return id.size() >= 6 && id.size() <= longest_number && std::all_of(id.begin(), id.end(), is_digit);
}

TrialId numbered_trial(std::int64_t number) {
    return fmt::format("{:06}", number);
}

Status check_stage_name(std::string_view name) {
    auto allowed = [](char c) { return is_lower(c) || is_digit(c) || is_joiner(c); };
    if (!name.empty() && name.size() <= longest_stage_name && is_lower(name[0]) &&
        std::all_of(name.begin(), name.end(), allowed))
        return {};
    Error error{Code::invalid, fmt::format("'{}' cannot be the name of a stage", name)};
    error.hint = "a small letter and then small letters, digits, '_' and '-', at most 32 characters";
    return fail(error);
}

std::string AttemptKey::name() const {
    return fmt::format("{}.{}.{}.{}", incarnation, stage, task, attempt);
}

Result<AttemptKey> AttemptKey::parse(std::string_view name) {
    const std::vector<std::string> parts = split(name, '.');
    AttemptKey key;
    if (parts.size() != 4 || !read_number(parts[0], key.incarnation) || !check_stage_name(parts[1]) ||
        !read_number(parts[2], key.task) || !read_number(parts[3], key.attempt) || key.incarnation < 1 ||
        key.attempt < 1)
        return fail(Code::invalid, fmt::format("'{}' is not <incarnation>.<stage>.<task>.<attempt>", name));
    key.stage = parts[1];
    return key;
}

std::string make_token(std::string_view experiment_id, std::string_view trial, const AttemptKey& key) {
    const std::string text = fmt::format("{}/{}/{}", experiment_id, trial, key.name());
    std::uint64_t hash = XXH3_64bits(text.data(), text.size());
    std::string token = "t";
    for (int i = 0; i < 13; ++i, hash /= 36) token += "0123456789abcdefghijklmnopqrstuvwxyz"[hash % 36];
    return token;
}

}  // namespace tw
