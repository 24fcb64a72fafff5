#include "batch/scheduler.hpp"

#include "trialdir/layout.hpp"

namespace tw {

// HTCondor's language, in which a job may write wherever it runs.
Result<Generated> Scheduler::read_generated(FileSystem& fs, const GeneratedFile& file) {
    auto read = read_submit_description(file.text, file.path, fs, layout::trial(file.trial), 1);
    if (!read) return fail(read.error());
    return Generated{std::move(read->items), false};
}

}  // namespace tw
