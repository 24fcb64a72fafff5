// Who says that a trial is not worth finishing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "records/experiment.hpp"

namespace tw {

enum class Verdict { keep, stop };

// A pruner answers from the reports it has had, in their order, and from nothing else; after a restart all
// of them are reported again. Not thread-safe: one caller at a time.
class Pruner {
public:
    virtual ~Pruner() = default;

    // `value` of the pruner's metric after `step`, as the user measures it; may be NaN.
    virtual Verdict report(const std::string& trial, std::int64_t step, double value) = 0;
};

// "none" keeps everything. Any other type is Code::invalid and is named.
Result<std::unique_ptr<Pruner>> make_pruner(const PrunerSpec& spec);

}  // namespace tw
