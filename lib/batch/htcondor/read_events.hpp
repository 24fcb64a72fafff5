// Reader for the text of a job event log, in all of its date formats.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "batch/htcondor/condor_event.hpp"

namespace tw {

struct EventsRead {
    struct Entry {
        CondorEvent event;
        std::size_t at = 0;  // where it begins in the text
    };
    std::vector<Entry> events;
    std::size_t used = 0;     // bytes of whole events; what follows is still being written
    std::size_t strange = 0;  // events that could not be read, skipped
};

// `text` begins with an event. An event is whole when its last line, "...", is.
EventsRead read_events(std::string_view text);

}  // namespace tw
