#include "base/result.hpp"

#include "base/text.hpp"

namespace tw {

namespace {

// What was quoted may be a whole document; texts of errors end up in journals and outcomes.
constexpr std::size_t longest_part = 1000;

}  // namespace

std::string Error::text() const {
    std::string text = file;
    if (line > 0) text += (text.empty() ? "line " : ":") + std::to_string(line);
    if (!text.empty()) text += ": ";
    if (!pointer.empty()) text += shortened(pointer, longest_part) + ": ";
    text += shortened(what, longest_part);
    if (!hint.empty()) text += " (" + shortened(hint, longest_part) + ")";
    return text;
}

bool may_pass(const Error& error) {
    return error.code == Code::io || error.code == Code::no_space || error.code == Code::stale ||
           error.code == Code::busy;
}

int exit_status(const Error& error) {
    switch (error.code) {
        case Code::invalid:
        case Code::usage:
        case Code::newer_version: return 2;
        case Code::not_found:
        case Code::exists:
        case Code::permission:
        case Code::no_space:
        case Code::stale:
        case Code::busy:
        case Code::refused:
        case Code::not_yet:
        case Code::io: return 1;
    }
    return 1;
}

}  // namespace tw
