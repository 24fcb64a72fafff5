#include "batch/submit_words.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace tw {

namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t';
}

bool is_new_syntax(std::string_view value) {
    return !value.empty() && value[0] == '"';
}

// What the outer double quotes hold, "" inside being one ".
Result<std::string> unquote(std::string_view value) {
    if (value.size() < 2 || value.back() != '"') {
        return fail(Code::invalid, "the double quote at the beginning is never closed");
    }
    std::string text;
    std::string_view inner = value.substr(1, value.size() - 2);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '"' && (i + 1 == inner.size() || inner[++i] != '"')) {
            Error error{Code::invalid, "a double quote inside double quotes must be doubled", {}, {}, 0, {}};
            error.hint = "write \"\" for one \"";
            return fail(std::move(error));
        }
        text += inner[i];
    }
    return text;
}

// Words between white space; single quotes keep white space, '' inside them is one '.
Result<std::vector<std::string>> new_words(std::string_view text) {
    std::vector<std::string> words;
    bool inside = false, open = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (!open && is_space(c)) {
            inside = false;
            continue;
        }
        if (!inside) words.emplace_back();
        inside = true;
        if (c != '\'') {
            words.back() += c;
        } else if (open && i + 1 < text.size() && text[i + 1] == '\'') {
            words.back() += text[++i];
        } else {
            open = !open;
        }
    }
    if (open) return fail(Code::invalid, "a single quote is never closed");
    return words;
}

// Words between spaces; \" is a double quote, nothing else is special.
Result<std::vector<std::string>> old_words(std::string_view text) {
    std::vector<std::string> words;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_space(text[i])) {
            inside = false;
            continue;
        }
        if (!inside) words.emplace_back();
        inside = true;
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') {
            ++i;
        } else if (text[i] == '"') {
            Error error{Code::invalid, "a bare double quote inside the old syntax", {}, {}, 0, {}};
            error.hint = "write \\\" or put the whole value in double quotes";
            return fail(std::move(error));
        }
        words.back() += text[i];
    }
    return words;
}

Status check_entry(std::string_view entry) {
    std::size_t equals = entry.find('=');
    if (equals != entry.npos && equals > 0) return {};
    return fail(Code::invalid, fmt::format("'{}' in the environment is not NAME=VALUE", entry));
}

}  // namespace

Result<std::vector<std::string>> parse_submit_arguments(std::string_view value) {
    value = trim(value);
    if (!is_new_syntax(value)) return old_words(value);
    auto text = unquote(value);
    if (!text) return fail(text.error());
    return new_words(*text);
}

Result<std::vector<std::string>> parse_submit_environment(std::string_view value) {
    value = trim(value);
    std::vector<std::string> entries;
    if (is_new_syntax(value)) {
        auto text = unquote(value);
        if (!text) return fail(text.error());
        auto words = new_words(*text);
        if (!words) return fail(words.error());
        entries = std::move(*words);
    } else {
        for (const std::string& part : split(value, ';')) {
            if (!trim(part).empty()) entries.emplace_back(trim(part));
        }
    }
    for (const std::string& entry : entries) {
        if (auto good = check_entry(entry); !good) return fail(good.error());
    }
    return entries;
}

}  // namespace tw
