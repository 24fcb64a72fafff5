// Options of batch systems that are known.
#pragma once

#include <string>
#include <vector>

#include "batch/cluster/batch_ports.hpp"

namespace tw::command {

const OptionTable* find_profile(const std::string& name);  // null: there is none
std::vector<std::string> profile_names();

}  // namespace tw::command
