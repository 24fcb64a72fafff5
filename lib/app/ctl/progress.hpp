// One line on how far a search is.
#pragma once

#include <string>

#include "app/ctl/context.hpp"

namespace tw {

std::string progress_line(const ExperimentView& view);

// On a terminal the line is rewritten, elsewhere a new one comes when another trial ended.
class Progress {
public:
    explicit Progress(CtlContext& context) : context_(context) {}
    ~Progress() { clear(); }

    void show(const ExperimentView& view);
    void clear();  // before anything else is written
    void keep();   // the line stays

private:
    CtlContext& context_;
    std::string shown_;
    std::size_t ended_ = 0;
    bool first_ = true;
};

}  // namespace tw
