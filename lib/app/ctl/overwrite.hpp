// run --overwrite: begins anew and throws nothing away.
#pragma once

#include "app/ctl/context.hpp"

namespace tw {

// Renames trials/ and .trialwatch/ to <name>.old.<n>. Asks first unless `yes`; refused while a watcher may
// live.
Status set_aside(CtlContext& context, FileSystem& fs, const ExperimentView& view, bool yes);

}  // namespace tw
