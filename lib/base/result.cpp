#include "base/result.hpp"

namespace tw {

std::string Error::text() const {
    std::string text = file;
    if (line > 0) text += (text.empty() ? "line " : ":") + std::to_string(line);
    if (!text.empty()) text += ": ";
    if (!pointer.empty()) text += pointer + ": ";
    text += what;
    if (!hint.empty()) text += " (" + hint + ")";
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
