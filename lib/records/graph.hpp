// Private to the readers of experiment.json. Not installed.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tw {

// Names -> the names they depend on; names that are no keys are ignored.
using Dependencies = std::map<std::string, std::vector<std::string>>;

// One circle of dependencies, such as {"a", "b", "a"}; empty when there is none.
std::vector<std::string> find_cycle(const Dependencies& dependencies);

}  // namespace tw
