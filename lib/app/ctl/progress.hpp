// One line on how far a search is.
#pragma once

#include <optional>
#include <string>

#include "app/ctl/context.hpp"

namespace tw {

// `wanted`: proposals, where they are not those of experiment.json.
std::string progress_line(const ExperimentView& view, std::optional<std::int64_t> wanted = {});

// On a terminal the line is rewritten, elsewhere a new one comes when another trial ended.
class Progress {
public:
    Progress(CtlContext& context, std::optional<std::int64_t> wanted) : context_(context), wanted_(wanted) {}
    ~Progress() { clear(); }

    void show(const ExperimentView& view);
    void clear();  // before anything else is written
    void keep();   // the line stays

private:
    CtlContext& context_;
    std::optional<std::int64_t> wanted_;
    std::string shown_;
    std::size_t ended_ = 0;
    bool first_ = true;
};

}  // namespace tw
