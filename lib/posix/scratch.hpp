// Directories for temporary files on this machine.
#pragma once

#include "ports/process.hpp"
#include "ports/scratch.hpp"

namespace tw {

class PosixScratch final : public Scratch {
public:
    // In `parent`, absolute. The processes remove what is large; their owner reaps them.
    PosixScratch(std::string parent, Processes& processes)
        : parent_(std::move(parent)), processes_(processes) {}

    Result<std::string> make() override;
    void remove(const std::string& directory) override;

private:
    std::string parent_;
    Processes& processes_;
};

}  // namespace tw
