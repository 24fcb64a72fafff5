// A submit file that a job wrote, as HTCondor itself reads it.
#pragma once

#include "batch/htcondor/condor_calls.hpp"
#include "batch/htcondor/describe.hpp"

namespace tw {

// The jobs of the file, in their order: condor_submit expands it in the trial's directory without submitting
// anything. Code::invalid: a mistake in it, in HTCondor's words, or something that cannot be done by tasks
// that work in place.
Result<Generated> expand_generated(const GeneratedFile& file, const CondorCalls& calls, const Describing& by,
                                   FileSystem& fs);

}  // namespace tw
