// An error with what to do about it.
#pragma once

#include <string>

#include "base/result.hpp"

namespace tw {

inline Error advise(Code code, std::string what, std::string hint = {}, std::string file = {}) {
    return {code, std::move(what), std::move(file), {}, 0, std::move(hint)};
}

}  // namespace tw
