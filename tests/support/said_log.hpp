// A log that keeps what was said, a line each.
#pragma once

#include "ports/log.hpp"

namespace tw::support {

class SaidLog final : public Log {
public:
    void write(Level, const std::string& line) override { text += line + "\n"; }
    int count(const std::string& words) const {
        int count = 0;
        for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
        return count;
    }
    std::string text;
};

}  // namespace tw::support
