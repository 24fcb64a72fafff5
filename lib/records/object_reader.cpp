#include "records/object_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace tw {

namespace {

constexpr double longest_seconds = 86400e6;  // as in texts: a million days

}  // namespace

void Mistakes::add(std::string pointer, std::string what, std::string hint) {
    constexpr std::size_t longest_text = 1000;
    if (full()) return;
    bytes += pointer.size() + what.size() + hint.size();
    errors.push_back({Code::invalid, shortened(std::move(what), longest_text), file, std::move(pointer), 0,
                      shortened(std::move(hint), longest_text)});
}

Error Mistakes::first(const std::string& text) const {
    Error error = errors.front();
    error.line = json::line_of(text, error.pointer);
    return error;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& candidates) {
    if (const std::string near = did_you_mean(word, candidates); !near.empty())
        return fmt::format("did you mean '{}'?", near);
    return candidates.empty() ? std::string() : "known: " + join(candidates, ", ");
}

ObjectReader::ObjectReader(const json::Value& value, std::string pointer, Mistakes& mistakes)
    : value_(value), pointer_(std::move(pointer)), mistakes_(mistakes) {
    if (!value_.is_object())
        mistakes_.add(pointer_, fmt::format("must be an object, not {}", json::kind_name(value_)));
}

const json::Value* ObjectReader::find(const std::string& key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    if (!value_.is_object()) return nullptr;
    const auto entry = value_.find(key);
    return entry == value_.end() ? nullptr : &*entry;
}

const json::Value* ObjectReader::require(const std::string& key) {
    const json::Value* found = find(key);
    if (!found && value_.is_object()) mistakes_.add(pointer_, fmt::format("the key '{}' is missing", key));
    return found;
}

std::string ObjectReader::at(const std::string& key) const {
    return pointer_ + "/" + json::escape_pointer(key);
}

void ObjectReader::wrong(const std::string& key, std::string what, std::string hint) {
    mistakes_.add(at(key), std::move(what), std::move(hint));
}

bool ObjectReader::mismatch(const std::string& key, const char* wanted, const json::Value& found) {
    wrong(key, fmt::format("'{}' must be {}, not {}", key, wanted, json::kind_name(found)));
    return false;
}

bool ObjectReader::text(const std::string& key, std::string& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_string()) return mismatch(key, "a string", *found);
    out = found->get<std::string>();
    return true;
}

bool ObjectReader::boolean(const std::string& key, bool& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_boolean()) return mismatch(key, "true or false", *found);
    out = found->get<bool>();
    return true;
}

bool ObjectReader::real(const std::string& key, double& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_number()) return mismatch(key, "a number", *found);
    out = found->get<double>();
    return true;
}

bool ObjectReader::whole(const std::string& key, std::int64_t& out, std::int64_t least, std::int64_t most) {
    const json::Value* found = find(key);
    if (!found) return false;
    std::int64_t number = 0;
    if (!found->is_number()) return mismatch(key, "a whole number", *found);
    if (json::whole_number(*found, number) && number >= least && number <= most) {
        out = number;
        return true;
    }
    wrong(key, fmt::format("'{}' must be a whole number{}, not {}", key,
                           most == INT64_MAX ? fmt::format(" from {}", least)
                                             : fmt::format(" from {} to {}", least, most),
                           found->dump()));
    return false;
}

bool ObjectReader::whole(const std::string& key, int& out, int least) {
    std::int64_t number = 0;
    if (!whole(key, number, least, std::numeric_limits<int>::max())) return false;
    out = static_cast<int>(number);
    return true;
}

bool ObjectReader::natural(const std::string& key, std::uint64_t& out) {
    const json::Value* found = value_.is_object() && value_.contains(key) ? &value_[key] : nullptr;
    if (found && found->is_number_unsigned()) {
        find(key);
        out = found->get<std::uint64_t>();
        return true;
    }
    std::int64_t number = 0;
    if (!whole(key, number, 0)) return false;
    out = static_cast<std::uint64_t>(number);
    return true;
}

bool ObjectReader::plain_seconds(const std::string& key, const json::Value& found, Seconds& out) {
    const double number = found.get<double>();
    const bool right = number >= 0 && number <= longest_seconds;
    if (right) out = Seconds(number);
    if (!right) wrong(key, fmt::format("'{}': {} is not a length of time", key, found.dump()));
    return right;
}

bool ObjectReader::seconds(const std::string& key, Seconds& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_string() && !found->is_number())
        return mismatch(key, "seconds or a text such as \"1h30m\"", *found);
    if (found->is_number()) return plain_seconds(key, *found, out);
    const auto read = parse_duration(found->get<std::string>());
    if (read) out = *read;
    if (!read) wrong(key, fmt::format("'{}': {}", key, read.error().what), read.error().hint);
    return read.has_value();
}

bool ObjectReader::bytes(const std::string& key, std::int64_t& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_string()) return whole(key, out, 0);
    const auto read = parse_bytes(found->get<std::string>());
    if (read) out = *read;
    if (!read) wrong(key, fmt::format("'{}': {}", key, read.error().what), read.error().hint);
    return read.has_value();
}

bool ObjectReader::texts(const std::string& key, std::vector<std::string>& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_array()) return mismatch(key, "a list of strings", *found);
    std::vector<std::string> list;
    for (const json::Value& item : *found) {
        if (!item.is_string()) return mismatch(key, "a list of strings only", item);
        list.push_back(item.get<std::string>());
    }
    out = std::move(list);
    return true;
}

bool ObjectReader::options(const std::string& key, std::map<std::string, std::string>& out) {
    const json::Value* found = find(key);
    if (!found) return false;
    if (!found->is_object()) return mismatch(key, "an object", *found);
    bool right = true;
    for (const auto& [name, value] : found->items()) {
        if (mistakes_.full()) return false;
        if (json::is_scalar(value) && !value.is_null()) {
            out[name] = to_text(json::scalar(value));
            continue;
        }
        mistakes_.add(at(key) + "/" + json::escape_pointer(name),
                      fmt::format("the option '{}' must be a string, a number, or true or false", name));
        right = false;
    }
    return right;
}

int ObjectReader::one_of(const std::string& key, const std::vector<std::string>& words) {
    std::string word;
    if (!text(key, word)) return -1;
    const auto place = std::find(words.begin(), words.end(), word);
    if (place != words.end()) return static_cast<int>(place - words.begin());
    wrong(key, fmt::format("'{}' cannot be '{}'", key, word), suggestion(word, words));
    return -1;
}

bool ObjectReader::format(int newest) {
    std::int64_t format = 0;
    if (!require("format") || !whole("format", format, 1)) return false;
    if (format <= newest) return true;
    if (mistakes_.full()) {
        mistakes_.errors.pop_back();
        mistakes_.bytes = 0;
    }
    wrong("format", fmt::format("format {} is newer than this release reads", format),
          fmt::format("this release reads format {}: use a newer one", newest));
    mistakes_.errors.back().code = Code::newer_version;
    return false;
}

void ObjectReader::refuse_unknown() {
    if (!value_.is_object()) return;
    for (const auto& [key, value] : value_.items())
        if (!mistakes_.full() && std::find(known_.begin(), known_.end(), key) == known_.end())
            wrong(key, fmt::format("unknown key '{}'", key), suggestion(key, known_));
}

}  // namespace tw
