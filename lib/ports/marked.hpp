// Processes that are known by a variable of their environment, whoever started them.
#pragma once

#include <string>

namespace tw {

class MarkedProcesses {
public:
    virtual ~MarkedProcesses() = default;

    // KILL to each of this user's processes on this host that began with `entry` ("NAME=VALUE") in its
    // environment. True: there was none. Where nobody can tell, false.
    virtual bool end(const std::string& entry) = 0;
};

}  // namespace tw
