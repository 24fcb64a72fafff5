// Documents as JSON values, for those that are part of another one. Private to this floor; not installed.
#pragma once

#include "records/object_reader.hpp"

namespace tw {

Config config_from(const json::Value& document, Mistakes& mistakes);
json::Value config_value(const Config& config);

}  // namespace tw
