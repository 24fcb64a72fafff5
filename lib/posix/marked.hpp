// Processes by their environment, as /proc shows it.
#pragma once

#include "ports/marked.hpp"

namespace tw {

class PosixMarkedProcesses final : public MarkedProcesses {
public:
    bool end(const std::string& entry) override;
};

}  // namespace tw
