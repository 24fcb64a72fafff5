// What a batch system is given from outside.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/commands.hpp"
#include "ports/filesystem.hpp"
#include "ports/log.hpp"
#include "ports/process.hpp"

namespace tw {

struct BatchPorts {
    FileSystem& fs;  // the experiment's directory
    Clock& clock;
    Processes& processes;
    Commands& commands;
    Log& log;
    std::string experiment_id;
};

// Options of a BackendSpec, or of a stage's resources: scalars as text.
using OptionTable = std::map<std::string, std::string>;

}  // namespace tw
