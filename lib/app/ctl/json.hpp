// JSON of the reading verbs; the keys are those of protocol/08-command-output.md. Private to ctl.
#pragma once

#include <nlohmann/json.hpp>

#include "app/ctl/context.hpp"

namespace tw {

using Json = nlohmann::ordered_json;

Json to_json(const Scalar& value);
Json to_json(const TrialView& trial, FileSystem& fs);
Json to_json(const RoleView& role);
Json to_json(const Error& error);
Json instant_json(Instant instant);  // null where there is none

void print_json(CtlContext& context, const Json& json);

// Everything about one trial, its stages and tasks included.
Json trial_in_full(const TrialView& trial, FileSystem& fs);

}  // namespace tw
