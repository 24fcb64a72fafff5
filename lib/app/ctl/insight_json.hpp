// `insight --json`: protocol/08-command-output.md. Private to ctl.
#pragma once

#include "app/ctl/insight.hpp"
#include "app/ctl/json.hpp"

namespace tw {

Json insight_json(FileSystem& fs, const ExperimentView& view, const Insight& insight);

}  // namespace tw
