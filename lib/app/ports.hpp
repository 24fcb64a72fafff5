// What the programs are given from outside, handed down by reference.
#pragma once

#include "ports/clock.hpp"
#include "ports/filesystem.hpp"
#include "ports/log.hpp"
#include "ports/process.hpp"

namespace tw {

struct Ports {
    FileSystem& fs;
    Clock& clock;
    Waker& waker;
    Processes& processes;
    Log& log;
};

}  // namespace tw
