// Directories of this host for temporary files, outside of the experiment.
#pragma once

#include <string>

#include "base/result.hpp"

namespace tw {

class Scratch {
public:
    virtual ~Scratch() = default;

    // A new one that only this user can enter; its absolute path.
    virtual Result<std::string> make() = 0;

    // With all that is in it; what takes time goes on by itself. Errors are not told: whatever stays is in a
    // place for temporary files.
    virtual void remove(const std::string& directory) = 0;
};

}  // namespace tw
