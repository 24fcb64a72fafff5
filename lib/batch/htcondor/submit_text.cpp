#include "batch/htcondor/submit_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace tw {

namespace {

std::string with_dollars(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == '$')
            out += "$(DOLLAR)";
        else
            out += c;
    }
    return out;
}

}  // namespace

Status check_submit_text(const std::string& text, const std::string& what) {
    auto wrong = [&](std::string_view why) {
        return fail(
            {Code::invalid, fmt::format("{} cannot be told to HTCondor: it {}", what, why), {}, {}, 0, {}});
    };
    for (unsigned char c : text) {
        if (c == '\n' || c == '\r') return wrong("has more than one line");
        if (c < 0x20 && c != '\t') return wrong("holds a control character");
    }
    if (text.ends_with('\\')) return wrong("ends with a backslash");
    if (text.find("$$(") != std::string::npos || text.find("$$[") != std::string::npos)
        return wrong("holds $$( or $$[, which is replaced when a machine is found");
    return {};
}

Result<std::string> submit_value(const std::string& text, const std::string& what) {
    if (auto good = check_submit_text(text, what); !good) return fail(good.error());
    if (trim(text) != text)
        return fail(Code::invalid,
                    fmt::format("{} cannot be told to HTCondor: it begins or ends with a blank", what));
    return with_dollars(text);
}

Result<std::string> submit_word(const std::string& text, const std::string& what) {
    if (auto good = check_submit_text(text, what); !good) return fail(good.error());
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '"') out += c;
        out += c;
    }
    return with_dollars(out + "'");
}

std::string submit_arguments(const std::vector<std::string>& words) {
    return "\"" + join(words, " ") + "\"";
}

std::string submit_string(const std::string& safe) {
    return "\"" + safe + "\"";
}

std::string description_text(const SubmitCommandList& commands) {
    std::string text;
    for (const auto& [key, value] : commands) text += fmt::format("{} = {}\n", key, value);
    return text;
}

std::vector<std::string> append_arguments(const SubmitCommandList& commands) {
    std::vector<std::string> words;
    for (const auto& [key, value] : commands) {
        words.emplace_back("-append");
        words.push_back(fmt::format("{} = {}", key, value));
    }
    return words;
}

}  // namespace tw
